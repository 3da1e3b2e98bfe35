//! How much processor and memory processes use: looked at while somebody watches, or once when somebody asks.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet, VecDeque};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use supervisor_sys::clock::wall_nanoseconds;
use supervisor_sys::host::page_bytes;
use tokio::sync::watch;

use super::processes::{self, Processes, families};
use super::row::display_name;
use crate::http::server::Shared;
use crate::view::ProcessView;

/// How often it is looked at.
const PERIOD: Duration = Duration::from_secs(2);
/// How many values of each process are remembered.
pub(super) const HISTORY_MAX: usize = 60;
/// After so long without looking what was remembered is no history any more.
const HISTORY_AGE_MAX: Duration = Duration::from_secs(10);
/// The unit of processor time in `/proc`, the same on every Linux: a hundredth of a second.
const TICKS_PER_SECOND: f64 = 100.0;

/// What a process and its descendants use.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::http) struct Usage {
    /// 100 is one processor.
    pub(super) cpu_percent: f64,
    pub(super) resident_bytes: u64,
}

/// What all processes used when it was looked at last, and before.
#[derive(Default)]
pub(in crate::http) struct Meter {
    watchers: Cell<usize>,
    /// It is looked at, or will be when the present pause is over.
    is_looking: Cell<bool>,
    looked: watch::Sender<()>,
    last: RefCell<Option<(Instant, Processes)>>,
    histories: RefCell<HashMap<String, VecDeque<Usage>>>,
}

/// As long as it lives, it is looked at.
pub(super) struct Watcher {
    meter: Rc<Meter>,
    looked: watch::Receiver<()>,
}

impl Meter {
    /// What these processes use, by number: as it was just now, or else on average over their lives.
    pub(in crate::http) async fn of(&self, processes: &[Arc<ProcessView>]) -> HashMap<i32, Usage> {
        let recent = |process: &Arc<ProcessView>| {
            let histories = self.histories.borrow();
            Some((process.pid, *histories.get(&display_name(process))?.back()?))
        };
        if self.watchers.get() > 0 && !self.is_outdated() {
            return processes.iter().filter(|process| process.pid != 0).filter_map(recent).collect();
        }
        let Ok(all) = tokio::task::spawn_blocking(processes::read).await else { return HashMap::new() };
        let families = families(&all, &pids(processes));
        let now = i64::try_from(wall_nanoseconds() / 1_000_000_000).unwrap_or(i64::MAX);
        let average = |process: &Arc<ProcessView>| {
            let family = families.get(&process.pid)?;
            let ticks: u64 = family.iter().filter_map(|pid| all.get(pid)).map(|stat| stat.ticks).sum();
            // Within the first second there is no telling.
            let seconds = u32::try_from(now - process.start_seconds).unwrap_or(0).max(1);
            Some((process.pid, usage(&all, family, ticks, f64::from(seconds))))
        };
        processes.iter().filter_map(average).collect()
    }

    /// Has it looked at every now and then.
    pub(super) fn watch(self: &Rc<Self>, shared: &Rc<Shared>) -> Watcher {
        self.watchers.set(self.watchers.get() + 1);
        if !self.is_looking.replace(true) {
            tokio::task::spawn_local(Rc::clone(self).look_while_watched(Rc::clone(shared)));
        }
        Watcher { meter: Rc::clone(self), looked: self.looked.subscribe() }
    }

    /// What was seen of all processes, or of one: the last `length` values, the latest at the end.
    pub(super) fn histories(&self, only: Option<&str>, length: usize) -> Vec<(String, Vec<Usage>)> {
        if self.is_outdated() {
            return Vec::new();
        }
        let histories = self.histories.borrow();
        let wanted = histories.iter().filter(|(name, _)| only.is_none_or(|only| only == *name));
        wanted
            .map(|(name, history)| {
                let skipped = history.len().saturating_sub(length);
                (name.clone(), history.iter().skip(skipped).copied().collect())
            })
            .collect()
    }

