//! `help`: what actions there are.

use super::{Names, VERBS, Verb, completions, find, program};
use crate::columns::columns;
use crate::failure::Failure;
use crate::session::Session;

pub(super) const VERB: Verb = Verb {
    name: "help",
    help: "help\t\tPrint a list of available actions\nhelp <action>\tPrint help for <action>\n",
    ours: "",
    names: Names::Actions,
    reads: false,
    run,
};

const HEADER: &str = "default commands (type help <topic>):";
const OUR_HEADER: &str = "more commands (type help <topic>):";
const WIDTH: usize = 79;

fn run(session: &mut Session, topic: &str) -> Result<(), Failure> {
    if let Some(command) = session.plugins.program(topic) {
        program::help(session, topic, &command);
        return Ok(());
    }
    match find(topic).filter(|verb| verb.has_help()) {
        _ if topic.is_empty() => session.print(&list(session.terminal.is_seen, &session.plugins.blocks())),
        Some(verb) => session.help(verb),
        None if topic == completions::VERB.name => session.print(completions::HELP),
        None => {
            session.line(&format!("*** No help on {topic}"));
            session.suggest(topic, Names::Actions);
        }
    }
    Ok(())
}

/// The tables of actions: the stock ones, those of each extension that the configuration names, and, for people's
/// eyes, those that only this program has.
fn list(is_seen: bool, blocks: &[(&str, Vec<&str>)]) -> String {
    // Compat: help-does-not-list-itself
    let listed = |verb: &&Verb| !verb.help.is_empty() && verb.name != VERB.name;
    let mut text = String::from("\n");
    text.push_str(&table(HEADER, &VERBS.iter().filter(listed).map(|verb| verb.name).collect::<Vec<_>>()));
    for (name, actions) in blocks {
        text.push('\n');
        text.push_str(&table(&format!("{name} commands (type help <topic>):"), actions));
    }
    if is_seen {
        let is_new = |verb: &&Verb| !blocks.iter().any(|(_, actions)| actions.contains(&verb.name));
        let ours = VERBS.iter().filter(|verb| verb.is_ours()).filter(is_new);
        text.push_str(&table(OUR_HEADER, &ours.map(|verb| verb.name).collect::<Vec<_>>()));
    }
    text
}

fn table(header: &str, names: &[&str]) -> String {
    let table: String = columns(names, WIDTH).into_iter().map(|line| line + "\n").collect();
    format!("{header}\n{}\n{table}\n", "=".repeat(header.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Python's own, with supervisor-wildcards and mr.laforge, prints this.
    #[test]
    fn an_extension_has_a_table_of_its_own() {
        let blocks = [("w", vec!["mrestart", "mstart", "mstop"]), ("laforge", vec!["kill"])];
        let tables = "\n
w commands (type help <topic>):
===============================
mrestart  mstart  mstop


laforge commands (type help <topic>):
=====================================
kill

";
        let listed = list(false, &blocks);
        assert!(listed.ends_with(tables) && listed.contains("version\n\n\nw commands"), "{listed}");
        assert_eq!(list(true, &blocks).matches("kill").count(), 1);
    }

    #[test]
    fn actions_are_listed_in_columns() {
        let expected = "
default commands (type help <topic>):
=====================================
add    exit      open  reload  restart   start   tail  \x20
avail  fg        pid   remove  shutdown  status  update\x20
clear  maintail  quit  reread  signal    stop    version

";
        assert_eq!(list(false, &[]), expected);
        let seen = list(true, &[]);
        assert!(seen.starts_with(expected) && seen.contains("explain"), "{seen}");
    }
}
