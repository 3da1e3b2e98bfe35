//! Looking out for the next request with open eyes, for as long as requests come at once.
//!
//! A client that asks one question after another has the next one ready within microseconds. To go to sleep and be woken
//! by it takes longer than that, above all on a virtual machine. So whoever has just been answered and has asked at once
//! many times in a row is looked at again for a moment; others have their turn in between. The first time that nothing
//! comes meanwhile ends it.

/// What comes so soon after an answer comes at once, with the time that it takes to be woken.
const AT_ONCE_NANOSECONDS: u64 = 80_000;
/// So many in a row, and it is looked out for the next.
const AT_ONCE_MIN: u32 = 16;
/// How long it is looked out for one request.
const LOOK_OUT_NANOSECONDS: u64 = 25_000;

/// What is known of a client that asks one question after another.
#[derive(Debug, Default)]
pub(super) struct Lookout {
    answered_nanoseconds: Option<u64>,
    at_once: u32,
}

impl Lookout {
    /// An answer was sent.
    pub(super) fn answered(&mut self, now_nanoseconds: u64) {
        self.answered_nanoseconds = Some(now_nanoseconds);
    }

    /// Something has come.
    pub(super) fn has_come(&mut self, now_nanoseconds: u64) {
        let Some(answered) = self.answered_nanoseconds.take() else { return };
        let is_at_once = now_nanoseconds.saturating_sub(answered) < AT_ONCE_NANOSECONDS;
        self.at_once = if is_at_once { self.at_once.saturating_add(1) } else { 0 };
    }

    /// Nothing has come yet: whether to look again instead of going to sleep.
    pub(super) fn looks_again(&mut self, now: impl FnOnce() -> u64) -> bool {
        let Some(answered) = self.answered_nanoseconds else { return false };
        if self.at_once < AT_ONCE_MIN {
            return false;
        }
        let is_time = now().saturating_sub(answered) < LOOK_OUT_NANOSECONDS;
        if !is_time {
            self.at_once = 0;
        }
        is_time
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether it was looked out after each of so many answers, if each request comes so long after the answer before it.
    fn looked_out(lookout: &mut Lookout, requests: u32, nanoseconds: u64) -> u32 {
        (0..requests)
            .map(|request| {
                let now = 1_000_000 * u64::from(request);
                lookout.answered(now);
                let looks = lookout.looks_again(|| now + nanoseconds.min(1_000));
                lookout.looks_again(|| now + nanoseconds);
                lookout.has_come(now + nanoseconds);
                u32::from(looks)
            })
            .sum()
    }

    #[test]
    fn requests_are_looked_out_for_while_they_come_at_once() {
        let mut lookout = Lookout::default();
        assert!(!lookout.looks_again(|| 0), "nothing was answered");
        assert_eq!(looked_out(&mut lookout, AT_ONCE_MIN + 100, 5_000), 100);
        assert_eq!(
            looked_out(&mut lookout, AT_ONCE_MIN, 60_000),
            1,
            "the first that did not come meanwhile ends it"
        );
        assert_eq!(looked_out(&mut lookout, 100, 90_000), 1, "and so does one that comes late");
    }

    #[test]
    fn what_comes_after_a_pause_or_without_an_answer_is_not_at_once() {
        let mut lookout = Lookout::default();
        assert_eq!(looked_out(&mut lookout, 1000, AT_ONCE_NANOSECONDS), 0);
        for _ in 0..1000 {
            lookout.has_come(0);
        }
        assert_eq!(looked_out(&mut lookout, 1, 0), 0);
    }
}
