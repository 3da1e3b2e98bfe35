//! The actions, one file each, and the table of them.

mod add;
mod avail;
mod clear;
mod completions;
mod explain;
mod fg;
mod help;
mod maintail;
mod open;
mod outcome;
mod pid;
mod quit;
mod reload;
mod remove;
mod reread;
mod restart;
pub(crate) mod selection;
mod shutdown;
mod signal;
mod start;
pub(crate) mod status;
mod stop;
mod tail;
mod update;
mod version;

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
    Groups,
    Processes,
    Nothing,
}

/// Every action, sorted.
pub(crate) const VERBS: &[Verb] = &[
    quit::END_OF_FILE,
    add::VERB,
    avail::VERB,
    clear::VERB,
    completions::VERB,
    quit::EXIT,
    explain::VERB,
    fg::VERB,
    help::VERB,
    maintail::VERB,
    open::VERB,
    pid::VERB,
    quit::QUIT,
    reload::VERB,
    remove::VERB,
    reread::VERB,
    restart::VERB,
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
    fn help_ends_with_a_line() {
        assert!(VERBS.iter().all(|verb| verb.help.is_empty() || verb.help.ends_with('\n')));
        assert!(VERBS.iter().all(|verb| verb.ours.is_empty() || verb.ours.ends_with('\n')));
    }
}
