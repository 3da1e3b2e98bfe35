//! What Tab offers.

use supervisor_config::listener::EVENT_TYPES;
use supervisor_rpc::info::ProcessInfo;

use crate::plugins::Plugins;
use crate::verb::{Names, VERBS, find};

/// Characters that end a word. Names may have `:`, `*` and `-` in them.
const BREAKS: &str = " \t\n`~!@#$%^&()=+[{]}\\|;'\",<>/?";

/// Where the word before `position` begins, and what it can be completed to, sorted. `processes` is asked only if it
/// matters.
pub(crate) fn complete(
    line: &str,
    position: usize,
    plugins: &Plugins,
    processes: impl FnOnce() -> Vec<(String, String)>,
) -> (usize, Vec<String>) {
    let before = line.get(..position).unwrap_or(line);
    let start = before
        .rfind(|c| BREAKS.contains(c))
        .map_or(0, |index| index + before[index..].chars().next().map_or(1, char::len_utf8));
    let word = &before[start..];
    let mut candidates = match names(line) {
        Names::Actions => actions(plugins),
        Names::EventTypes => EVENT_TYPES.map(str::to_owned).to_vec(),
        Names::Groups => groups(&processes()),
        Names::Processes => process_names(&processes(), word.contains(':')),
        Names::Nothing => Vec::new(),
    };
    candidates.retain(|candidate| candidate.starts_with(word));
    candidates.sort();
    candidates.dedup();
    (start, candidates)
}

/// The group and the name of each process, as [`complete`] wants them.
pub(crate) fn pairs(infos: Vec<ProcessInfo>) -> Vec<(String, String)> {
    infos.into_iter().map(|info| (info.group, info.name)).collect()
}

fn names(line: &str) -> Names {
    let mut words = line.split_whitespace();
    match (words.next(), words.next()) {
        (None, _) => Names::Actions,
        (Some(_), None) if !line.ends_with(' ') => Names::Actions,
        (Some(action), _) => find(action).map_or(Names::Nothing, |verb| verb.names),
    }
}

/// The actions that help knows.
pub(crate) fn actions(plugins: &Plugins) -> Vec<String> {
    let verbs = VERBS.iter().filter(|verb| verb.has_help()).map(|verb| verb.name);
    verbs.chain(plugins.programs()).map(str::to_owned).collect()
}

fn groups(processes: &[(String, String)]) -> Vec<String> {
    processes.iter().map(|(group, _)| group.clone()).collect()
}

/// Short names where group and process have the same one, unless `long` asks otherwise.
fn process_names(processes: &[(String, String)], long: bool) -> Vec<String> {
    let names = processes.iter().flat_map(|(group, name)| {
        if !long && group == name {
            vec![name.clone()]
        } else {
            vec![format!("{group}:{name}"), format!("{group}:*")]
        }
    });
    names.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(line: &str) -> Vec<String> {
        let processes = [("cat", "cat"), ("web", "a-1"), ("web", "b")];
        let processes = processes.map(|(group, name)| (group.to_owned(), name.to_owned()));
        complete(line, line.len(), &Plugins::default(), || processes.to_vec()).1
    }

    #[test]
    fn the_first_word_is_an_action() {
        assert_eq!(offered("st"), ["start", "status", "stop"]);
        assert_eq!(offered("help st"), ["start", "status", "stop"]);
        assert!(offered("").contains(&"help".to_owned()));
        assert!(!offered("").contains(&"EOF".to_owned()));
    }

    #[test]
    fn some_actions_take_groups() {
        assert_eq!(offered("update "), ["cat", "web"]);
        assert_eq!(offered("remove w"), ["web"]);
    }

    #[test]
    fn events_take_types() {
        assert_eq!(offered("events TICK"), ["TICK", "TICK_3600", "TICK_5", "TICK_60"]);
    }

    #[test]
    fn most_actions_take_processes() {
        assert_eq!(offered("stop "), ["cat", "web:*", "web:a-1", "web:b"]);
        assert_eq!(offered("stop cat web:a-"), ["web:a-1"]);
        assert_eq!(offered("stop cat:"), ["cat:*", "cat:cat"]);
    }

    #[test]
    fn other_actions_take_nothing() {
        assert!(offered("version ").is_empty());
        assert!(offered("nope ").is_empty());
    }

    #[test]
    fn a_word_begins_after_the_last_break() {
        assert_eq!(complete("stop a b:c-d", 12, &Plugins::default(), Vec::new).0, 7);
        let completed = complete("stop", 2, &Plugins::default(), Vec::new);
        assert_eq!(completed, (0, vec!["start".into(), "status".into(), "stop".into()]));
    }
}
