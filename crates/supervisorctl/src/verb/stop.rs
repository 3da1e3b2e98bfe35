//! `stop`.

use supervisor_rpc::fault::Code;

use super::outcome::{Deed, Wording};
use super::{Names, Verb};
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::remote::Remote;
use crate::session::Session;

pub(super) const VERB: Verb = Verb {
    name: "stop",
    help: "stop <name>\t\tStop a process\n\
           stop <gname>:*\t\tStop all processes in a group\n\
           stop <name> <name>\tStop multiple processes or groups\n\
           stop all\t\tStop all processes\n",
    ours: "",
    names: Names::Processes,
    reads: false,
    run,
};

pub(super) static WORDING: Wording = Wording {
    done: "stopped",
    faults: &[
        (Code::BadName, "no such process"),
        (Code::BadSignal, "bad signal name"),
        (Code::NotRunning, "not running"),
    ],
    quotes_failures: true,
    harmless: Some(Code::NotRunning),
    unknown_group: ExitStatus::FAILURE,
};

/// Stops the named processes.
pub(super) fn run(session: &mut Session, argument: &str) -> Result<(), Failure> {
    if !session.is_server_up()? {
        return Ok(());
    }
    let names: Vec<&str> = argument.split_whitespace().collect();
    if names.is_empty() {
        session.usage_error("Error: stop requires a process name", &VERB);
        return Ok(());
    }
    let deed = Deed {
        wording: &WORDING,
        all: &Remote::stop_all,
        group: &Remote::stop_group,
        process: &Remote::stop_process,
    };
    deed.perform(session, &names)
}
