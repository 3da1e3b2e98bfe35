//! Looking out for an answer with open eyes, for as long as answers come at once.
//!
//! A listener that has thousands of events to take answers within microseconds. To go to sleep and be woken by it on
//! another core takes longer than that, above all on a virtual machine, where a core that sleeps is given away. So whoever
//! has just sent an event, with others waiting behind it, looks again and again for a moment. Where the answer does not
//! come meanwhile a few times in a row (the listener is slow, or there is no core left for it) that is given up for long.

use std::time::Duration;

use supervisor_sys::Errno;
use supervisor_sys::clock::monotonic_nanoseconds;
use supervisor_sys::poll::Event;

use super::Engine;

/// How long it is looked out for one answer.
const LOOK_OUT_NANOSECONDS: u64 = 20_000;
/// After so many in a row that did not come meanwhile...
const MISSES_MAX: u32 = 3;
/// ...it is not looked out for so many.
const PAUSE_ANSWERS: u32 = 500;

/// Whether looking out has been worth it.
#[derive(Debug, Default)]
pub(super) struct Spin {
    /// An event was sent in this turn.
    has_sent: bool,
    misses: u32,
    pause: u32,
}

impl Spin {
    /// An event was sent to a listener.
    pub(super) fn sent(&mut self) {
        self.has_sent = true;
    }

    /// Whether to look out in the turn that ends now.
    fn begins(&mut self, has_more: impl FnOnce() -> bool) -> bool {
        let has_sent = std::mem::take(&mut self.has_sent);
        if !has_sent || !has_more() {
            return false;
        }
        let is_paused = self.pause > 0;
        self.pause = self.pause.saturating_sub(1);
        !is_paused
    }

    /// How looking out went.
    fn ended(&mut self, has_come: bool) {
        self.misses = if has_come { 0 } else { self.misses + 1 };
        if self.misses == MISSES_MAX {
            self.misses = 0;
            self.pause = PAUSE_ANSWERS;
        }
    }
}

impl Engine {
    /// Waits until something happens, or until nothing has for that long.
    pub(super) fn wait(&mut self, events: &mut Vec<Event>, patience: Option<Duration>) -> Result<(), Errno> {
        if patience != Some(Duration::ZERO) && self.spin.begins(|| self.core.has_events_waiting()) {
            let until = monotonic_nanoseconds() + LOOK_OUT_NANOSECONDS;
            while monotonic_nanoseconds() < until {
                self.poller.wait(events, Some(Duration::ZERO))?;
                if !events.is_empty() {
                    self.spin.ended(true);
                    return Ok(());
                }
            }
            self.spin.ended(false);
        }
        self.poller.wait(events, patience)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether it was looked out after each of so many events.
    fn looked_out(spin: &mut Spin, events: u32, has_come: bool) -> Vec<bool> {
        (0..events)
            .map(|_| {
                spin.sent();
                let begins = spin.begins(|| true);
                if begins {
                    spin.ended(has_come);
                }
                begins
            })
            .collect()
    }

    #[test]
    fn answers_are_looked_out_for_while_they_come() {
        let mut spin = Spin::default();
        assert!(!spin.begins(|| true), "nothing was sent");
        spin.sent();
        assert!(!spin.begins(|| false), "nothing waits");
        assert!(!spin.begins(|| true), "that was another turn");
        assert_eq!(looked_out(&mut spin, 100, true), [true; 100]);
        assert_eq!(looked_out(&mut spin, 5, false), [true, true, true, false, false]);
        assert_eq!(looked_out(&mut spin, PAUSE_ANSWERS - 2, true), vec![false; PAUSE_ANSWERS as usize - 2]);
        assert_eq!(looked_out(&mut spin, 2, true), [true, true]);
    }
}
