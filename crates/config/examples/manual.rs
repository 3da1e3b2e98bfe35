//! Prints the chapter of the manual about configurations, or, with `bash`, `zsh`, `fish` or `man`, what is made for
//! `supervisord`.

use std::env;
use std::io::{self, Write as _};

use supervisor_config::manual::{manual, supervisord};

fn main() -> io::Result<()> {
    let text = match env::args().nth(1) {
        None => manual(),
        Some(wanted) => match supervisord::FORMS.iter().find(|(form, _)| *form == wanted) {
            Some((_, make)) => make(),
            None => return Err(io::Error::other(format!("there is no form {wanted}"))),
        },
    };
    io::stdout().write_all(text.as_bytes())
}
