//! TICK events: one when a slice of the wall clock's time begins.

use serde::{Deserialize, Serialize};

use crate::event::{Event, Period};
use crate::time::{Moment, Monotonic, seconds};

/// What time it was when somebody last looked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ticker {
    /// The beginning of the current slice of each length; `None` before the first look.
    slices: Option<[i64; 3]>,
    due: Option<Monotonic>,
}

impl Ticker {
    /// The ticks since the last look: one for each length of which a new slice has begun, however many were missed.
    pub(crate) fn look(&mut self, now: Moment, is_wanted: impl Fn(Period) -> bool) -> Vec<Event> {
        let passed = |period: Period| now.wall.0.rem_euclid(period.seconds());
        let current = Period::ALL.map(|period| now.wall.0 - passed(period));
        let before = self.slices.replace(current).unwrap_or(current);
        let next = Period::ALL.into_iter().filter(|&period| is_wanted(period));
        self.due = next
            .map(|period| period.seconds() - passed(period))
            .min()
            .map(|wait| now.monotonic.after(seconds(wait)));
        Period::ALL
            .into_iter()
            .zip(before.into_iter().zip(current))
            .filter(|(_, (before, current))| before != current)
            .map(|(period, (_, when))| Event::Tick { period, when })
            .collect()
    }

    /// When the next tick is due that somebody wants.
    pub(crate) fn due(&self) -> Option<Monotonic> {
        self.due
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::WallSeconds;

    fn at(second: i64) -> Moment {
        Moment { monotonic: Monotonic(0), wall: WallSeconds(second) }
    }

    fn ticks(ticker: &mut Ticker, second: i64) -> Vec<String> {
        let events = ticker.look(at(second), |_| true);
        events.iter().map(|event| format!("{} {}", event.type_name(), event.payload())).collect()
    }

    #[test]
    fn the_first_tick_comes_at_the_next_boundary() {
        let mut ticker = Ticker::default();
        assert!(ticks(&mut ticker, 1003).is_empty());
        assert_eq!(ticker.due(), Some(Monotonic(2_000_000_000)));
        assert_eq!(ticks(&mut ticker, 1005), ["TICK_5 when:1005"]);
        assert!(ticks(&mut ticker, 1009).is_empty());
    }

    #[test]
    fn common_boundaries_are_told_from_the_shortest_to_the_longest() {
        let mut ticker = Ticker::default();
        ticks(&mut ticker, 3599);
        assert_eq!(
            ticks(&mut ticker, 3600),
            ["TICK_5 when:3600", "TICK_60 when:3600", "TICK_3600 when:3600"]
        );
    }

    #[test]
    fn a_jump_of_the_clock_is_one_tick_in_either_direction() {
        let mut ticker = Ticker::default();
        ticks(&mut ticker, 100_000);
        assert_eq!(ticks(&mut ticker, 100_051), ["TICK_5 when:100050", "TICK_60 when:100020"]);
        assert_eq!(ticks(&mut ticker, 100_043), ["TICK_5 when:100040"]);
    }

    #[test]
    fn nobody_is_woken_for_ticks_that_nobody_wants() {
        let mut ticker = Ticker::default();
        ticker.look(at(7), |_| false);
        assert_eq!(ticker.due(), None);
        ticker.look(at(7), |period| period == Period::Seconds60);
        assert_eq!(ticker.due(), Some(Monotonic(53_000_000_000)));
    }
}
