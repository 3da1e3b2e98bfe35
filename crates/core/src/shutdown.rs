//! The order in which everything stops.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::effect::{Effect, Level, Outcome};
use crate::event::Event;
use crate::group::GroupId;
use crate::process::Process;
use crate::supervisor::Supervisor;
use crate::time::Monotonic;
use crate::turn::Turn;

/// How often the log says who is still waited for.
const REPORT_INTERVAL: Duration = Duration::from_secs(3);

/// A shutdown or restart under way.
///
/// Groups stop from the highest priority number to the lowest. Groups of one priority stop together: the
/// reference stops them one by one, which takes the sum of their times for nothing.
// Differs: parallel-shutdown
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Shutdown {
    pub(crate) outcome: Outcome,
    /// Groups that have not been told yet, by priority, the next to stop last.
    pub(crate) waves: Vec<Vec<GroupId>>,
    /// Groups that have been told.
    pub(crate) stopping: Vec<GroupId>,
    pub(crate) report_at: Monotonic,
    pub(crate) finished: bool,
}

impl Shutdown {
    /// Plans it for groups given in running order with their priorities.
    pub(crate) fn new(
        outcome: Outcome,
        groups: impl Iterator<Item = (GroupId, i64)>,
        now: Monotonic,
    ) -> Self {
        let mut ordered: Vec<_> = groups.collect();
        ordered.sort_by_key(|&(_, priority)| priority);
        let mut waves: Vec<Vec<GroupId>> = Vec::new();
        let mut last = None;
        for (group, priority) in ordered {
            match waves.last_mut() {
                // Later groups of a wave are told first, as in the reference.
                Some(wave) if last == Some(priority) => wave.insert(0, group),
                _ => waves.push(vec![group]),
            }
            last = Some(priority);
        }
        Self { outcome, waves, stopping: Vec::new(), report_at: now, finished: false }
    }
}

impl Supervisor {
    /// Begins to stop everything; a restart under way may become a shutdown, never the other way round.
    pub(crate) fn stop_everything(&mut self, outcome: Outcome, turn: &mut Turn<'_>) {
        if let Some(shutdown) = &mut self.shutdown {
            if outcome == Outcome::Shutdown && shutdown.outcome != outcome {
                shutdown.outcome = outcome;
                self.revision += 1;
            }
            return;
        }
        self.revision += 1;
        turn.emit(Event::SupervisorStopping);
        let groups = self.groups.iter().map(|(&id, group)| (id, group.spec.priority));
        self.shutdown = Some(Shutdown::new(outcome, groups, turn.now.monotonic));
        let all: Vec<_> = self.processes.keys().copied().collect();
        for id in all {
            self.with(id, turn, |process, _| process.cancel_starts());
        }
    }

    pub(crate) fn advance_shutdown(&mut self, turn: &mut Turn<'_>) {
        loop {
            let Some(shutdown) = &self.shutdown else { return };
            if shutdown.finished {
                return;
            }
            if shutdown.stopping.iter().any(|&group| self.has_living(group)) {
                break;
            }
            let Some(shutdown) = &mut self.shutdown else { return };
            let Some(wave) = shutdown.waves.pop() else {
                shutdown.finished = true;
                turn.push(Effect::Finish(shutdown.outcome));
                return;
            };
            shutdown.stopping.clone_from(&wave);
            for group in wave {
                self.stop_group(group, turn);
            }
        }
        self.report_shutdown(turn);
    }

    fn stop_group(&mut self, group: GroupId, turn: &mut Turn<'_>) {
        let Some(group) = self.groups.get(&group) else { return };
        let mut members: Vec<_> =
            group.members.iter().rev().map(|&id| (self.processes[&id].spec.priority, id)).collect();
        members.sort_by_key(|&(priority, _)| std::cmp::Reverse(priority));
        for (_, id) in members {
            self.with(id, turn, Process::shut_down);
        }
    }

    /// Whether somebody of the group is still to die. The kernel tells of the dead in the order in which they were
    /// started, so that whoever lives is found soonest from the end.
    fn has_living(&self, group: GroupId) -> bool {
        let members = self.groups.get(&group).map_or(&[][..], |group| &group.members);
        members.iter().rev().any(|id| !self.processes[id].state().is_stopped())
    }

    fn report_shutdown(&mut self, turn: &mut Turn<'_>) {
        let Some(shutdown) = &mut self.shutdown else { return };
        if shutdown.report_at > turn.now.monotonic {
            return;
        }
        shutdown.report_at = turn.now.monotonic.after(REPORT_INTERVAL);
        let names: Vec<_> = self
            .processes()
            .filter(|process| !process.state().is_stopped())
            .map(|process| process.spec.name.as_str())
            .collect();
        let message = format!("waiting for {} to die", names.join(", "));
        turn.log(Level::Info, message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_number_stops_first_and_equals_stop_together() {
        let groups = [(GroupId(1), 5), (GroupId(2), 1), (GroupId(3), 5)].into_iter();
        let mut plan = Shutdown::new(Outcome::Shutdown, groups, Monotonic(0));
        assert_eq!(plan.waves.pop(), Some(vec![GroupId(3), GroupId(1)]));
        assert_eq!(plan.waves.pop(), Some(vec![GroupId(2)]));
        assert_eq!(plan.waves.pop(), None);
    }
}
