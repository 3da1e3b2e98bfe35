//! Events of one pipe that wait until there is room for them.

use std::collections::VecDeque;
use std::time::Duration;

use super::hearing::Heard;

/// So many bytes of events wait for each pipe; then it is not read for a moment.
const BYTES_MAX: usize = 4 << 20;
/// What an event that waits takes beside its text.
const EVENT_BYTES: usize = 64;
/// For so long a pipe is not read for the sake of its events. Then its program goes on, and events may be lost.
const REST: Duration = Duration::from_secs(1);

/// What was read of a pipe and not told yet, oldest first.
#[derive(Debug, Default)]
pub struct Backlog {
    events: VecDeque<Heard>,
    bytes: usize,
    /// Until when the pipe is not read.
    rests_until_nanoseconds: Option<u64>,
    /// The pipe has rested already since nothing waited.
    has_rested: bool,
}

impl Backlog {
    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// How many events wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// How much memory they take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether more should not be read into it.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.bytes >= BYTES_MAX
    }

    /// The event that is next.
    #[must_use]
    pub fn front(&self) -> Option<&Heard> {
        self.events.front()
    }

    /// One more waits.
    pub fn push(&mut self, event: Heard) {
        self.bytes += size(&event);
        self.events.push_back(event);
    }

    /// One waits no longer.
    pub fn pop(&mut self) -> Option<Heard> {
        let event = self.events.pop_front()?;
        self.bytes -= size(&event);
        if self.events.is_empty() {
            self.has_rested = false;
        }
        Some(event)
    }

    /// All of them are given up; returns how many.
    pub fn give_up(&mut self) -> usize {
        let count = self.events.len();
        *self = Self::default();
        count
    }

    /// Begins a rest, unless there has been one; returns whether the pipe rests now and has not before.
    pub fn begin_rest(&mut self, now_nanoseconds: u64) -> bool {
        if self.has_rested || self.rests_until_nanoseconds.is_some() {
            return false;
        }
        let rest = u64::try_from(REST.as_nanos()).unwrap_or(u64::MAX);
        self.rests_until_nanoseconds = Some(now_nanoseconds.saturating_add(rest));
        self.has_rested = true;
        true
    }

    /// Until when the pipe rests, if it does.
    #[must_use]
    pub fn rests_until_nanoseconds(&self) -> Option<u64> {
        self.rests_until_nanoseconds
    }

    /// Ends the rest if there is room again, or if it has been long enough; returns whether it has just ended.
    pub fn end_rest(&mut self, now_nanoseconds: u64) -> bool {
        let Some(until) = self.rests_until_nanoseconds else { return false };
        let ends = self.bytes < BYTES_MAX / 2 || until <= now_nanoseconds;
        if ends {
            self.rests_until_nanoseconds = None;
        }
        ends
    }
}

fn size(event: &Heard) -> usize {
    EVENT_BYTES + event.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    fn full() -> Backlog {
        let mut backlog = Backlog::default();
        while !backlog.is_full() {
            backlog.push(Heard::Captured(vec![b'x'; 1 << 20]));
        }
        backlog
    }

    #[test]
    fn a_pipe_rests_once_until_nothing_waits_any_more() {
        let mut backlog = full();
        assert!(backlog.begin_rest(0));
        assert!(!backlog.begin_rest(0), "it rests already");
        assert!(!backlog.end_rest(SECOND - 1));
        assert!(backlog.end_rest(SECOND));
        assert!(!backlog.begin_rest(SECOND), "it has rested");
        while backlog.pop().is_some() {}
        assert_eq!(backlog.bytes(), 0);
        assert!(backlog.begin_rest(2 * SECOND));
    }

    #[test]
    fn a_rest_ends_as_soon_as_there_is_room() {
        let mut backlog = full();
        backlog.begin_rest(0);
        backlog.pop();
        assert!(!backlog.end_rest(0));
        backlog.pop();
        backlog.pop();
        assert!(backlog.end_rest(0));
        assert_eq!(backlog.rests_until_nanoseconds(), None);
        assert_eq!(backlog.give_up(), 1);
        assert!(backlog.is_empty());
    }
}
