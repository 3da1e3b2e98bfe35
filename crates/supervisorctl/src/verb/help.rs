//! `help`: what actions there are.

use super::{Names, VERBS, Verb, find};
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
    match find(topic).filter(|verb| verb.has_help()) {
        _ if topic.is_empty() => session.print(&list(session.terminal.is_seen)),
        Some(verb) => session.help(verb),
        None => {
            session.line(&format!("*** No help on {topic}"));
            session.suggest(topic, Names::Actions);
        }
    }
    Ok(())
}

/// The table of actions; those that only this program has are for people's eyes.
fn list(is_seen: bool) -> String {
    // Compat: help-does-not-list-itself
    let listed = |verb: &&Verb| !verb.help.is_empty() && verb.name != VERB.name;
    let mut text = String::from("\n");
    text.push_str(&table(HEADER, &VERBS.iter().filter(listed).map(|verb| verb.name).collect::<Vec<_>>()));
    if is_seen {
        let ours: Vec<&str> = VERBS.iter().filter(|verb| verb.is_ours()).map(|verb| verb.name).collect();
        text.push_str(&table(OUR_HEADER, &ours));
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

    #[test]
    fn actions_are_listed_in_columns() {
        let expected = "
default commands (type help <topic>):
=====================================
add    exit      open  reload  restart   start   tail  \x20
avail  fg        pid   remove  shutdown  status  update\x20
clear  maintail  quit  reread  signal    stop    version

";
        assert_eq!(list(false), expected);
        let seen = list(true);
        assert!(seen.starts_with(expected) && seen.contains("explain\n"), "{seen}");
    }
}
