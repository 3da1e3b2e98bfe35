//! `signal`.

use supervisor_rpc::fault::Code;

use super::outcome::{Deed, Wording};
use super::{Names, Verb};
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::session::Session;

pub(super) const VERB: Verb = Verb {
    name: "signal",
    help: "signal <signal name> <name>\t\tSignal a process\n\
           signal <signal name> <gname>:*\t\tSignal all processes in a group\n\
           signal <signal name> <name> <name>\tSignal multiple processes or groups\n\
           signal <signal name> all\t\tSignal all processes\n",
    ours: "",
    names: Names::Processes,
    reads: false,
    run,
};

static WORDING: Wording = Wording {
    done: "signalled",
    faults: &[
        (Code::BadName, "no such process"),
        (Code::BadSignal, "bad signal name"),
        (Code::NotRunning, "not running"),
    ],
    quotes_failures: true,
    harmless: None,
    unknown_group: ExitStatus::FAILURE,
};

fn run(session: &mut Session, argument: &str) -> Result<(), Failure> {
    const LACKING: &str = "Error: signal requires a signal name and a process name";
    send(session, argument, &VERB, &WORDING, [LACKING, LACKING])
}

/// Sends the signal that the first word names to what the others name. `lacking` is what is said where there is no
/// word, and where there is only one.
pub(super) fn send(
    session: &mut Session,
    argument: &str,
    verb: &Verb,
    wording: &'static Wording,
    lacking: [&str; 2],
) -> Result<(), Failure> {
    if !session.is_server_up()? {
        return Ok(());
    }
    let words: Vec<&str> = argument.split_whitespace().collect();
    let (signal, names) = match words.as_slice() {
        [signal, names @ ..] if !names.is_empty() => (*signal, names),
        words => {
            session.usage_error(lacking[words.len()], verb);
            return Ok(());
        }
    };
    let deed = Deed {
        wording,
        all: &|remote| remote.signal_all(signal),
        group: &|remote, group| remote.signal_group(group, signal),
        process: &|remote, process| remote.signal_process(process, signal),
    };
    deed.perform(session, names)
}
