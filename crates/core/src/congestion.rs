//! Pools whose listeners do not keep up: the log names them, once.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::effect::Level;
use crate::group::GroupId;
use crate::listener::Listener;
use crate::state::ProcessState;
use crate::supervisor::Supervisor;
use crate::time::Monotonic;
use crate::turn::Turn;

/// A pool is congested when for so long there was always an event that waited.
// Differs: congested-pools-are-named
const CONGESTED_AFTER: Duration = Duration::from_secs(60);

/// Since when events have been waiting in one pool.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Congestion {
    since: Option<Monotonic>,
    /// The log has named the pool.
    named: bool,
}

impl Congestion {
    /// Notes whether events wait; says for how many seconds they did if a congestion that was named is over.
    pub(crate) fn note(&mut self, is_waiting: bool, now: Monotonic) -> Option<u64> {
        if is_waiting {
            self.since.get_or_insert(now);
            return None;
        }
        let Self { since, named } = std::mem::take(self);
        since.filter(|_| named).map(|since| now.since(since).as_secs())
    }

    /// When the log names the pool unless its events are sent before.
    pub(crate) fn due(&self) -> Option<Monotonic> {
        self.since.filter(|_| !self.named).map(|since| since.after(CONGESTED_AFTER))
    }

    /// For how many seconds events have been waiting, the first time that it is too long.
    fn take(&mut self, now: Monotonic) -> Option<u64> {
        self.due().filter(|&due| due <= now)?;
        self.named = true;
        Some(now.since(self.since?).as_secs())
    }
}

impl Supervisor {
    /// Names the pools that have become congested, with what their listeners do.
    pub(crate) fn name_congested_pools(&mut self, turn: &mut Turn<'_>) {
        let now = turn.now.monotonic;
        let taken = self.pools.iter_mut().filter_map(|(&id, pool)| Some((id, pool.congestion.take(now)?)));
        let congested: Vec<_> = taken.collect();
        for (id, seconds) in congested {
            let Some(pool) = self.pools.get(&id) else { continue };
            let (name, waiting, most) = (&pool.name, pool.waiting(), pool.spec.buffer_size);
            let message = format!(
                "pool {name} is congested: for {seconds} seconds there was always an event that waited, now there are \
                 {waiting} (buffer_size={most}); {}; {}",
                self.doings(id),
                self.advice(id)
            );
            turn.log(Level::Warn, message);
        }
    }

    /// What makes its events go on.
    fn advice(&self, id: GroupId) -> &'static str {
        let members = self.pools.get(&id).map_or(&[][..], |pool| &pool.members);
        let is_lost = |member| {
            let state = self.listeners.get(member).map(Listener::state_name);
            let is_up =
                self.processes.get(member).is_some_and(|process| process.state() == ProcessState::Running);
            is_up && state == Some("UNKNOWN")
        };
        if members.iter().any(is_lost) {
            "restart what is UNKNOWN: it has broken the protocol and is sent nothing until then"
        } else {
            "more listeners (numprocs) or faster ones take more"
        }
    }

    /// What the listeners of a pool do: `ear is RUNNING and BUSY`.
    fn doings(&self, id: GroupId) -> String {
        let members = self.pools.get(&id).map_or(&[][..], |pool| &pool.members);
        let doing = |member| {
            let (process, listener) = (self.processes.get(member)?, self.listeners.get(member)?);
            Some(format!("{} is {} and {}", process.spec.name, process.state(), listener.state_name()))
        };
        members.iter().filter_map(doing).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: u64) -> Monotonic {
        Monotonic(second * 1_000_000_000)
    }

    #[test]
    fn events_that_wait_for_a_minute_are_named_once_until_none_waits() {
        let mut congestion = Congestion::default();
        assert_eq!((congestion.note(false, at(1)), congestion.due()), (None, None));
        congestion.note(true, at(2));
        congestion.note(true, at(61));
        assert_eq!((congestion.take(at(61)), congestion.due()), (None, Some(at(62))));
        assert_eq!((congestion.take(at(62)), congestion.due()), (Some(60), None));
        congestion.note(true, at(200));
        assert_eq!(congestion.take(at(200)), None);
        assert_eq!(congestion.note(false, at(202)), Some(200));
        assert_eq!(congestion.note(false, at(203)), None);
        congestion.note(true, at(300));
        assert_eq!(congestion.take(at(360)), Some(60), "another congestion has a line of its own");
    }
}
