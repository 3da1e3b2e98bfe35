//! When a start is over.

use std::time::Duration;

use supervisor_sys::poll::Event;

use super::token::Token;

/// A start is over when for so long nobody has asked for anything, nothing has ended, and nothing was about to be done:
/// everything has come up, or waits to be tried again, and whoever had it started has looked.
const SETTLED: Duration = Duration::from_secs(2);

/// How far a start has got.
#[derive(Debug)]
pub(super) struct Settling {
    /// Since when it has been quiet; `None` when the start is over.
    quiet_since_nanoseconds: Option<u64>,
}

impl Settling {
    /// A start begins.
    pub(super) fn new(now_nanoseconds: u64) -> Self {
        Self { quiet_since_nanoseconds: Some(now_nanoseconds) }
    }

    /// Whether it is not over.
    pub(super) fn is_starting(&self) -> bool {
        self.quiet_since_nanoseconds.is_some()
    }

    /// For how long nothing needs to be done, where it is `patience` for everybody else; says, once, that the start is
    /// over.
    pub(super) fn look(&mut self, now_nanoseconds: u64, patience: &mut Option<Duration>) -> bool {
        let Some(since) = self.quiet_since_nanoseconds else { return false };
        if patience.is_some_and(|patience| patience < SETTLED) {
            self.quiet_since_nanoseconds = Some(now_nanoseconds);
            return false;
        }
        let left = SETTLED.saturating_sub(Duration::from_nanos(now_nanoseconds.saturating_sub(since)));
        if left.is_zero() {
            self.quiet_since_nanoseconds = None;
            return true;
        }
        *patience = Some(left);
        false
    }

    /// What has happened. What programs write does not count: some write all the time.
    pub(super) fn note(&mut self, events: &[Event], now: impl FnOnce() -> u64) {
        let is_news =
            |event: &Event| matches!(Token::unpack(event.token), Some(Token::Signals | Token::Bell));
        if self.is_starting() && events.iter().any(is_news) {
            self.quiet_since_nanoseconds = Some(now());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    fn event(token: Token) -> Event {
        Event { token: token.pack(), readable: true, writable: false, hangup: false }
    }

    fn patience_at(settling: &mut Settling, seconds: u64, patience: Option<u64>) -> (bool, Option<u64>) {
        let mut patience = patience.map(Duration::from_secs);
        let is_over = settling.look(seconds * SECOND, &mut patience);
        (is_over, patience.map(|patience| patience.as_secs()))
    }

    #[test]
    fn a_start_is_over_when_it_is_quiet_though_programs_write() {
        let mut settling = Settling::new(0);
        assert_eq!(patience_at(&mut settling, 0, None), (false, Some(2)));
        settling.note(&[event(Token::Bell)], || SECOND);
        settling.note(&[event(Token::Channel(1))], || 2 * SECOND);
        assert_eq!(patience_at(&mut settling, 2, Some(60)), (false, Some(1)));
        assert_eq!(patience_at(&mut settling, 3, Some(60)), (true, Some(60)));
        assert_eq!(patience_at(&mut settling, 9, None), (false, None), "once");
    }

    #[test]
    fn a_start_goes_on_while_something_is_about_to_be_done_or_somebody_asks() {
        let mut settling = Settling::new(0);
        assert_eq!(patience_at(&mut settling, 9, Some(1)), (false, Some(1)));
        assert_eq!(patience_at(&mut settling, 10, None), (false, Some(1)));
        settling.note(&[event(Token::Channel(1)), event(Token::Signals)], || 11 * SECOND);
        assert_eq!(patience_at(&mut settling, 12, None), (false, Some(1)));
        assert_eq!(patience_at(&mut settling, 13, None), (true, None));
    }
}
