//! `pidproxy PIDFILE COMMAND [ARG...]`: runs a command and passes signals on to the process whose id is in a file.
//!
//! It is for daemons that put themselves into the background, or stay behind a wrapper that ignores signals: the
//! supervisor's child is `pidproxy`, and what the supervisor does to it happens to the daemon.

mod command;
mod lineage;
mod pidfile;
mod proxy;

use std::ffi::OsString;
use std::io::Write as _;

use supervisor_sys::reap::WaitStatus;
use supervisor_sys::signals::end_by;

use pidfile::Pidfile;

/// What a shell exits with when a signal has ended its command, less the signal's number.
const SIGNALLED: i32 = 128;

/// Runs `pidproxy` with these arguments (the first is the program) and returns the exit status, unless a signal
/// ended the daemon: then it ends `pidproxy` too.
#[must_use]
pub fn main(args: &[OsString]) -> u8 {
    let [program, pidfile, command @ ..] = args else {
        return explain(args.first());
    };
    if command.is_empty() {
        return explain(Some(program));
    }
    match proxy::run(Pidfile::new(pidfile), command) {
        Ok(WaitStatus::Exited(status)) => exit_status(status),
        // Differs: pidproxy-ends-as-its-daemon
        Ok(WaitStatus::Signaled { signal, .. }) => {
            end_by(signal);
            exit_status(SIGNALLED + signal)
        }
        Err(failure) => {
            complain(&failure.message);
            failure.status
        }
    }
}

/// Why there is nothing to run, and the exit status that says so.
#[derive(Debug, PartialEq, Eq)]
struct Failure {
    message: String,
    status: u8,
}

fn exit_status(status: i32) -> u8 {
    u8::try_from(status).unwrap_or(u8::MAX)
}

fn explain(program: Option<&OsString>) -> u8 {
    let program = program.map_or("pidproxy".into(), |program| program.to_string_lossy());
    say(&format!(
        "pidproxy -- run a command and pass signals on to the process whose id it writes to a file.\n\n\
         TERM, HUP, INT, USR1, USR2 and QUIT go to the process whose id is in <pidfile name>.\n\
         pidproxy ends when the command has ended, or the daemon that the command left behind.\n\n\
         Usage: {program} <pidfile name> <command> [<cmdarg1> ...]\n\n"
    ));
    1
}

fn say(text: &str) {
    // A closed standard output is no reason to let the daemon alone.
    let _ = std::io::stdout().write_all(text.as_bytes());
}

fn complain(text: &str) {
    let _ = writeln!(std::io::stderr(), "pidproxy: {text}");
}
