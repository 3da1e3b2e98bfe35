//! The virtual clock: a monotonic part that only rises and a wall part that people set as they like.

use supervisor_core::time::{Moment, Monotonic, WallSeconds};

use crate::random::Random;

pub(crate) const MILLISECOND: u64 = 1_000_000;
pub(crate) const SECOND: u64 = 1000 * MILLISECOND;

/// When a world begins, on the monotonic clock.
pub(crate) const START: u64 = 1000 * SECOND;

/// In seconds.
const YEAR: u64 = 365 * 86_400;

/// Somewhere in 2026.
const EPOCH: i64 = 1_780_000_000;

#[derive(Clone, Debug)]
pub(crate) struct Clock {
    monotonic: u64,
    wall_offset: i64,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self { monotonic: START, wall_offset: EPOCH }
    }

    /// The monotonic part in nanoseconds.
    pub(crate) fn now(&self) -> u64 {
        self.monotonic
    }

    pub(crate) fn moment(&self) -> Moment {
        let seconds = i64::try_from(self.monotonic / SECOND).unwrap_or(i64::MAX);
        let wall = WallSeconds(seconds.saturating_add(self.wall_offset));
        Moment { monotonic: Monotonic(self.monotonic), wall }
    }

    /// What the wall clock shows.
    pub(crate) fn wall(&self) -> i64 {
        self.moment().wall.0
    }

    /// Goes on to that time unless it has passed.
    pub(crate) fn advance_to(&mut self, time: u64) {
        self.monotonic = self.monotonic.max(time);
    }

    pub(crate) fn advance(&mut self, wait: u64) {
        self.monotonic += wait;
    }

    /// Somebody sets the wall clock, by seconds or by years, even to before the epoch.
    pub(crate) fn set_wall(&mut self, random: &mut Random) {
        let reach = random.pick(&[5_u64, 3600, YEAR, 400 * YEAR]);
        let jump = if random.per_mille(100) { YEAR } else { random.below(reach) + 1 };
        let jump = i64::try_from(jump).unwrap_or(1);
        self.wall_offset += if random.coin() { jump } else { -jump };
    }
}
