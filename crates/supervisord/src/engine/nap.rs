//! Rest between the reads of a busy stream.
//!
//! A program that writes short lines as fast as it can wakes its reader with each of them, and the two hinder each
//! other at every step. So whoever has found only a little several times in a row lets the writers go on alone for a
//! moment, without even watching, and then finds a lot: they run twice as fast, for a fifth of our processor time.
//! Deaths, signals and clients end the rest at once, event listeners are heard meanwhile, and what writes now and then is
//! read without any.

use std::os::fd::AsFd;
use std::time::Duration;

use supervisor_sys::clock::monotonic_nanoseconds;
use supervisor_sys::pipes;
use supervisor_sys::poll::{Event, Interest, Poller};
use supervisor_sys::{Errno, signals::SignalFd};

use super::Engine;
use super::token::Token;

/// How long writers go on alone.
const NAP: Duration = Duration::from_micros(500);
/// Where a pipe could not be made larger, it is full sooner.
const SHORT_NAP: Duration = Duration::from_micros(200);
/// A read of so many bytes is no short one: the writer waits for us, not we for it.
const SHORT_READ_BYTES: usize = 32 << 10;
/// Turns with short reads that follow each other within this time make a stream busy...
const BUSY_NANOSECONDS: u64 = 1_000_000;
/// ...when there have been so many of them.
const BUSY_TURNS: u32 = 8;
/// What writers may write during a nap must fit into the pipe. Only pipes of busy streams are made so large.
const PIPE_BYTES: usize = 256 << 10;

/// So many channels of one turn are remembered; the others are when they are read again.
const CHANNELS_MAX: usize = 256;

/// What this turn and those before it have read.
#[derive(Debug)]
pub(super) struct Naps {
    /// What ends a nap, and who is heard in it.
    urgent: Poller,
    /// The longest read of this turn, if there was one.
    longest_read: Option<usize>,
    /// Channels that were read in this turn.
    channels: Vec<u32>,
    short_turns: u32,
    last_turn_nanoseconds: u64,
    events: Vec<Event>,
}

impl Naps {
    /// Naps that these two end.
    pub(super) fn new(signals: &SignalFd, bell: impl AsFd) -> Result<Self, Errno> {
        let urgent = Poller::new()?;
        urgent.add(signals, Interest::READ, Token::Signals.pack())?;
        urgent.add(bell, Interest::READ, Token::Bell.pack())?;
        Ok(Self {
            urgent,
            longest_read: None,
            channels: Vec::new(),
            short_turns: 0,
            last_turn_nanoseconds: 0,
            events: Vec::new(),
        })
    }

    /// What an event listener says in that channel is heard during a nap, too, until its pipe is closed or paused.
    pub(super) fn heed(&self, listener: impl AsFd, slot: u32) {
        // Without, it is only heard a little later.
        let _ = self.urgent.add(listener, Interest::READ, Token::Channel(slot).pack());
    }

    /// What is said in that channel is not read at the moment, and must not end naps.
    pub(super) fn ignore(&self, channel: impl AsFd) {
        // Only listeners are heard.
        let _ = self.urgent.remove(channel);
    }

    /// So much was read from a channel.
    pub(super) fn note(&mut self, slot: u32, count: usize) {
        self.longest_read = Some(self.longest_read.map_or(count, |longest| longest.max(count)));
        if self.channels.len() < CHANNELS_MAX {
            self.channels.push(slot);
        }
    }

    /// Whether this turn, which is over now, was one more of a busy stream.
    fn is_due(&mut self, now: impl FnOnce() -> u64) -> bool {
        let Some(longest) = self.longest_read.take() else { return false };
        let now_nanoseconds = now();
        let follows = now_nanoseconds.saturating_sub(self.last_turn_nanoseconds) < BUSY_NANOSECONDS;
        self.last_turn_nanoseconds = now_nanoseconds;
        // After a nap reads are longer, but the stream is as busy as before.
        let is_short = longest < SHORT_READ_BYTES;
        match (follows, is_short) {
            (true, true) => self.short_turns = self.short_turns.saturating_add(1),
            (true, false) => {}
            (false, _) => self.short_turns = 0,
        }
        is_short && self.short_turns >= BUSY_TURNS
    }
}

