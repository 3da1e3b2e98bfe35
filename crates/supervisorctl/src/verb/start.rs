//! `start`.

use supervisor_rpc::fault::Code;

use super::outcome::{Deed, Wording};
use super::{Names, Verb};
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::remote::Remote;
use crate::session::Session;

pub(super) const VERB: Verb = Verb {
    name: "start",
    help: "start <name>\t\tStart a process\n\
           start <gname>:*\t\tStart all processes in a group\n\
           start <name> <name>\tStart multiple processes or groups\n\
           start all\t\tStart all processes\n",
    ours: "",
    names: Names::Processes,
    reads: false,
    run,
};

pub(super) static WORDING: Wording = Wording {
    done: "started",
    faults: &[
        (Code::BadName, "no such process"),
        (Code::NoFile, "no such file"),
        (Code::NotExecutable, "file is not executable"),
        (Code::AlreadyStarted, "already started"),
        (Code::SpawnError, "spawn error"),
        (Code::AbnormalTermination, "abnormal termination"),
    ],
    quotes_failures: false,
    harmless: Some(Code::AlreadyStarted),
    unknown_group: ExitStatus::INVALID_ARGUMENTS,
};

/// Starts the named processes.
pub(super) fn run(session: &mut Session, argument: &str) -> Result<(), Failure> {
    if !session.is_server_up()? {
        return Ok(());
    }
    let names: Vec<&str> = argument.split_whitespace().collect();
    if names.is_empty() {
        session.usage_error("Error: start requires a process name", &VERB);
        session.exit_status = ExitStatus::INVALID_ARGUMENTS;
        return Ok(());
    }
    let deed = Deed {
        wording: &WORDING,
        all: &Remote::start_all,
        group: &Remote::start_group,
        process: &Remote::start_process,
    };
    deed.perform(session, &names)
}
