//! Waiting for something to become true. The only place of the suite that sleeps.

use std::thread;
use std::time::{Duration, Instant};

/// How long a scenario waits for anything before it fails. Generous, as many scenarios share few cores;
/// nobody waits that long unless something is wrong.
pub const PATIENCE: Duration = Duration::from_secs(45);

const SHORT_PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(20);

/// Asks again and again until there is an answer.
///
/// # Panics
/// When there is none in time, saying what was awaited.
pub fn eventually<T>(awaited: &str, ask: impl FnMut() -> Option<T>) -> T {
    eventually_in(awaited, String::new, ask)
}

/// Waits a little while for `is_so`, and goes on without it.
pub(crate) fn shortly(mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + SHORT_PATIENCE;
    while !is_so() && Instant::now() < deadline {
        thread::sleep(PAUSE);
    }
}

/// As [`eventually`]; what `seen` tells is added to the complaint.
pub(crate) fn eventually_in<T>(
    awaited: &str,
    seen: impl Fn() -> String,
    mut ask: impl FnMut() -> Option<T>,
) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < deadline, "waited in vain for {awaited} {}", seen());
        thread::sleep(PAUSE);
    }
}
