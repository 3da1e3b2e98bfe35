//! How rough a world is: the chances of its faults, drawn once for each seed.

use crate::random::Random;

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
    pub(crate) fn draw(random: &mut Random) -> Self {
        Self {
            spawn_failures: random.pick(&[0, 20, 300]),
            check_failures: random.pick(&[0, 20, 300]),
            frail: random.pick(&[50, 300, 700]),
            doomed: random.pick(&[0, 0, 950]),
            stubborn: random.pick(&[0, 100, 400]),
            untouchable: random.pick(&[0, 0, 30, 200]),
            lost_signals: random.pick(&[0, 0, 50, 300]),
            slow_outcomes: random.pick(&[0, 0, 100, 600]),
            slow_effects: random.pick(&[0, 0, 100, 600]),
            outcomes_keep_their_moment: random.coin(),
            lags: random.pick(&[0, 0, 50, 300]),
            coincidences: random.pick(&[0, 50, 300]),
            false_alarms: random.pick(&[0, 20, 100]),
            snapshots: random.pick(&[0, 2, 5]),
            operator_pause_milliseconds_max: random.pick(&[300, 2000, 10_000]),
            signal_pause_milliseconds_max: random.pick(&[50_000, 300_000, 1_000_000]),
            edit_pause_milliseconds_max: random.pick(&[3000, 30_000]),
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
