//! What the log says of events that are dropped: each of the first, then how many more.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::effect::Level;
use crate::time::Monotonic;
use crate::turn::Turn;

/// So many drops of a window have lines of their own, as in the reference.
// Differs: overflow-lines-are-summed-up
const LINES_MAX: u32 = 10;
/// A window is so long.
const WINDOW: Duration = Duration::from_secs(60);

/// The drops of one pool that the log speaks of at the moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Overflow {
    until: Option<Monotonic>,
    lines: u32,
    untold: u64,
}

impl Overflow {
    /// An event of that number is dropped.
    pub(crate) fn dropped(&mut self, pool: &str, serial: u64, turn: &mut Turn<'_>) {
        self.time_passed(pool, turn);
        self.until.get_or_insert_with(|| turn.now.monotonic.after(WINDOW));
        if self.lines < LINES_MAX {
            self.lines += 1;
            turn.log(Level::Error, format!("pool {pool} event buffer overflowed, discarding event {serial}"));
        } else {
            self.untold += 1;
        }
    }

    /// When there is something to sum up.
    pub(crate) fn due(&self) -> Option<Monotonic> {
        self.until.filter(|_| self.untold > 0)
    }

    /// Sums up if it is time. After a window with nothing to sum up drops have lines of their own again.
    pub(crate) fn time_passed(&mut self, pool: &str, turn: &mut Turn<'_>) {
        let now = turn.now.monotonic;
        if self.until.is_none_or(|until| until > now) {
            return;
        }
        if self.untold == 0 {
            *self = Self::default();
        } else {
            self.end(pool, turn);
            self.until = Some(now.after(WINDOW));
        }
    }

    /// Says what has not been said.
    pub(crate) fn end(&mut self, pool: &str, turn: &mut Turn<'_>) {
        let more = std::mem::take(&mut self.untold);
        if more > 0 {
            turn.log(
                Level::Error,
                format!("pool {pool} event buffer overflowed, discarded {more} more events"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::effect::Effect;
    use crate::time::{Moment, seconds};

    fn lines(overflow: &mut Overflow, second: i64, drops: u64) -> Vec<String> {
        let mut effects = Vec::new();
        let now = Moment { monotonic: Monotonic(0).after(seconds(second)), ..Moment::default() };
        let turn = &mut Turn::new(now, Arc::default(), &mut effects);
        for serial in 0..drops {
            overflow.dropped("p", serial, turn);
        }
        overflow.time_passed("p", turn);
        let text = |effect| match effect {
            Effect::Log(Level::Error, text) => text,
            other => panic!("{other:?}"),
        };
        effects.into_iter().map(text).collect()
    }

    #[test]
    fn a_flood_is_ten_lines_and_then_one_a_minute() {
        let mut overflow = Overflow::default();
        assert_eq!(overflow.due(), None);
        let first = lines(&mut overflow, 0, 1000);
        assert_eq!(first.len(), 10);
        assert_eq!(first[9], "pool p event buffer overflowed, discarding event 9");
        assert_eq!(overflow.due(), Some(Monotonic(60_000_000_000)));
        assert!(lines(&mut overflow, 59, 5).is_empty());
        assert_eq!(
            lines(&mut overflow, 60, 0),
            ["pool p event buffer overflowed, discarded 995 more events"]
        );
        assert_eq!(overflow.due(), None, "nothing has been dropped since");
        assert!(lines(&mut overflow, 61, 3).is_empty());
        assert_eq!(lines(&mut overflow, 120, 0).len(), 1);
        assert!(lines(&mut overflow, 180, 0).is_empty());
        assert_eq!(lines(&mut overflow, 181, 1).len(), 1, "a new flood has lines of its own");
    }
}
