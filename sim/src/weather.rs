//! How rough a world is: the chances of its faults, drawn once for each seed.

use crate::decision::{Chance, Kind};

/// Chances are per mille unless the name says otherwise.
#[derive(Clone, Debug)]
pub(crate) struct Weather {
    pub(crate) spawn_failures: u64,
    pub(crate) check_failures: u64,
    /// Children that end by themselves before long.
    pub(crate) frail: u64,
    /// Children of programs without `startsecs` that end at once.
    pub(crate) doomed: u64,
    /// Children that obey nothing but SIGKILL.
    pub(crate) stubborn: u64,
    /// Children that nobody may signal: EPERM.
    pub(crate) untouchable: u64,
    /// Signals that report ESRCH to a child that is not reaped yet.
    pub(crate) lost_signals: u64,
    /// Times when the system is short of processes, memory or descriptors, in spawns that fail meanwhile.
    pub(crate) shortages: u64,
    /// Children that write now and then, and whose descendants do so after them.
    pub(crate) talkative: u64,
    /// Outcomes that come back later than the next input.
    pub(crate) slow_outcomes: u64,
    /// Effects that take their time.
    pub(crate) slow_effects: u64,
    /// An outcome is told with the moment it came about, not with the moment it is told.
    pub(crate) outcomes_keep_their_moment: bool,
    /// Wakings that come too late.
    pub(crate) lags: u64,
    /// Requests that come just when a deadline passes.
    pub(crate) coincidences: u64,
    /// Wakings for nothing.
    pub(crate) false_alarms: u64,
    /// Turns after which a snapshot is taken and restored.
    pub(crate) snapshots: u64,
    pub(crate) operator_pause_milliseconds_max: u64,
    pub(crate) signal_pause_milliseconds_max: u64,
    pub(crate) edit_pause_milliseconds_max: u64,
}

impl Weather {
    pub(crate) fn draw(chance: &mut Chance) -> Self {
        let mut property = 0;
        let mut one_of = |choices: &[u64]| {
            property += 1;
            chance.draw_for(Kind::Weather, property, 0).pick(choices)
        };
        Self {
            spawn_failures: one_of(&[0, 20, 300]),
            check_failures: one_of(&[0, 20, 300]),
            frail: one_of(&[0, 50, 50, 300, 300, 700, 700]),
            doomed: one_of(&[0, 0, 950]),
            stubborn: one_of(&[0, 100, 400]),
            untouchable: one_of(&[0, 0, 30, 200]),
            lost_signals: one_of(&[0, 0, 50, 300]),
            shortages: one_of(&[0, 0, 500, 1000]),
            talkative: one_of(&[0, 50, 300]),
            slow_outcomes: one_of(&[0, 0, 100, 600]),
            slow_effects: one_of(&[0, 0, 100, 600]),
            outcomes_keep_their_moment: one_of(&[0, 1]) == 1,
            lags: one_of(&[0, 0, 50, 300]),
            coincidences: one_of(&[0, 50, 300]),
            false_alarms: one_of(&[0, 20, 100]),
            snapshots: one_of(&[0, 2, 5]),
            operator_pause_milliseconds_max: one_of(&[10_000, 2000, 300]),
            signal_pause_milliseconds_max: one_of(&[1_000_000, 300_000, 50_000]),
            edit_pause_milliseconds_max: one_of(&[30_000, 3000]),
        }
    }

    /// Nothing fails, everybody obeys, and whoever starts stays up.
    pub(crate) fn calm() -> Self {
        Self {
            spawn_failures: 0,
            check_failures: 0,
            frail: 0,
            doomed: 0,
            stubborn: 0,
            untouchable: 0,
            lost_signals: 0,
            shortages: 0,
            talkative: 0,
            slow_outcomes: 0,
            slow_effects: 0,
            outcomes_keep_their_moment: false,
            lags: 0,
            coincidences: 0,
            false_alarms: 0,
            snapshots: 0,
            operator_pause_milliseconds_max: u64::MAX,
            signal_pause_milliseconds_max: u64::MAX,
            edit_pause_milliseconds_max: u64::MAX,
        }
    }
}
