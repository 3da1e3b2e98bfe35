//! `update`.

use std::collections::HashSet;

use supervisor_core::command::Changes;
use supervisor_rpc::fault::Code;

use super::{Names, Verb};
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::session::Session;

pub(super) const VERB: Verb = Verb {
    name: "update",
    help: "update\t\t\tReload config and add/remove as necessary, and will restart affected programs\n\
           update all\t\tReload config and add/remove as necessary, and will restart affected programs\n\
           update <gname> [...]\tUpdate specific groups\n",
    ours: "",
    names: Names::Groups,
    reads: false,
    run,
};

fn run(session: &mut Session, argument: &str) -> Result<(), Failure> {
    let mut changes = match session.remote.reload_config() {
        Ok(changes) => changes,
        Err(Failure::Fault(fault)) => {
            let message = match fault.known_code() {
                Some(Code::ShutdownState) => "already shutting down",
                // Differs: update-says-what-reread-says
                Some(Code::CantReread) => &fault.text,
                _ => return Err(Failure::Fault(fault)),
            };
            session.line(&format!("ERROR: {message}"));
            session.exit_status = ExitStatus::FAILURE;
            return Ok(());
        }
        Err(failure) => return Err(failure),
    };
    let wanted: Vec<&str> = argument.split_whitespace().collect();
    if !wanted.is_empty() && !wanted.contains(&"all") {
        report_unknown(session, &changes, &wanted)?;
        for names in [&mut changes.removed, &mut changes.changed, &mut changes.added] {
            names.retain(|name| wanted.contains(&name.as_str()));
        }
    }
    apply(session, &changes)
}

/// Says which of the wanted groups are neither at work nor new.
fn report_unknown(session: &mut Session, changes: &Changes, wanted: &[&str]) -> Result<(), Failure> {
    let infos = session.remote.all_process_info()?;
    let mut known: HashSet<&str> = infos.iter().map(|info| info.group.as_str()).collect();
    known.extend(changes.added.iter().map(String::as_str));
    // Differs: unknown-groups-in-order
    for name in wanted {
        if known.insert(name) {
            session.line(&format!("ERROR: no such group: {name}"));
            session.suggest(name, Names::Groups);
            session.exit_status = ExitStatus::FAILURE;
        }
    }
    Ok(())
}

fn apply(session: &mut Session, changes: &Changes) -> Result<(), Failure> {
    for group in &changes.removed {
        let lines = session.remote.stop_group(group)?;
        session.line(&format!("{group}: stopped"));
        let has_failed = |fault: &supervisor_rpc::fault::FaultValue| fault.known_code() == Some(Code::Failed);
        if lines.iter().any(|line| line.outcome.as_ref().is_err_and(has_failed)) {
            session.line(&format!("{group}: has problems; not removing"));
            session.exit_status = ExitStatus::FAILURE;
            continue;
        }
        session.remote.remove_group(group)?;
        session.line(&format!("{group}: removed process group"));
    }
    for group in &changes.changed {
        session.remote.stop_group(group)?;
        session.line(&format!("{group}: stopped"));
        session.remote.remove_group(group)?;
        session.remote.add_group(group)?;
        session.line(&format!("{group}: updated process group"));
    }
    for group in &changes.added {
        session.remote.add_group(group)?;
        session.line(&format!("{group}: added process group"));
    }
    Ok(())
}
