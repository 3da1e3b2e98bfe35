//! `status`.

use std::fmt::Write;

use supervisor_core::name::{DisplayName, Namespec};
use supervisor_core::state::ProcessState;
use supervisor_rpc::info::ProcessInfo;

use super::selection::{Selection, is_meant};
use super::{Names, Verb};
use crate::colour::Colour;
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::json;
use crate::session::Session;
use crate::terminal::Terminal;

pub(super) const VERB: Verb = Verb {
    name: "status",
    help: "status <name>\t\tGet status for a single process\n\
           status <gname>:*\tGet status for all processes in a group\n\
           status <name> <name>\tGet status for multiple named processes\n\
           status\t\t\tGet all process status info\n",
    ours: "status 'web*' '*:*_01'\tGet status for all processes with such names\n\
           status --state=BACKOFF,FATAL\tGet status for processes in these states\n",
    names: Names::Processes,
    reads: true,
    run,
};

/// How wide names are shown at least, without the blanks after them.
const NAME_WIDTH: usize = 30;
const STATE_WIDTH: usize = 10;

/// Shows how the named processes are. `--json` may stand behind the action, too.
pub(super) fn run(session: &mut Session, argument: &str) -> Result<(), Failure> {
    let before = session.json;
    let (flags, words): (Vec<_>, Vec<_>) = argument.split_whitespace().partition(|word| *word == "--json");
    session.json |= !flags.is_empty();
    let shown = show(session, &words);
    session.json = before;
    shown
}

fn show(session: &mut Session, words: &[&str]) -> Result<(), Failure> {
    if !session.is_server_up()? {
        session.exit_status = ExitStatus::STATUS_UNKNOWN;
        return Ok(());
    }
    let all = session.remote.all_process_info()?;
    let selection = match Selection::parse(words, &all) {
        Ok(selection) => selection,
        Err(problem) => {
            session.line(&format!("Error: {problem}"));
            session.exit_status = ExitStatus::INVALID_ARGUMENTS;
            return Ok(());
        }
    };
    let mut shown: Vec<&ProcessInfo> = Vec::new();
    if selection.names.is_empty() || selection.names.contains(&"all") {
        shown.extend(&all);
    } else {
        for name in &selection.names {
            let before = shown.len();
            shown.extend(all.iter().filter(|info| is_meant(name, info)));
            if shown.len() == before {
                session.line(&unknown(name));
                session.suggest(name, Names::Processes);
                session.exit_status = ExitStatus::STATUS_UNKNOWN;
            }
        }
    }
    shown.retain(|info| selection.has_state(info));
    if session.json {
        let pools = session.remote.all_listener_info();
        session.value(&shown.iter().map(|info| json::process_with_deliveries(info, &pools)).collect());
    } else {
        session.print(&table(&shown, session.terminal));
    }
    if shown.iter().any(|info| info.state.is_stopped()) {
        session.exit_status = ExitStatus::STATUS_STOPPED;
    }
    Ok(())
}

fn unknown(name: &str) -> String {
    match Namespec::parse(name) {
        Namespec::Group(group) => format!("{group}: ERROR (no such group)"),
        Namespec::Process { .. } => format!("{name}: ERROR (no such process)"),
    }
}

fn table(infos: &[&ProcessInfo], terminal: Terminal) -> String {
    let name = |info: &ProcessInfo| DisplayName { group: &info.group, process: &info.name }.to_string();
    let names: Vec<String> = infos.iter().map(|info| name(info)).collect();
    let widest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    // Differs: status-on-a-terminal
    let width = if terminal.is_seen { widest + 2 } else { widest.max(NAME_WIDTH) + 3 };
    let mut table = String::new();
    for (name, info) in names.iter().zip(infos) {
        let state = format!("{:STATE_WIDTH$}", info.state.name());
        let state = if terminal.has_colours { colour(info.state).paint(&state) } else { state };
        // Writing to a String cannot fail.
        let _ = writeln!(table, "{name:width$}{state}{}", info.description);
    }
    table
}

/// Green is well, yellow is on its way, red needs somebody, and what rests is pale.
pub(super) fn colour(state: ProcessState) -> Colour {
    match state {
        ProcessState::Running => Colour::Green,
        ProcessState::Starting | ProcessState::Stopping => Colour::Yellow,
        ProcessState::Backoff | ProcessState::Fatal | ProcessState::Unknown => Colour::Red,
        ProcessState::Stopped | ProcessState::Exited => Colour::Pale,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    const PIPE: Terminal =
        Terminal { takes_hints: false, shows_progress: false, is_seen: false, has_colours: false };

    pub(crate) fn info(group: &str, name: &str, state: ProcessState, description: &str) -> ProcessInfo {
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
            table(&[&cat, &new], PIPE),
            "cat                              RUNNING   pid 19072, uptime 0:00:02\n\
             g:newa                           STARTING  \n"
        );
    }

    #[test]
    fn a_long_name_moves_the_column_for_all() {
        let long = info("g", &"x".repeat(40), ProcessState::Stopped, "Not started");
        let short = info("a", "a", ProcessState::Stopped, "Not started");
        let table = table(&[&long, &short], PIPE);
        let columns: Vec<Option<usize>> = table.lines().map(|line| line.find("STOPPED")).collect();
        assert_eq!(columns, [Some(45), Some(45)]);
    }

    #[test]
    fn on_a_terminal_columns_are_as_wide_as_names_and_states_have_colours() {
        let cat = info("cat", "cat", ProcessState::Running, "pid 1, uptime 0:00:02");
        let new = info("g", "newa", ProcessState::Fatal, "why");
        let seen = Terminal { is_seen: true, ..PIPE };
        assert_eq!(
            table(&[&cat, &new], seen),
            "cat     RUNNING   pid 1, uptime 0:00:02\n\
             g:newa  FATAL     why\n"
        );
        assert_eq!(
            table(&[&new], Terminal { has_colours: true, ..seen }),
            "g:newa  \x1b[31mFATAL     \x1b[0mwhy\n"
        );
    }

    #[test]
    fn what_is_unknown_is_a_process_or_a_group() {
        assert_eq!(unknown("a:b"), "a:b: ERROR (no such process)");
        assert_eq!(unknown("a:*"), "a: ERROR (no such group)");
    }
}
