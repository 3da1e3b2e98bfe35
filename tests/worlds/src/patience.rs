//! Waiting for what a world does in its own time.

use std::thread;
use std::time::{Duration, Instant};

/// How long a test waits for anything before it gives up. Only a broken subject ever waits this long.
pub const PATIENCE: Duration = Duration::from_secs(120);

const PAUSE: Duration = Duration::from_millis(50);

/// Asks again and again until `question` has an answer, and returns it.
///
/// # Panics
/// When [`PATIENCE`] is over; `what` says in the message what never came.
pub fn wait_for<T>(what: &str, mut question: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = question() {
            return answer;
        }
        assert!(Instant::now() < end, "waited {PATIENCE:?} in vain for {what}");
        thread::sleep(PAUSE);
    }
}

/// Waits until `condition` holds.
///
/// # Panics
/// When [`PATIENCE`] is over.
pub fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    wait_for(what, || condition().then_some(()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_comes_late_is_waited_for() {
        let mut questions = 0;
        let answer = wait_for("the third answer", || {
            questions += 1;
            (questions == 3).then_some(questions)
        });
        assert_eq!(answer, 3);
    }
}
