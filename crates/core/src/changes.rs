//! How a configuration differs from what is at work.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::command::Changes;
use crate::spec::{ChannelSpec, GroupSpec, LogTarget, ProcessSpec};

/// Compares groups at work, in running order, with those of a configuration.
#[must_use]
pub fn changes<'a>(
    at_work: impl Iterator<Item = &'a GroupSpec> + Clone,
    configured: &[GroupSpec],
) -> Changes {
    let active: BTreeMap<&str, &GroupSpec> =
        at_work.clone().map(|group| (group.name.as_str(), group)).collect();
    let mut seen = BTreeSet::new();
    let mut changes = Changes::default();
    for group in configured {
        // Differs: duplicate-group-names
        if !seen.insert(group.name.as_str()) {
            continue;
        }
        match active.get(group.name.as_str()) {
            None => changes.added.push(group.name.clone()),
            Some(active) if !same_group(active, group) => changes.changed.push(group.name.clone()),
            Some(_) => {}
        }
    }
    changes.removed =
        at_work.filter(|group| !seen.contains(group.name.as_str())).map(|group| group.name.clone()).collect();
    changes
}

// Differs: fcgi-socket-options-are-changes
fn same_group(a: &GroupSpec, b: &GroupSpec) -> bool {
    a.priority == b.priority
        && a.kind == b.kind
        && a.processes.len() == b.processes.len()
        && a.processes.iter().zip(&b.processes).all(|(a, b)| same_process(a, b))
}

fn same_process(a: &Arc<ProcessSpec>, b: &Arc<ProcessSpec>) -> bool {
    if Arc::ptr_eq(a, b) {
        return true;
    }
    if !same_channel(&a.stdout, &b.stdout)
        || !same_channel(&a.stderr, &b.stderr)
        || !same_environment(&a.environment, &b.environment)
    {
        return false;
    }
    let aligned = ProcessSpec {
        stdout: a.stdout.clone(),
        stderr: a.stderr.clone(),
        environment: a.environment.clone(),
        ..ProcessSpec::clone(b)
    };
    **a == aligned
}

/// The order in which variables are written is no difference: no name is there twice.
fn same_environment(a: &[(String, String)], b: &[(String, String)]) -> bool {
    let map = |pairs: &[(String, String)]| pairs.iter().cloned().collect::<BTreeMap<String, String>>();
    a == b || (a.len() == b.len() && map(a) == map(b))
}

/// A made-up log name is equal to whatever was there before, as in the reference; the other way round it is not.
fn same_channel(at_work: &ChannelSpec, configured: &ChannelSpec) -> bool {
    let mut aligned = configured.clone();
    if configured.logfile == LogTarget::Auto {
        aligned.logfile = at_work.logfile.clone();
    }
    *at_work == aligned
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{group, program};

    fn names(found: &[String]) -> Vec<&str> {
        found.iter().map(String::as_str).collect()
    }

    #[test]
    fn groups_are_added_changed_and_removed_by_name() {
        let old = [group("a", [program("a")]), group("b", [program("b")]), group("c", [program("c")])];
        let mut edited = program("b");
        edited.startsecs = 7;
        let new = [group("b", [edited]), group("c", [program("c")]), group("d", [program("d")])];
        let found = changes(old.iter(), &new);
        assert_eq!(names(&found.added), ["d"]);
        assert_eq!(names(&found.changed), ["b"]);
        assert_eq!(names(&found.removed), ["a"]);
    }

    #[test]
    fn an_automatic_log_name_is_no_change_but_another_name_is() {
        let logging_to = |logfile| {
            let mut process = program("a");
            process.stdout.logfile = logfile;
            group("a", [process])
        };
        let (file, auto) = (logging_to(LogTarget::File("/var/log/a".into())), logging_to(LogTarget::Auto));
        assert_eq!(changes([&file].into_iter(), std::slice::from_ref(&auto)), Changes::default());
        assert_eq!(names(&changes([&auto].into_iter(), &[file]).changed), ["a"]);
    }

    #[test]
    fn the_order_of_environment_variables_is_no_change_but_a_value_is() {
        let with = |pairs: &[(&str, &str)]| {
            let mut process = program("a");
            process.environment =
                pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            group("a", [process])
        };
        let old = with(&[("A", "1"), ("B", "2")]);
        let found = changes([&old].into_iter(), &[with(&[("B", "2"), ("A", "1")])]);
        assert_eq!(found, Changes::default());
        for edited in [with(&[("B", "1"), ("A", "2")]), with(&[("A", "1")])] {
            assert_eq!(names(&changes([&old].into_iter(), &[edited]).changed), ["a"]);
        }
    }

    #[test]
    fn the_order_of_processes_counts() {
        let old = [group("a", [program("x"), program("y")])];
        let new = [group("a", [program("y"), program("x")])];
        assert_eq!(names(&changes(old.iter(), &new).changed), ["a"]);
    }

    #[test]
    fn of_two_groups_of_one_name_only_the_first_counts() {
        let mut other = program("a");
        other.startsecs = 7;
        let first = group("a", [program("a")]);
        let found = changes([&first].into_iter(), &[first.clone(), group("a", [other])]);
        assert_eq!(found, Changes::default());
    }
}
