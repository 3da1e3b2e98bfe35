//! The order in which everything stops.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::effect::Outcome;
use crate::group::GroupId;
use crate::time::Monotonic;

/// How often the log says who is still waited for.
pub(crate) const REPORT_INTERVAL: Duration = Duration::from_secs(3);

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