impl Engine {
    /// The end of a turn: lets busy writers go on alone for a moment.
    pub(super) fn nap_if_busy(&mut self) {
        let is_due = self.naps.is_due(monotonic_nanoseconds) && !self.has_dead && self.to_spawn.is_empty();
        if is_due {
            let mut nap = NAP;
            for &slot in &self.naps.channels {
                let Some(channel) = self.children.channels.get_mut(slot) else { continue };
                if channel.pipe_bytes < PIPE_BYTES {
                    // Where that is refused it need not be tried again.
                    channel.pipe_bytes = PIPE_BYTES;
                    channel.is_small = pipes::enlarge(channel.fd.as_fd(), PIPE_BYTES).is_err();
                }
                if channel.is_small {
                    nap = SHORT_NAP;
                }
            }
            self.let_alone();
            self.nap(monotonic_nanoseconds() + u64::try_from(nap.as_nanos()).unwrap_or(0));
            self.mind_again();
            self.naps.last_turn_nanoseconds = monotonic_nanoseconds();
        }
        self.naps.channels.clear();
    }

    /// Stops watching what is busy: the kernel calls whoever watches a pipe at every single write, which the writer pays.
    fn let_alone(&self) {
        for channel in self.naps.channels.iter().filter_map(|&slot| self.children.channels.get(slot)) {
            // What rests is not watched.
            let _ = self.poller.remove(&channel.fd);
        }
    }

    /// Watches it again, unless it rests by now.
    fn mind_again(&mut self) {
        let slots = std::mem::take(&mut self.naps.channels);
        slots.iter().for_each(|&slot| self.watch_channel(slot));
        // Its room is used again in the next turn.
        self.naps.channels = slots;
    }

    /// Until then, or until something cannot wait. Listeners go on being told what happened.
    fn nap(&mut self, until_nanoseconds: u64) {
        let mut events = std::mem::take(&mut self.naps.events);
        loop {
            let left = until_nanoseconds.saturating_sub(monotonic_nanoseconds());
            // It matters little how a wait ends.
            let waited = self.naps.urgent.wait(&mut events, Some(Duration::from_nanos(left)));
            let has_more = waited.is_ok() && !events.is_empty() && left > 0;
            if !has_more || !events.iter().all(|event| self.hear_listener(event)) {
                break;
            }
        }
        self.naps.events = events;
    }

    /// Hears what ended a wait during a nap; says whether it was only a listener that has said something.
    fn hear_listener(&mut self, event: &Event) -> bool {
        let Some(Token::Channel(slot)) = Token::unpack(event.token) else { return false };
        self.read_channel(slot) && self.to_spawn.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use supervisor_sys::poll::Bell;
    use supervisor_sys::signals::block_for_signalfd;

    fn naps(bell: &Bell) -> Naps {
        let (signals, before) = block_for_signalfd(&[12]).unwrap();
        let naps = Naps::new(&signals, bell).unwrap();
        before.install().unwrap();
        naps
    }

    /// Whether a nap is due after each of so many turns, a tenth of a millisecond apart from that moment on.
    fn turns(naps: &mut Naps, from: u64, count: u64, bytes: usize) -> Vec<bool> {
        (0..count)
            .map(|turn| {
                naps.note(0, bytes);
                naps.is_due(|| from + turn * BUSY_NANOSECONDS / 10)
            })
            .collect()
    }

    #[test]
    fn only_a_stream_that_stays_busy_with_little_is_left_alone() {
        let mut naps = naps(&Bell::new().unwrap());
        // The first turn follows nothing.
        let due = turns(&mut naps, 1 << 30, 10, 100);
        assert_eq!(due, [false, false, false, false, false, false, false, false, true, true]);
        assert!(!naps.is_due(|| 1 << 30), "a turn without reads");
        assert_eq!(turns(&mut naps, 1 << 30, 1, SHORT_READ_BYTES), [false], "a long read");
        assert_eq!(turns(&mut naps, 1 << 31, 1, 100), [false], "after a pause");
    }
}
