//! The client: one action from the command line, or a shell.
#![forbid(unsafe_code)]

mod colour;
mod columns;
mod completion;
mod exit_status;
mod failure;
mod follow;
mod harmless;
mod history;
mod input;
mod json;
mod line;
mod login;
mod manual;
mod notation;
mod plugins;
mod prefixed;
mod progress;
mod remote;
mod session;
mod shell;
mod suggestion;
mod terminal;
mod verb;
mod waiting;

use std::ffi::OsString;
use std::io::{self, Write};

use supervisor_config::supervisorctl::{ClientConfig, Parsed, load};
use supervisor_host::RealHost;

use crate::exit_status::ExitStatus;
use crate::session::{Interrupted, Session};

/// Runs the program with its command line, the program's name first, and returns its exit status.
#[must_use]
pub fn main(args: Vec<OsString>) -> i32 {
    let args: Vec<String> = args.into_iter().map(|arg| arg.to_string_lossy().into_owned()).collect();
    let status = match load(&args, &RealHost) {
        Ok(Parsed::Help(text)) => {
            let _ = io::stdout().write_all(text.as_bytes());
            ExitStatus::SUCCESS
        }
        Ok(Parsed::Run(config)) => run(&config),
        Err(error) => {
            let _ = io::stderr().write_all(error.explained().as_bytes());
            ExitStatus::INVALID_ARGUMENTS
        }
    };
    status.0
}

fn run(config: &ClientConfig) -> ExitStatus {
    for warning in &config.warnings {
        let _ = writeln!(io::stderr(), "Warning: {warning}");
    }
    let mut session = match Session::new(config) {
        Ok(session) => session,
        Err(error) => {
            let _ = writeln!(io::stdout(), "error: {error}");
            return ExitStatus::FAILURE;
        }
    };
    if config.words.is_empty() {
        shell::run(&mut session, &config.prompt, config.history_file.as_deref());
        return ExitStatus::SUCCESS;
    }
    match session.run_words(&config.words) {
        Ok(()) => session.exit_status,
        Err(Interrupted) => ExitStatus::INTERRUPTED,
    }
}
