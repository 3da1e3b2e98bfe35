//! What somebody who mistyped a name may have meant.

use supervisor_core::name::DisplayName;

use crate::completion;
use crate::plugins::Plugins;
use crate::remote::Remote;
use crate::verb::Names;

/// What may be typed, and the name to suggest for it.
type Candidate = (String, String);

/// The name closest to what was written; `None` if nothing is close, or if the server cannot be asked.
pub(crate) fn suggestion(remote: &Remote, plugins: &Plugins, written: &str, names: Names) -> Option<String> {
    let candidates = match names {
        Names::Actions => completion::actions(plugins).into_iter().map(same).collect(),
        Names::Groups => remote.all_config_info().ok()?.into_iter().map(|line| same(line.group)).collect(),
        Names::Processes => of_processes(&completion::pairs(remote.all_process_info().ok()?)),
        Names::EventTypes | Names::Nothing => Vec::new(),
    };
    nearest(written, candidates)
}

fn same(name: String) -> Candidate {
    (name.clone(), name)
}

/// A process may be named without its group, and a group without the `:*` that it needs.
fn of_processes(processes: &[(String, String)]) -> Vec<Candidate> {
    let forms = processes.iter().flat_map(|(group, process)| {
        let shown = DisplayName { group, process }.to_string();
        let all = format!("{group}:*");
        [same(shown.clone()), same(all.clone()), (process.clone(), shown), (group.clone(), all)]
    });
    forms.collect()
}

fn nearest(written: &str, candidates: Vec<Candidate>) -> Option<String> {
    let written_low = written.to_lowercase();
    let limit = (written_low.chars().count() / 3).clamp(1, 3);
    let distances = candidates
        .into_iter()
        .filter(|(_, name)| name != written)
        .map(|(typed, name)| (distance(&written_low, &typed.to_lowercase()), name));
    distances
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// How many characters must be put in, left out, replaced or swapped with their neighbours.
fn distance(from: &str, to: &str) -> usize {
    let from: Vec<char> = from.chars().collect();
    let to: Vec<char> = to.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (i, &a) in from.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &b) in to.iter().enumerate() {
            let mut cost = (last[j] + usize::from(a != b)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a == to[j - 1] && from[i - 1] == b {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suggested(written: &str) -> Option<String> {
        let processes = [("cat", "cat"), ("web", "worker_00"), ("web", "worker_01")];
        let processes = processes.map(|(group, name)| (group.to_owned(), name.to_owned()));
        nearest(written, of_processes(&processes))
    }

    #[test]
    fn distance_counts_the_slips_of_fingers() {
        for (from, to, expected) in [
            ("status", "status", 0),
            ("staus", "status", 1),
            ("satrt", "start", 1),
            ("", "ab", 2),
            ("ü", "u", 1),
        ] {
            assert_eq!(distance(from, to), expected, "{from} {to}");
        }
    }

    #[test]
    fn a_slip_is_corrected_and_something_else_is_not() {
        assert_eq!(suggested("act").as_deref(), Some("cat"));
        assert_eq!(suggested("web:wroker_01").as_deref(), Some("web:worker_01"));
        assert_eq!(suggested("WEB:worker_00").as_deref(), Some("web:worker_00"));
        assert_eq!(suggested("database"), None);
    }

    #[test]
    fn what_is_missing_from_a_name_is_put_in() {
        assert_eq!(suggested("worker_00").as_deref(), Some("web:worker_00"));
        assert_eq!(suggested("web").as_deref(), Some("web:*"));
        assert_eq!(suggested("wbe:*").as_deref(), Some("web:*"));
    }
}
