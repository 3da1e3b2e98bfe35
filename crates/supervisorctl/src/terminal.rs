//! Whether people look at what is printed, and what they can see there.

use std::io::{self, IsTerminal};

/// What standard output and standard error are. Pipes and files get the reference's bytes and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Terminal {
    /// Both are terminals: somebody reads hints, and progress that is taken back.
    pub(crate) takes_hints: bool,
    /// As [`Terminal::takes_hints`], and lines can be taken back.
    pub(crate) shows_progress: bool,
    /// Standard output is a terminal: tables may be as wide as they need to be.
    pub(crate) is_seen: bool,
    /// Standard output is a terminal that shows colours, and the user wants them.
    pub(crate) has_colours: bool,
}

impl Terminal {
    /// What this run of the program has.
    pub(crate) fn detect() -> Self {
        let variable = |name: &str| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned());
        Self::new(io::stdout().is_terminal(), io::stderr().is_terminal(), variable)
    }

    fn new(stdout: bool, stderr: bool, variable: impl Fn(&str) -> Option<String>) -> Self {
        let is_set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
        let is_dumb = variable("TERM").is_none_or(|kind| kind.is_empty() || kind == "dumb");
        Self {
            takes_hints: stdout && stderr,
            shows_progress: stdout && stderr && !is_dumb,
            is_seen: stdout,
            has_colours: stdout && !is_dumb && !is_set("NO_COLOR"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terminal(stdout: bool, stderr: bool, variables: &[(&str, &str)]) -> Terminal {
        let value = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        Terminal::new(stdout, stderr, value)
    }

    #[test]
    fn hints_need_a_terminal_on_both_sides() {
        assert!(terminal(true, true, &[]).takes_hints);
        assert!(!terminal(true, false, &[]).takes_hints);
        assert!(!terminal(false, true, &[]).takes_hints);
    }

    #[test]
    fn progress_needs_a_terminal_that_can_take_lines_back() {
        assert!(terminal(true, true, &[("TERM", "xterm"), ("NO_COLOR", "1")]).shows_progress);
        assert!(!terminal(true, true, &[("TERM", "dumb")]).shows_progress);
        assert!(!terminal(true, false, &[("TERM", "xterm")]).shows_progress);
    }

    #[test]
    fn colours_need_a_terminal_that_can_and_a_user_who_wants() {
        let colours = |stdout, variables: &[(&str, &str)]| terminal(stdout, true, variables).has_colours;
        assert!(colours(true, &[("TERM", "xterm")]));
        assert!(colours(true, &[("TERM", "xterm"), ("NO_COLOR", "")]));
        assert!(!colours(true, &[("TERM", "xterm"), ("NO_COLOR", "1")]));
        assert!(!colours(true, &[("TERM", "dumb")]));
        assert!(!colours(true, &[]));
        assert!(!colours(false, &[("TERM", "xterm")]));
    }
}
