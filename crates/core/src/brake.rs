//! The brake on programs that keep dying at once.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::time::Monotonic;

/// A run shorter than this costs a token.
const SHORT_RUN: Duration = Duration::from_secs(1);
/// A restart that was free is forgotten after this time.
const REFILL: Duration = Duration::from_secs(1);

/// A token bucket for restarts after short runs. How many tokens it holds is the option `restart_burst`.
///
/// The reference restarts a program with `startsecs=0` at once and for ever; its slow loop is the only brake.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Brake {
    /// Tokens that are out.
    used: u32,
    refilled_at: Monotonic,
    announced: bool,
}

impl Brake {
    /// When the next start may be, and whether the brake has just begun to hold.
    pub(crate) fn next_start(&mut self, now: Monotonic, ran_for: Duration, burst: i64) -> (Monotonic, bool) {
        if ran_for >= SHORT_RUN || burst <= 0 {
            *self = Self { refilled_at: now, ..Self::default() };
            return (now, false);
        }
        let refills = now.since(self.refilled_at).as_nanos() / REFILL.as_nanos();
        let refills = u32::try_from(refills).unwrap_or(u32::MAX);
        if refills >= self.used {
            self.used = 0;
            self.refilled_at = now;
        } else {
            self.used -= refills;
            self.refilled_at = self.refilled_at.after(REFILL * refills);
        }
        if i64::from(self.used) < burst {
            self.used += 1;
            return (now, false);
        }
        let first = !self.announced;
        self.announced = true;
        // Somebody who starts it by hand meanwhile does not lengthen the wait.
        self.refilled_at = self.refilled_at.after(REFILL).min(now.after(REFILL));
        (self.refilled_at, first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLISECOND: u64 = 1_000_000;
    const BURST: i64 = 5;

    #[test]
    fn the_first_restarts_are_free_and_then_one_a_second() {
        let mut brake = Brake::default();
        let mut now = Monotonic(0);
        let mut starts = Vec::new();
        for _ in 0..8 {
            let (at, _) = brake.next_start(now, Duration::from_millis(1), BURST);
            starts.push(at.0 / MILLISECOND);
            now = Monotonic(at.0 + MILLISECOND);
        }
        assert_eq!(starts, [0, 1, 2, 3, 4, 1000, 2000, 3000]);
    }

    #[test]
    fn a_restart_never_waits_longer_than_a_second() {
        let mut brake = Brake::default();
        for _ in 0..50 {
            let (at, _) = brake.next_start(Monotonic(5), Duration::from_millis(1), BURST);
            assert!(at <= Monotonic(5).after(REFILL));
        }
    }

    #[test]
    fn it_is_announced_once_until_the_program_stays_up() {
        let mut brake = Brake::default();
        let short = Duration::from_millis(1);
        let announcements =
            |brake: &mut Brake| (0..9).filter(|_| brake.next_start(Monotonic(5), short, BURST).1).count();
        assert_eq!(announcements(&mut brake), 1);
        assert_eq!(brake.next_start(Monotonic(6), SHORT_RUN, BURST), (Monotonic(6), false));
        assert_eq!(announcements(&mut brake), 1);
    }

    #[test]
    fn without_a_burst_there_is_no_brake() {
        let mut brake = Brake::default();
        let next = |brake: &mut Brake| brake.next_start(Monotonic(5), Duration::from_millis(1), 0);
        assert!((0..50).all(|_| next(&mut brake) == (Monotonic(5), false)));
    }
}
