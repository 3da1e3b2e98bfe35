//! `kill`: as mr.laforge has it, by the method that Supervisor has had since.

use supervisor_rpc::fault::Code;

use super::outcome::Wording;
use super::{Names, Verb, signal};
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::session::Session;

pub(super) const VERB: Verb = Verb {
    name: "kill",
    help: "",
    ours: "kill <signal> <name>\t\tSend signal to a process\n\
           kill <signal> <gname>:*\t\tSend signal to all processes in a group\n\
           kill <signal> <name> <name>\tSend signal to multiple processes or groups\n",
    names: Names::Processes,
    reads: false,
    run,
};

static WORDING: Wording = Wording {
    done: "signal sent",
    faults: &[
        (Code::BadName, "no such process"),
        (Code::BadSignal, "signal not defined"),
        (Code::BadArguments, "signal not defined"),
        (Code::NotRunning, "not running"),
    ],
    quotes_failures: true,
    harmless: None,
    unknown_group: ExitStatus::FAILURE,
};

fn run(session: &mut Session, argument: &str) -> Result<(), Failure> {
    let lacking = ["Error: kill requires a signal and process name", "Error: kill requires a process name"];
    signal::send(session, argument, &VERB, &WORDING, lacking)
}
