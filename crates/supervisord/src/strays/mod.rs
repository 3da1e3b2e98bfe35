//! Processes that are nobody's any more: what an earlier daemon left when it was killed, and what a program left that put
//! itself into the background.
//!
//! They are found in `/proc` by what a supervisor writes into the environment of its children, which their descendants
//! have, too. That takes a while where there are thousands of processes, so it is done in a thread of its own, and only
//! when there is a reason. A program that writes its title over its environment, as nginx does, is not found so.

mod process;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use supervisor_core::effect::Level;

use self::process::{Marks, Process, command_line};
use crate::engine::handle::EngineHandle;

/// More lines than this nobody wants to read.
const TOLD_MAX: usize = 20;
const GENERATIONS_MAX: usize = 1000;

/// Tells in the main log of what an earlier daemon of the same address has left.
///
/// A daemon without an address is known by nothing but its pidfile: `was_killed` says that one was found. Returns false
/// when there was no time to look.
// Differs: orphans-are-told
pub(crate) fn tell_of_orphans(
    log: EngineHandle,
    own_pid: i32,
    server_url: Option<String>,
    was_killed: bool,
) -> bool {
    if server_url.is_none() && !was_killed {
        return true;
    }
    look_aside(move || {
        let processes = Processes::read();
        let mut found = orphans(&processes, own_pid, server_url.as_deref());
        found.retain(|(process, _)| process.shares_world_with(own_pid));
        for (process, marks) in found.iter().take(TOLD_MAX) {
            let (name, pid) = (full_name(&marks.group, &marks.name), process.pid);
            let message = format!(
                "'{name}' of an earlier supervisord still runs as pid {pid} ({}): it is not supervised, and '{name}' may \
                 run twice now; 'kill {pid}' ends it",
                command_line(pid)
            );
            log.log(Level::Warn, message);
        }
        if let Some(more @ 1..) = found.len().checked_sub(TOLD_MAX) {
            log.log(Level::Warn, format!("{more} more processes of an earlier supervisord still run"));
        }
    })
}

/// A child that has just ended.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    pub(crate) group: String,
    pub(crate) name: String,
    pub(crate) pid: i32,
    pub(crate) server_url: Option<String>,
}

/// Tells in the main log of what a child has left in the background. `children` are those that live. Returns whether
/// somebody looks; otherwise there was no time for it.
// Differs: orphans-are-told
pub(crate) fn tell_of_background(log: EngineHandle, own_pid: i32, ended: Ended, children: Vec<i32>) -> bool {
    look_aside(move || {
        let processes = Processes::read();
        let Some(stray) = background(&processes, own_pid, &ended, &children) else { return };
        let name = full_name(&ended.group, &ended.name);
        let message = format!(
            "'{name}' has ended, but what it started goes on as pid {stray} ({}): a program must stay in the foreground \
             to be supervised, and each start may leave another",
            command_line(stray)
        );
        log.log(Level::Warn, message);
    })
}

/// One look at a time: where hundreds of programs fail together, some of them are looked after at their next failure.
static IS_LOOKING: AtomicBool = AtomicBool::new(false);

/// Returns whether somebody looks.
fn look_aside(look: impl FnOnce() + Send + 'static) -> bool {
    if IS_LOOKING.swap(true, Ordering::AcqRel) {
        return false;
    }
    let looking = move || {
        look();
        IS_LOOKING.store(false, Ordering::Release);
    };
    let is_begun = thread::Builder::new().name(String::from("strays")).spawn(looking).is_ok();
    if !is_begun {
        IS_LOOKING.store(false, Ordering::Release);
    }
    is_begun
}

/// A process and all its descendants.
pub(crate) fn family(pid: i32) -> Vec<i32> {
    let processes = Processes::read();
    let is_of_it = |process: &&Process| {
        process.pid == pid || processes.ancestors(process).any(|ancestor| ancestor.pid == pid)
    };
    processes.0.values().filter(is_of_it).map(|process| process.pid).collect()
}

fn full_name(group: &str, name: &str) -> String {
    if group == name { name.to_owned() } else { format!("{group}:{name}") }
}

