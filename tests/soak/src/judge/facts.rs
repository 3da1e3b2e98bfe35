//! Whether what the daemon says of its processes is so.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use crate::pace::pause;
use crate::stage::Stage;

/// So many looks must show the same before it counts: between a question and a look at `/proc` much happens.
const LOOKS: usize = 30;
const LOOK_PAUSE: Duration = Duration::from_millis(100);

/// Who is a child of a process, by `/proc`, and who of them has ended.
#[must_use]
pub fn children(parent: i32) -> (BTreeSet<i32>, BTreeSet<i32>) {
    let (mut living, mut zombies) = (BTreeSet::new(), BTreeSet::new());
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    for pid in entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok()) {
        let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else { continue };
        let Some((_, rest)) = stat.rsplit_once(')') else { continue };
        let mut fields = rest.split_ascii_whitespace();
        let (state, of) = (fields.next(), fields.next().and_then(|of| of.parse::<i32>().ok()));
        if of == Some(parent) {
            let kind = if state == Some("Z") { &mut zombies } else { &mut living };
            kind.insert(pid);
        }
    }
    (living, zombies)
}

/// Differences between what is said and what is, as sentences. `None` if the daemon does not say anything.
fn differences(stage: &Stage) -> Option<BTreeSet<String>> {
    let infos = stage.client.infos().ok()?;
    let (living, zombies) = children(stage.daemon);
    let mut found = BTreeSet::new();
    let mut known = BTreeSet::new();
    for info in &infos {
        let (name, pid, state) = (format!("{}:{}", info.group, info.name), info.pid, info.state.name());
        let has_process = ["STARTING", "RUNNING", "STOPPING"].contains(&state);
        if has_process != (pid != 0) {
            found.insert(format!("{name} is {state} with pid {pid}"));
        }
        if has_process && !living.contains(&pid) {
            found.insert(format!("{name} is {state}, but no child {pid} lives"));
        }
        known.insert(pid);
    }
    for pid in living.difference(&known) {
        found.insert(format!("the child {pid} belongs to no process"));
    }
    for pid in zombies {
        found.insert(format!("the child {pid} is a zombie"));
    }
    Some(found)
}

/// Looks until nothing is left that differed in every look; what stays is a finding.
pub fn compare(stage: &Stage) {
    let moment = stage.gate.moment();
    let mut lasting: Option<BTreeSet<String>> = None;
    for _ in 0..LOOKS {
        if let Some(now) = differences(stage) {
            let left = match lasting {
                None => now,
                Some(before) => before.intersection(&now).cloned().collect(),
            };
            if left.is_empty() {
                return;
            }
            lasting = Some(left);
        }
        pause(LOOK_PAUSE);
    }
    if !stage.gate.reloaded_since(moment) {
        for difference in lasting.unwrap_or_default() {
            stage.findings.add(difference);
        }
    }
}
