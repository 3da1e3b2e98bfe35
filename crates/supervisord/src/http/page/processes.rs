//! What the kernel tells of all processes of the machine: one file each, read in one sweep.

use std::collections::{HashMap, HashSet};
use std::fs;

/// How far the ancestors of a process are followed.
const ANCESTORS_MAX: usize = 64;

/// One process as `/proc/PID/stat` has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stat {
    parent: i32,
    /// Processor time so far, in ticks.
    pub(super) ticks: u64,
    /// When it was started: tells it from another that got its number later.
    pub(super) start: u64,
    pub(super) resident_pages: u64,
}

/// All processes by number.
pub(super) type Processes = HashMap<i32, Stat>;

/// Reads all of them. Those that end meanwhile are left out.
pub(super) fn read() -> Processes {
    let Ok(entries) = fs::read_dir("/proc") else { return Processes::new() };
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    pids.filter_map(|pid| Some((pid, parse(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)?)))
        .collect()
}

/// The name in the second field may hold anything, so the fields are counted from its end.
fn parse(stat: &str) -> Option<Stat> {
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
    let number = |index: usize| fields.get(index)?.trim().parse::<u64>().ok();
    Some(Stat {
        parent: fields.get(1)?.parse().ok()?,
        ticks: number(11)? + number(12)?,
        start: number(19)?,
        resident_pages: number(21)?,
    })
}

/// Which processes belong to which of `roots`: itself and all descendants that have no nearer root.
pub(super) fn families(processes: &Processes, roots: &HashSet<i32>) -> HashMap<i32, Vec<i32>> {
    let mut families: HashMap<i32, Vec<i32>> = HashMap::new();
    for &pid in processes.keys() {
        let mut ancestor = pid;
        for _ in 0..ANCESTORS_MAX {
            if roots.contains(&ancestor) {
                families.entry(ancestor).or_default().push(pid);
                break;
            }
            match processes.get(&ancestor) {
                Some(stat) if stat.parent > 1 => ancestor = stat.parent,
                _ => break,
            }
        }
    }
    families
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stat(parent: i32) -> Stat {
        Stat { parent, ticks: 0, start: 0, resident_pages: 0 }
    }

    #[test]
    fn fields_are_counted_from_the_end_of_the_name() {
        let line =
            "7 (a) b) S 3 7 7 0 -1 4194560 100 0 0 0 20 22 0 0 20 0 1 0 5500 1000 256 18446744073709551615 1";
        assert_eq!(parse(line), Some(Stat { parent: 3, ticks: 42, start: 5500, resident_pages: 256 }));
        assert_eq!(parse("nonsense"), None);
    }

    #[test]
    fn descendants_belong_to_the_nearest_root() {
        let processes: Processes =
            [(10, stat(1)), (11, stat(10)), (12, stat(11)), (20, stat(10)), (21, stat(20)), (30, stat(1))]
                .into();
        let mut found = families(&processes, &HashSet::from([10, 20]));
        found.values_mut().for_each(|family| family.sort_unstable());
        assert_eq!(found, HashMap::from([(10, vec![10, 11, 12]), (20, vec![20, 21])]));
    }

    #[test]
    fn this_very_process_is_found() {
        let own = i32::try_from(std::process::id()).unwrap();
        assert!(read().get(&own).is_some_and(|stat| stat.resident_pages > 0));
    }
}
