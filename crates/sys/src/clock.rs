//! The two clocks: one for deadlines, one for people.

use nix::time::{ClockId, clock_gettime};

/// Nanoseconds that never go back and ignore every change of the date (`CLOCK_MONOTONIC`).
#[must_use]
pub fn monotonic_nanoseconds() -> u64 {
    read(ClockId::CLOCK_MONOTONIC)
}

/// Nanoseconds since 1970 UTC, as far as the machine knows (`CLOCK_REALTIME`).
#[must_use]
pub fn wall_nanoseconds() -> u64 {
    read(ClockId::CLOCK_REALTIME)
}

fn read(clock: ClockId) -> u64 {
    // Both clocks exist on every Linux, so a failure cannot happen; a time before 1970 shows as 0.
    clock_gettime(clock).map_or(0, |time| {
        let seconds = u64::try_from(time.tv_sec()).unwrap_or(0);
        let nanoseconds = u64::try_from(time.tv_nsec()).unwrap_or(0);
        seconds.saturating_mul(1_000_000_000).saturating_add(nanoseconds)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_monotonic_clock_never_goes_back() {
        let mut before = monotonic_nanoseconds();
        for _ in 0..1000 {
            let now = monotonic_nanoseconds();
            assert!(now >= before);
            before = now;
        }
    }

    #[test]
    fn the_wall_clock_is_the_one_std_reads() {
        let std_nanoseconds = || std::time::SystemTime::UNIX_EPOCH.elapsed().expect("after 1970").as_nanos();
        let (before, ours, after) = (std_nanoseconds(), u128::from(wall_nanoseconds()), std_nanoseconds());
        assert!(before <= ours && ours <= after);
    }
}
