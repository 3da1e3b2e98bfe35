//! Which processes the words of `status` mean.

use supervisor_core::name::{DisplayName, Namespec, matches};
use supervisor_core::state::ProcessState;
use supervisor_rpc::info::ProcessInfo;

/// The words of `status`, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Selection<'a> {
    /// What names processes; nothing for all of them.
    pub(super) names: Vec<&'a str>,
    /// The states that are shown; `None` for every state.
    states: Option<Vec<ProcessState>>,
}

impl<'a> Selection<'a> {
    /// Takes words apart. A word that looks like a filter but is the name of one of `infos` is that name.
    ///
    /// # Errors
    /// What is no state.
    // Differs: status-filters
    pub(super) fn parse(words: &[&'a str], infos: &[ProcessInfo]) -> Result<Self, String> {
        let mut selection = Self { names: Vec::new(), states: None };
        for &word in words {
            let is_name = || infos.iter().any(|info| names_exactly(word, info));
            match word.strip_prefix("--state=").filter(|_| !is_name()) {
                Some(states) => {
                    let states = states.split(',').map(state).collect::<Result<Vec<_>, _>>()?;
                    selection.states.get_or_insert_default().extend(states);
                }
                None => selection.names.push(word),
            }
        }
        Ok(selection)
    }

    /// Whether a process in this state is shown.
    pub(super) fn has_state(&self, info: &ProcessInfo) -> bool {
        self.states.as_ref().is_none_or(|states| states.contains(&info.state))
    }
}

fn state(name: &str) -> Result<ProcessState, String> {
    let found = ProcessState::ALL.iter().find(|state| state.name().eq_ignore_ascii_case(name));
    found.copied().ok_or_else(|| {
        let known: Vec<&str> = ProcessState::ALL.iter().map(|state| state.name()).collect();
        format!("unknown state {name:?}, the states are {}", known.join(", "))
    })
}

/// Whether a word means a process: by its name, its group's name with `:*`, or a wildcard.
pub(crate) fn is_meant(word: &str, info: &ProcessInfo) -> bool {
    names_exactly(word, info) || (word.contains('*') && is_like(word, info))
}

fn names_exactly(name: &str, info: &ProcessInfo) -> bool {
    match Namespec::parse(name) {
        Namespec::Group(group) => info.group == group,
        Namespec::Process { group, process } => info.group == group && info.name == process,
    }
}

fn is_like(pattern: &str, info: &ProcessInfo) -> bool {
    let short = DisplayName { group: &info.group, process: &info.name }.to_string();
    matches(pattern, &short) || matches(pattern, &format!("{}:{}", info.group, info.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verb::status::tests::info;

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
    fn a_wildcard_may_stand_anywhere_in_a_name() {
        let worker = info("web", "worker_01", ProcessState::Running, "");
        let alone = info("cat", "cat", ProcessState::Running, "");
        for (pattern, of_worker, of_alone) in [
            ("web*", true, false),
            ("*:*_01", true, false),
            ("*_01", true, false),
            ("w*r:w*1", false, false),
            ("w*b:w*1", true, false),
            ("*:*", true, true),
            ("*", true, true),
            ("c*", false, true),
            ("ca*x", false, false),
            ("worker*", false, false),
        ] {
            assert_eq!(
                (is_meant(pattern, &worker), is_meant(pattern, &alone)),
                (of_worker, of_alone),
                "{pattern}"
            );
        }
    }

    #[test]
    fn states_are_filtered_by_name() {
        let running = info("a", "a", ProcessState::Running, "");
        let fatal = info("b", "b", ProcessState::Fatal, "");
        let selection = Selection::parse(&["x", "--state=fatal,EXITED"], &[]).unwrap();
        assert_eq!(selection.names, ["x"]);
        assert!(selection.has_state(&fatal) && !selection.has_state(&running));
        assert!(Selection::parse(&[], &[]).unwrap().has_state(&running));
        assert!(Selection::parse(&["--state=DEAD"], &[]).unwrap_err().starts_with("unknown state \"DEAD\""));
    }

    #[test]
    fn a_process_may_be_called_like_a_filter() {
        let infos = [info("--state=FATAL", "--state=FATAL", ProcessState::Running, "")];
        let selection = Selection::parse(&["--state=FATAL"], &infos).unwrap();
        assert_eq!(selection.names, ["--state=FATAL"]);
        assert!(selection.has_state(&infos[0]));
    }
}