/// All processes at one moment.
struct Processes(BTreeMap<i32, Process>);

impl Processes {
    fn read() -> Self {
        Self(Process::all().into_iter().map(|process| (process.pid, process)).collect())
    }

    fn ancestors(&self, of: &Process) -> impl Iterator<Item = &Process> {
        std::iter::successors(self.0.get(&of.parent), |process| self.0.get(&process.parent))
            .take(GENERATIONS_MAX)
    }
}

/// The first of each family that an earlier daemon with this address started.
fn orphans<'a>(
    processes: &'a Processes,
    own_pid: i32,
    server_url: Option<&str>,
) -> Vec<(&'a Process, &'a Marks)> {
    let Some(own) = processes.0.get(&own_pid) else { return Vec::new() };
    let own_ancestors: Vec<i32> = processes.ancestors(own).map(|process| process.pid).collect();
    let is_old = |process: &Process| {
        process.started < own.started
            && process.pid != own_pid
            && !own_ancestors.contains(&process.pid)
            && process.marks.as_ref().is_some_and(|marks| marks.server_url.as_deref() == server_url)
    };
    let is_first = |process: &Process| match processes.0.get(&process.parent) {
        // A supervisor that lives looks after what it has started.
        Some(parent) => parent.marks != process.marks && !parent.is_supervisor(),
        None => true,
    };
    let found = processes.0.values().filter(|process| is_old(process) && is_first(process));
    found.filter_map(|process| Some((process, process.marks.as_ref()?))).collect()
}

/// A process that a dead child has left and that no living child has started.
fn background(processes: &Processes, own_pid: i32, ended: &Ended, children: &[i32]) -> Option<i32> {
    let marks =
        Marks { group: ended.group.clone(), name: ended.name.clone(), server_url: ended.server_url.clone() };
    let own = processes.0.get(&own_pid)?;
    let is_left = |process: &&Process| {
        let is_its = process.process_group == ended.pid || process.marks.as_ref() == Some(&marks);
        // Process 1 is everybody's parent who has no other.
        let is_ours = |pid: i32| children.contains(&pid) || pid == own_pid && own_pid != 1;
        let is_supervised =
            is_ours(process.pid) || processes.ancestors(process).any(|ancestor| is_ours(ancestor.pid));
        is_its && process.started >= own.started && process.pid != own_pid && !is_supervised
    };
    processes.0.values().find(is_left).map(|process| process.pid)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process(pid: i32, parent: i32, started: u64, name: Option<&str>) -> (i32, Process) {
        let marks = name.map(|name| Marks { group: name.into(), name: name.into(), server_url: None });
        (pid, Process { pid, program: "cat".into(), parent, process_group: pid, started, marks })
    }

    #[test]
    fn only_what_was_started_before_us_and_is_nobody_s_is_an_orphan() {
        let list = [
            process(10, 2, 100, Some("outer")),
            process(2, 1, 40, Some("ancestor")),
            process(20, 1, 50, Some("old")),
            process(21, 20, 60, Some("old")),
            process(22, 10, 101, Some("new")),
            process(23, 1, 50, None),
        ];
        let processes = Processes(list.into());
        let found =
            |url| orphans(&processes, 10, url).iter().map(|(process, _)| process.pid).collect::<Vec<_>>();
        assert_eq!(found(None), [20]);
        assert!(found(Some("unix:///other")).is_empty());
    }

    #[test]
    fn what_a_child_left_is_told_from_what_its_successor_started() {
        let ended = Ended { group: "web".into(), name: "web".into(), pid: 20, server_url: None };
        let list = [
            process(10, 1, 100, None),
            process(21, 10, 101, Some("web")),
            process(22, 21, 102, Some("web")),
            process(23, 1, 99, Some("web")),
        ];
        let mut processes = Processes(list.into());
        assert_eq!(background(&processes, 10, &ended, &[21]), None);
        processes.0.extend([process(24, 1, 103, Some("web"))]);
        assert_eq!(background(&processes, 10, &ended, &[21]), Some(24));
    }
}
