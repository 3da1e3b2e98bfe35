//! `serialrestart`: one process after another. As supervisor-serialrestart has it.

use supervisor_config::glob::fnmatch;
use supervisor_core::name::DisplayName;

use super::{Names, Verb, restart};
use crate::failure::Failure;
use crate::session::Session;

pub(super) const VERB: Verb = Verb {
    name: "serialrestart",
    help: "",
    ours: "serialrestart <name>\t\tRestart a process\n\
           serialrestart <gname>:*\t\tRestart all processes in a group, one after another\n\
           serialrestart <pattern> [...]\tRestart the processes that are like a pattern, one after another\n\
           serialrestart all\t\tRestart all processes, one after another\n\
           Note: the next process is stopped when the one before runs again.\n",
    names: Names::Processes,
    reads: false,
    run,
};

fn run(session: &mut Session, argument: &str) -> Result<(), Failure> {
    if !session.is_server_up()? {
        return Ok(());
    }
    let patterns: Vec<&str> = argument.split_whitespace().collect();
    if patterns.is_empty() {
        session.usage_error("Error: serialrestart requires a process name", &VERB);
        return Ok(());
    }
    let infos = session.remote.all_process_info()?;
    let names: Vec<String> = infos
        .iter()
        .map(|info| DisplayName { group: &info.group, process: &info.name }.to_string())
        .collect();
    let mut meant: Vec<&String> = Vec::new();
    if patterns.contains(&"all") {
        meant.extend(&names);
    } else {
        for pattern in patterns {
            let like: Vec<&String> = names.iter().filter(|name| fnmatch(pattern, name)).collect();
            if like.is_empty() {
                session.line(&format!("No such process {pattern}"));
                session.suggest(pattern, Names::Processes);
            }
            for name in like {
                if !meant.contains(&name) {
                    meant.push(name);
                }
            }
        }
    }
    meant.into_iter().try_for_each(|name| restart::run(session, name))
}
