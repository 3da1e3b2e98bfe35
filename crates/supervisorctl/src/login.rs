//! Asking for a user name and a password.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};

use nix::sys::termios::{LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};

use crate::failure::Failure;
use crate::input::Input;
use crate::remote::Credentials;
use crate::session::Session;

/// Asks who the user is. The password is not shown while it is typed.
pub(crate) fn ask(session: &mut Session) -> Result<Credentials, Failure> {
    let username = session.ask("Username:")?;
    let password = match OpenOptions::new().read(true).write(true).open("/dev/tty") {
        Ok(mut terminal) => {
            let hidden = Hidden::hide(&terminal).map_err(Failure::Terminal)?;
            write!(terminal, "Password:").map_err(Failure::Terminal)?;
            let password =
                session.read_line(&mut Input::new(terminal.try_clone().map_err(Failure::Terminal)?));
            drop(hidden);
            // The end of the line was not shown either.
            let _ = writeln!(terminal);
            password?
        }
        // Without a terminal there is nothing to hide.
        Err(_) => session.ask("Password:")?,
    };
    session.line("");
    Ok(Credentials { username, password })
}

/// A terminal that shows nothing of what is typed, until this is dropped.
struct Hidden {
    terminal: File,
    before: Termios,
}

impl Hidden {
    fn hide(terminal: &File) -> io::Result<Self> {
        let terminal = terminal.try_clone()?;
        let before = tcgetattr(&terminal)?;
        let mut hidden = before.clone();
        hidden.local_flags.remove(LocalFlags::ECHO);
        tcsetattr(&terminal, SetArg::TCSAFLUSH, &hidden)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        let _ = tcsetattr(&self.terminal, SetArg::TCSAFLUSH, &self.before);
    }
}
