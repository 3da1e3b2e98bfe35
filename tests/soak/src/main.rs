//! `soak run …`: the soak. `soak child …`, `stray …`, `listen …`: the programs in it.

use std::env;
use std::io::{self, Write};
use std::process::ExitCode;

use supervisor_soak::program::{child, listener};
use supervisor_soak::run::{self, Options};

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let outcome = match words.split_first() {
        Some((word, rest)) if word == "child" => child::run(rest),
        Some((word, rest)) if word == "stray" => child::run_stray(rest),
        Some((word, rest)) if word == "listen" => listener::run(rest),
        Some((word, rest)) if word == "run" => Options::parse(rest).and_then(|options| run::run(&options)),
        _ => Err(io::Error::other("usage: soak run [--minutes N] [--seed S] [--programs N]")),
    };
    match outcome {
        Ok(status) => u8::try_from(status).map_or(ExitCode::FAILURE, ExitCode::from),
        Err(error) => {
            let _ = writeln!(io::stderr(), "soak: {error}");
            ExitCode::from(70)
        }
    }
}
