//! An action that is a program of somebody's own: `[ctlplugin:x] command=`.

use std::io::{self, ErrorKind, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{self, Command, Stdio};

use nix::sys::termios::{SetArg, tcgetattr, tcsetattr};
use supervisor_config::command_line;
use supervisor_config::python::repr::repr;
use supervisor_core::signal::signal_name;

use crate::exit_status::ExitStatus;
use crate::session::Session;

/// The program's number when Ctrl-C ends it.
const SIGINT: i32 = 2;
/// What a file has that is no program.
const ENOEXEC: i32 = 8;

/// Runs the program with the words of a line as its last arguments. They are taken apart as a shell does it.
pub(crate) fn run_line(session: &mut Session, name: &str, command: &[String], line: &str) {
    let words = if line.is_empty() { Ok(Vec::new()) } else { command_line::split(line) };
    match words {
        Ok(words) => run(session, name, command, &words),
        Err(reason) => complain(session, name, &reason, ExitStatus::INVALID_ARGUMENTS),
    }
}

/// Runs the program with these last arguments. It has the terminal, and its exit status is ours.
// Differs: ctlplugin-command
pub(crate) fn run(session: &mut Session, name: &str, command: &[String], arguments: &[String]) {
    let ended = start_and_wait(session, command, arguments, Stdio::inherit());
    match ended {
        Ok(status) => {
            let signal = status.signal();
            if let Some(number) = signal.filter(|&number| number != SIGINT) {
                let reason = format!("killed by {}", signal_name(number));
                complain(session, name, &reason, ExitStatus(128 + number));
            } else if let Some(number) = signal {
                session.exit_status = ExitStatus(128 + number);
            } else if !status.success() {
                session.exit_status = status.code().map_or(ExitStatus::FAILURE, ExitStatus);
            }
        }
        Err(error) => {
            let (reason, status) = why(command, &error);
            complain(session, name, &reason, status);
        }
    }
}

/// Lets the program tell what it is for.
pub(super) fn help(session: &mut Session, name: &str, command: &[String]) {
    let before = session.exit_status;
    if let Err(error) = start_and_wait(session, command, &["--help".to_owned()], Stdio::null()) {
        complain(session, name, &why(command, &error).0, before);
    }
}

fn start_and_wait(
    session: &Session,
    command: &[String],
    arguments: &[String],
    stdin: Stdio,
) -> io::Result<process::ExitStatus> {
    let Some((program, first_arguments)) = command.split_first() else {
        return Err(io::Error::from(ErrorKind::NotFound));
    };
    let mut command = Command::new(program);
    command.args(first_arguments).args(arguments).stdin(stdin);
    command.env("SUPERVISOR_SERVER_URL", &session.remote.url);
    match &session.remote.credentials {
        Some(credentials) => {
            command.env("SUPERVISOR_USERNAME", &credentials.username);
            command.env("SUPERVISOR_PASSWORD", &credentials.password);
        }
        None => {
            command.env_remove("SUPERVISOR_USERNAME").env_remove("SUPERVISOR_PASSWORD");
        }
    }
    // Ctrl-C is for the program; we stay to tell how it ended.
    session.remote.waiting.heed_interrupts();
    let terminal = session.interactive.then(|| tcgetattr(io::stdin()).ok()).flatten();
    let ended = session.remote.waiting.for_child(command.spawn()?)?;
    // A program that is killed cannot leave the terminal as it found it.
    if let (Some(_), Some(terminal)) = (ended.signal(), terminal) {
        let _ = tcsetattr(io::stdin(), SetArg::TCSADRAIN, &terminal);
    }
    Ok(ended)
}

/// Why a program cannot be run, and the exit status that shells have for it.
fn why(command: &[String], error: &io::Error) -> (String, ExitStatus) {
    let program = command.first().map_or("", String::as_str);
    let shown = repr(program);
    match error.kind() {
        ErrorKind::NotFound if program.contains('/') && Path::new(program).exists() => (
            format!("cannot run {shown}: the interpreter that its first line names is not there"),
            ExitStatus::COMMAND_NOT_FOUND,
        ),
        ErrorKind::NotFound => (format!("can't find command {shown}"), ExitStatus::COMMAND_NOT_FOUND),
        ErrorKind::PermissionDenied => {
            (format!("command at {shown} is not executable"), ExitStatus::NOT_EXECUTABLE)
        }
        _ if error.raw_os_error() == Some(ENOEXEC) => (
            format!("cannot run {shown}: it is no program; a script begins with a line like `#!/bin/sh`"),
            ExitStatus::NOT_EXECUTABLE,
        ),
        _ => (format!("cannot run {shown}: {error}"), ExitStatus::NOT_EXECUTABLE),
    }
}

/// Says on standard error what is wrong, as standard output belongs to the program.
fn complain(session: &mut Session, name: &str, reason: &str, status: ExitStatus) {
    let _ = writeln!(io::stderr(), "Error: {name}: {reason}");
    session.exit_status = status;
}
