//! The actions, one file each, and the table of them.

mod add;
mod avail;
mod cache;
mod clear;
mod completions;
mod each;
mod events;
mod explain;
mod fg;
mod help;
mod kill;
mod maintail;
mod open;
mod outcome;
mod pid;
pub(crate) mod program;
mod quick;
mod quit;
mod reload;
mod remove;
mod reread;
mod restart;
pub(crate) mod selection;
mod serialrestart;
mod shutdown;
mod signal;
mod start;
pub(crate) mod status;
mod stop;
mod tail;
mod update;
mod version;
mod wildcards;

use supervisor_config::ctlplugin::{BuiltIn, STOCK_ACTIONS};

use crate::failure::Failure;
use crate::session::Session;

/// An action.
pub(crate) struct Verb {
    /// What it is called.
    pub(crate) name: &'static str,
    /// What `help` says of it, with the end of its last line; empty for an action that the
    /// reference's help doesn't know.
    pub(crate) help: &'static str,
    /// What `help` adds to that where people read it: forms that only this program has.
    pub(crate) ours: &'static str,
    /// What its argument names.
    pub(crate) names: Names,
    /// It only reads, so that its answer can be JSON.
    pub(crate) reads: bool,
    /// Does it.
    pub(crate) run: fn(&mut Session, &str) -> Result<(), Failure>,
}

/// What the words of an argument name, which is what they can be completed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Names {
    Actions,
    EventTypes,
    Groups,
    Processes,
    Nothing,
}

/// Every action, sorted.
pub(crate) const VERBS: &[Verb] = &[
    quit::END_OF_FILE,
    add::VERB,
    avail::VERB,
    cache::CLEAR,
    cache::COUNT,
    cache::DELETE,
    cache::FETCH,
    cache::KEYS,
    cache::STORE,
    clear::VERB,
    completions::VERB,
    events::VERB,
    quit::EXIT,
    explain::VERB,
    fg::VERB,
    help::VERB,
    kill::VERB,
    maintail::VERB,
    wildcards::RESTART,
    wildcards::START,
    wildcards::STOP,
    open::VERB,
    pid::VERB,
    quick::RESTART,
    quick::START,
    quick::STOP,
    quit::QUIT,
    reload::VERB,
    remove::VERB,
    reread::VERB,
    restart::VERB,
    serialrestart::VERB,
    shutdown::VERB,
    signal::VERB,
    start::VERB,
    status::VERB,
    stop::VERB,
    tail::VERB,
    update::VERB,
    version::VERB,
];

impl Verb {
    /// Whether only this program has it.
    pub(crate) fn is_ours(&self) -> bool {
        self.help.is_empty() && !self.ours.is_empty()
    }

    /// Whether there is anything to tell of it.
    pub(crate) fn has_help(&self) -> bool {
        !self.help.is_empty() || !self.ours.is_empty()
    }
}

/// The action of that name.
pub(crate) fn find(name: &str) -> Option<&'static Verb> {
    VERBS.iter().find(|verb| verb.name == name)
}

/// The names of the actions that an extension has.
pub(crate) fn of_extension(extension: BuiltIn) -> Vec<&'static str> {
    match extension {
        BuiltIn::Stock => STOCK_ACTIONS.into_iter().filter(|name| !matches!(*name, "EOF" | "help")).collect(),
        BuiltIn::Quick { .. } => vec![quick::RESTART.name, quick::START.name, quick::STOP.name],
        BuiltIn::Wildcards { .. } => {
            vec![wildcards::RESTART.name, wildcards::START.name, wildcards::STOP.name]
        }
        BuiltIn::SerialRestart => vec![serialrestart::VERB.name],
        BuiltIn::Cache => {
            [cache::CLEAR, cache::COUNT, cache::DELETE, cache::FETCH, cache::KEYS, cache::STORE]
                .map(|verb| verb.name)
                .to_vec()
        }
        BuiltIn::Laforge => vec![kill::VERB.name],
    }
}

impl Session {
    /// Prints what there is to know of an action.
    // Differs: help-of-more
    fn help(&self, verb: &Verb) {
        self.print(verb.help);
        if self.terminal.is_seen || verb.is_ours() {
            self.print(verb.ours);
        }
    }

    /// Says what is wrong with an argument, then how it should be.
    fn usage_error(&mut self, message: &str, verb: &Verb) {
        self.line(message);
        self.help(verb);
        self.exit_status = crate::exit_status::ExitStatus::FAILURE;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_sorted_and_each_stands_once() {
        assert!(VERBS.windows(2).all(|pair| pair[0].name < pair[1].name));
    }

    #[test]
    fn the_stock_actions_are_those_that_are_not_ours() {
        let stock = VERBS.iter().filter(|verb| !verb.is_ours()).map(|verb| verb.name);
        let stock: Vec<&str> = stock.filter(|name| *name != completions::VERB.name).collect();
        assert_eq!(stock, STOCK_ACTIONS);
    }

    #[test]
    fn help_ends_with_a_line() {
        assert!(VERBS.iter().all(|verb| verb.help.is_empty() || verb.help.ends_with('\n')));
        assert!(VERBS.iter().all(|verb| verb.ours.is_empty() || verb.ours.ends_with('\n')));
    }
}