    async fn look_while_watched(self: Rc<Self>, shared: Rc<Shared>) {
        while self.watchers.get() > 0 {
            let Some(view) = shared.engine().view().await else { break };
            let Ok(all) = tokio::task::spawn_blocking(processes::read).await else { break };
            self.note(&view.processes, all);
            tokio::time::sleep(PERIOD).await;
        }
        self.is_looking.set(false);
    }

    fn is_outdated(&self) -> bool {
        self.last.borrow().as_ref().is_none_or(|(when, _)| when.elapsed() > HISTORY_AGE_MAX)
    }

    /// Remembers what processes have used since it was last looked at.
    fn note(&self, watched: &[Arc<ProcessView>], all: Processes) {
        let mut histories = self.histories.borrow_mut();
        if self.is_outdated() {
            histories.clear();
        }
        let now = Instant::now();
        let before = self.last.take().filter(|_| !histories.is_empty());
        let seconds = before.as_ref().map_or(1.0, |(when, _)| now.duration_since(*when).as_secs_f64());
        let families = families(&all, &pids(watched));
        let mut seen = HashSet::new();
        for process in watched {
            let name = display_name(process);
            let family = families.get(&process.pid).map(Vec::as_slice).unwrap_or_default();
            let ticks = before.as_ref().map_or(0, |(_, before)| ticks_since(before, &all, family));
            let history = histories.entry(name.clone()).or_default();
            if history.len() == HISTORY_MAX {
                history.pop_front();
            }
            history.push_back(usage(&all, family, ticks, seconds));
            seen.insert(name);
        }
        histories.retain(|name, _| seen.contains(name));
        drop(histories);
        self.last.replace(Some((now, all)));
        self.looked.send_replace(());
    }
}

impl Watcher {
    /// Waits until it was looked at again.
    pub(super) async fn looked(&mut self) {
        // The meter lives as long as its watchers.
        let _ = self.looked.changed().await;
    }

    /// What was seen last of a process.
    pub(super) fn last(&self, name: &str) -> Option<Usage> {
        self.meter.histories.borrow().get(name)?.back().copied()
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.meter.watchers.set(self.meter.watchers.get() - 1);
    }
}

fn pids(processes: &[Arc<ProcessView>]) -> HashSet<i32> {
    processes.iter().map(|process| process.pid).filter(|&pid| pid != 0).collect()
}

#[expect(clippy::cast_precision_loss, reason = "nobody uses a processor for so many years")]
fn usage(all: &Processes, family: &[i32], ticks: u64, seconds: f64) -> Usage {
    let pages: u64 = family.iter().filter_map(|pid| all.get(pid)).map(|stat| stat.resident_pages).sum();
    let cpu_percent = ticks as f64 / TICKS_PER_SECOND / seconds.max(0.001) * 100.0;
    Usage { cpu_percent: (cpu_percent * 10.0).round() / 10.0, resident_bytes: pages * page_bytes() }
}

/// The processor time that a family has used between two looks.
fn ticks_since(before: &Processes, now: &Processes, family: &[i32]) -> u64 {
    let used = family.iter().filter_map(|pid| {
        let stat = now.get(pid)?;
        let earlier = before.get(pid).filter(|earlier| earlier.start == stat.start);
        Some(stat.ticks.saturating_sub(earlier.map_or(0, |earlier| earlier.ticks)))
    });
    used.sum()
}

/// Like `3.5 %`.
pub(super) fn percent(percent: f64) -> String {
    format!("{percent:.1}\u{a0}%")
}

/// Like `12.3 MB`.
#[expect(clippy::cast_precision_loss, reason = "one digit after the point is shown")]
pub(super) fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1000.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    let digits = usize::from(unit > 1 && value < 100.0);
    format!("{value:.digits$}\u{a0}{}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_short() {
        assert_eq!(bytes(0), "0\u{a0}B");
        assert_eq!(bytes(2_000_000), "1.9\u{a0}MB");
        assert_eq!(bytes(300 << 20), "300\u{a0}MB");
        assert_eq!(bytes(1_020 << 20), "1.0\u{a0}GB");
        assert_eq!(percent(12.345), "12.3\u{a0}%");
    }
}
