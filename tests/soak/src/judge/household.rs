//! What the daemon itself uses: memory, descriptors, processor time.

use std::collections::BTreeMap;
use std::fs;

/// What `/proc` says of it at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Household {
    /// Resident memory in KiB.
    pub resident_kib: u64,
    /// Of that, what it has allocated.
    pub allocated_kib: u64,
    /// Open descriptors by what they lead to, with their number.
    pub descriptors: BTreeMap<String, usize>,
    /// Processor time in hundredths of a second.
    pub processor_ticks: u64,
    /// How often its threads were woken.
    pub wakeups: u64,
}

impl Household {
    /// Looks.
    #[must_use]
    pub fn of(pid: i32) -> Self {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let fields: Vec<&str> =
            stat.rsplit(')').next().unwrap_or_default().split_ascii_whitespace().collect();
        let tick = |index: usize| fields.get(index).and_then(|field| field.parse::<u64>().ok()).unwrap_or(0);
        let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
        let wakeups = tasks.map(|task| {
            let status = fs::read_to_string(task.path().join("status")).unwrap_or_default();
            number(&status, "voluntary_ctxt_switches:")
        });
        Self {
            resident_kib: number(&status, "VmRSS:"),
            allocated_kib: number(&status, "RssAnon:"),
            descriptors: descriptors(pid),
            // User and system time, the 14th and 15th field of the line.
            processor_ticks: tick(11) + tick(12),
            wakeups: wakeups.sum(),
        }
    }

    /// How many descriptors are open.
    #[must_use]
    pub fn descriptor_count(&self) -> usize {
        self.descriptors.values().sum()
    }

    /// Which kinds of descriptors are more than they were, with how many more.
    #[must_use]
    pub fn leaked_since(&self, before: &Self) -> Vec<String> {
        let more = self.descriptors.iter().filter_map(|(kind, &count)| {
            let additional = count.checked_sub(*before.descriptors.get(kind).unwrap_or(&0))?;
            (additional > 0).then(|| format!("{additional} more of {kind}"))
        });
        more.collect()
    }
}

fn number(status: &str, key: &str) -> u64 {
    let rest = status.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default();
    rest.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or(0)
}

fn descriptors(pid: i32) -> BTreeMap<String, usize> {
    let mut kinds = BTreeMap::new();
    for entry in fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten() {
        let target = fs::read_link(entry.path()).unwrap_or_default().display().to_string();
        // Pipes and sockets have numbers that are new each time.
        let kind = target.split_once(":[").map_or(target.as_str(), |(kind, _)| kind).to_owned();
        *kinds.entry(kind).or_insert(0) += 1;
    }
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_more_open_file_is_seen() {
        let me = i32::try_from(std::process::id()).unwrap();
        let before = Household::of(me);
        assert!(before.resident_kib > 0 && before.descriptor_count() > 0);
        let file = tempfile::NamedTempFile::new().unwrap();
        let after = Household::of(me);
        let path = file.path().display().to_string();
        assert!(after.leaked_since(&before).contains(&format!("1 more of {path}")));
    }
}
