//! `clear`.

use supervisor_core::name::DisplayName;
use supervisor_rpc::fault::{Code, FaultValue};
use supervisor_rpc::reply::BatchLine;

use super::outcome::{Deed, Wording};
use super::{Names, Verb};
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::remote::Remote;
use crate::session::Session;

pub(super) const VERB: Verb = Verb {
    name: "clear",
    help: "clear <name>\t\tClear a process' log files.\n\
           clear <name> <name>\tClear multiple process' log files\n\
           clear all\t\tClear all process' log files\n",
    ours: "",
    names: Names::Processes,
    reads: false,
    run,
};

static WORDING: Wording = Wording {
    done: "cleared",
    faults: &[(Code::BadName, "no such process"), (Code::Failed, "failed")],
    quotes_failures: false,
    harmless: None,
    unknown_group: ExitStatus::FAILURE,
};

fn run(session: &mut Session, argument: &str) -> Result<(), Failure> {
    if !session.is_server_up()? {
        return Ok(());
    }
    let names: Vec<&str> = argument.split_whitespace().collect();
    if names.is_empty() {
        session.usage_error("Error: clear requires a process name", &VERB);
        return Ok(());
    }
    let deed = Deed {
        wording: &WORDING,
        all: &Remote::clear_all_process_logs,
        group: &clear_group,
        process: &Remote::clear_process_logs,
    };
    deed.perform(session, &names)
}

/// Clears the logs of every process of a group. The server has no method for that.
// Differs: clear-group
fn clear_group(remote: &Remote, group: &str) -> Result<Vec<BatchLine>, Failure> {
    let mut infos = remote.all_process_info()?;
    infos.retain(|info| info.group == group);
    if infos.is_empty() {
        return Err(Failure::Fault(FaultValue::new(Code::BadName, Some(group))));
    }
    let clear = |info: supervisor_rpc::info::ProcessInfo| {
        let name = DisplayName { group: &info.group, process: &info.name }.to_string();
        let outcome = match remote.clear_process_logs(&name) {
            Ok(()) => Ok(()),
            Err(Failure::Fault(fault)) => Err(fault),
            Err(failure) => return Err(failure),
        };
        Ok(BatchLine { name: info.name, group: info.group, outcome })
    };
    infos.into_iter().map(clear).collect()
}
