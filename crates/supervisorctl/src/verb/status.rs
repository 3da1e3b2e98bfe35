//! `status`.

use std::fmt::Write;

use supervisor_core::name::{DisplayName, Namespec};
use supervisor_rpc::info::ProcessInfo;

use super::{Names, Verb};
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::json;
use crate::session::Session;

pub(super) const VERB: Verb = Verb {
    name: "status",
    help: "status <name>\t\tGet status for a single process\n\
           status <gname>:*\tGet status for all processes in a group\n\
           status <name> <name>\tGet status for multiple named processes\n\
           status\t\t\tGet all process status info\n",
    names: Names::Processes,
    reads: true,
    run,
};

/// How wide names are shown at least, without the blanks after them.
const NAME_WIDTH: usize = 30;
const STATE_WIDTH: usize = 10;

/// Shows how the named processes are.
pub(super) fn run(session: &mut Session, argument: &str) -> Result<(), Failure> {
    if !session.is_server_up()? {
        session.exit_status = ExitStatus::STATUS_UNKNOWN;
        return Ok(());
    }
    let all = session.remote.all_process_info()?;
    let names: Vec<&str> = argument.split_whitespace().collect();
    let mut shown: Vec<&ProcessInfo> = Vec::new();
    if names.is_empty() || names.contains(&"all") {
        shown.extend(&all);
    } else {
        for name in names {
            let before = shown.len();
            shown.extend(all.iter().filter(|info| is_meant(name, info)));
            if shown.len() == before {
                session.line(&unknown(name));
                session.suggest(name, Names::Processes);
                session.exit_status = ExitStatus::STATUS_UNKNOWN;
            }
        }
    }
    if session.json {
        session.value(&shown.iter().copied().map(json::process).collect());
    } else {
        session.print(&table(&shown));
    }
    if shown.iter().any(|info| info.state.is_stopped()) {
        session.exit_status = ExitStatus::STATUS_STOPPED;
    }
    Ok(())
}

fn is_meant(name: &str, info: &ProcessInfo) -> bool {
    match Namespec::parse(name) {
        Namespec::Group(group) => info.group == group,
        Namespec::Process { group, process } => info.group == group && info.name == process,
    }
}

fn unknown(name: &str) -> String {
    match Namespec::parse(name) {
        Namespec::Group(group) => format!("{group}: ERROR (no such group)"),
        Namespec::Process { .. } => format!("{name}: ERROR (no such process)"),
    }
}

fn table(infos: &[&ProcessInfo]) -> String {
    let name = |info: &ProcessInfo| DisplayName { group: &info.group, process: &info.name }.to_string();
    let names: Vec<String> = infos.iter().map(|info| name(info)).collect();
    let widest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0).max(NAME_WIDTH);
    let width = widest + 3;
    let mut table = String::new();
    for (name, info) in names.iter().zip(infos) {
        // Writing to a String cannot fail.
        let _ = writeln!(table, "{name:width$}{:STATE_WIDTH$}{}", info.state.name(), info.description);
    }
    table
}

#[cfg(test)]
mod tests {
    use supervisor_core::state::ProcessState;

    use super::*;

    fn info(group: &str, name: &str, state: ProcessState, description: &str) -> ProcessInfo {
        ProcessInfo {
            name: name.into(),
            group: group.into(),
            start: 0,
            stop: 0,
            now: 0,
            state,
            spawnerr: String::new(),
            exitstatus: 0,
            stdout_logfile: String::new(),
            stderr_logfile: String::new(),
            pid: 0,
            description: description.into(),
        }
    }

    #[test]
    fn names_take_thirty_three_columns_and_states_ten() {
        let cat = info("cat", "cat", ProcessState::Running, "pid 19072, uptime 0:00:02");
        let new = info("g", "newa", ProcessState::Starting, "");
        assert_eq!(
            table(&[&cat, &new]),
            "cat                              RUNNING   pid 19072, uptime 0:00:02\n\
             g:newa                           STARTING  \n"
        );
    }

    #[test]
    fn a_long_name_moves_the_column_for_all() {
        let long = info("g", &"x".repeat(40), ProcessState::Stopped, "Not started");
        let short = info("a", "a", ProcessState::Stopped, "Not started");
        let table = table(&[&long, &short]);
        let columns: Vec<Option<usize>> = table.lines().map(|line| line.find("STOPPED")).collect();
        assert_eq!(columns, [Some(45), Some(45)]);
    }

    #[test]
    fn a_name_means_a_process_or_a_group() {
        let info = info("web", "cat", ProcessState::Running, "");
        for (name, meant) in
            [("web:cat", true), ("web:*", true), ("web:", true), ("web", false), ("cat", false)]
        {
            assert_eq!(is_meant(name, &info), meant, "{name}");
        }
    }

    #[test]
    fn what_is_unknown_is_a_process_or_a_group() {
        assert_eq!(unknown("a:b"), "a:b: ERROR (no such process)");
        assert_eq!(unknown("a:*"), "a: ERROR (no such group)");
    }
}
