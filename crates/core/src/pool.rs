//! Pools of event listeners: who is told what, and what waits.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::congestion::Congestion;
use crate::effect::Level;
use crate::event::Event;
use crate::overflow::Overflow;
use crate::process::ProcessId;
use crate::spec::{BufferOverflow, ListenerSpec};
use crate::subscription::Subscriptions;
use crate::time::Monotonic;
use crate::turn::Turn;

/// An event that is rejected again waits so long before it is sent again, so that a listener that never takes it does
/// not keep a processor busy.
// Differs: rejected-again-waits
const RESEND_DELAY: Duration = Duration::from_secs(1);

/// Whoever can wait leaves this part of a buffer to events that cannot: those of states, ticks and clients.
const SHARE_FOR_THE_IMPATIENT: usize = 2;
/// A pool that takes nothing for so long is not waited for.
const STALL: Duration = Duration::from_secs(5);
/// So many bytes of events wait in one pool at most, however many its `buffer_size` allows.
const BYTES_MAX: usize = 256 << 20;

/// An event in the buffer of a pool, or with one of its listeners.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Queued {
    /// Its number among all events of the daemon.
    pub(crate) serial: u64,
    /// Its number among the events of its pool.
    pub(crate) poolserial: u64,
    /// What happened.
    pub(crate) event: Arc<Event>,
    rejections: u32,
    not_before: Monotonic,
}

impl Queued {
    #[cfg(test)]
    pub(crate) fn new(serial: u64, poolserial: u64, event: Event) -> Self {
        Self { serial, poolserial, event: Arc::new(event), rejections: 0, not_before: Monotonic(0) }
    }
}

/// The listeners of one `[eventlistener:x]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Pool {
    pub(crate) name: Arc<str>,
    subscriptions: Subscriptions,
    pub(crate) spec: ListenerSpec,
    /// In the order in which they are asked: by priority, then by name.
    pub(crate) members: Vec<ProcessId>,
    buffer: VecDeque<Queued>,
    /// How large the events of the buffer are together.
    bytes: usize,
    next_poolserial: u64,
    /// When a listener was last given an event that it had not seen yet, or the first one began to wait.
    progressed_at: Monotonic,
    resend_at: Option<Monotonic>,
    pub(crate) dropped: u64,
    overflow: Overflow,
    pub(crate) congestion: Congestion,
}

impl Pool {
    pub(crate) fn new(name: &str, spec: &ListenerSpec, members: Vec<ProcessId>) -> Self {
        Self {
            name: Arc::from(name),
            subscriptions: Subscriptions::new(spec.events.clone()),
            spec: ListenerSpec { buffer_size: spec.buffer_size.max(1), ..spec.clone() },
            members,
            buffer: VecDeque::new(),
            bytes: 0,
            next_poolserial: 0,
            progressed_at: Monotonic(0),
            resend_at: None,
            dropped: 0,
            overflow: Overflow::default(),
            congestion: Congestion::default(),
        }
    }

    pub(crate) fn wants(&self, type_name: &str) -> bool {
        self.subscriptions.wants(type_name)
    }

    /// Takes an event. If there is no room, one is dropped: the oldest, or this one.
    pub(crate) fn accept(&mut self, serial: u64, event: Arc<Event>, turn: &mut Turn<'_>) {
        let poolserial = self.next_poolserial;
        self.next_poolserial = self.next_poolserial.wrapping_add(1);
        let size = event.size_bytes();
        match self.spec.buffer_overflow {
            BufferOverflow::DropOldest => self.make_room(size, turn),
            BufferOverflow::DropNewest if self.is_full(size) => return self.note_drop(serial, turn),
            BufferOverflow::DropNewest => {}
        }
        if self.buffer.is_empty() {
            self.progressed_at = turn.now.monotonic;
        }
        self.bytes += size;
        self.buffer.push_back(Queued { serial, poolserial, event, rejections: 0, not_before: Monotonic(0) });
    }

    /// Until when an event that can wait should wait; `None` if there is room for it, or if it would wait in vain.
    // Differs: bursts-wait-for-listeners
    pub(crate) fn wait_until(&self, now: Monotonic) -> Option<Monotonic> {
        let has_room = self.buffer.len() < self.spec.buffer_size.div_ceil(SHARE_FOR_THE_IMPATIENT);
        let until = self.progressed_at.after(STALL);
        (!has_room && until > now).then_some(until)
    }

    /// Takes an event back that was not settled: it is the next to be sent.
    pub(crate) fn take_back(&mut self, mut queued: Queued, rejected: bool, turn: &mut Turn<'_>) {
        let (serial, name) = (queued.serial, &self.name);
        let (size, max) = (self.buffer.len(), self.spec.buffer_size);
        // Differs: rebuffering-is-told-of-what-comes-back
        turn.debug(|| format!("rebuffering event {serial} for pool {name} (buf size={size}, max={max})"));
        self.make_room(queued.event.size_bytes(), turn);
        if rejected {
            queued.rejections += 1;
            if queued.rejections > 1 {
                queued.not_before = turn.now.monotonic.after(RESEND_DELAY);
            }
        }
        self.bytes += queued.event.size_bytes();
        self.buffer.push_front(queued);
    }

    /// Whether there is no room for one more event of that size.
    fn is_full(&self, size_bytes: usize) -> bool {
        let is_too_large = self.bytes.saturating_add(size_bytes) > BYTES_MAX;
        self.buffer.len() >= self.spec.buffer_size || (is_too_large && !self.buffer.is_empty())
    }

    fn make_room(&mut self, size_bytes: usize, turn: &mut Turn<'_>) {
        while self.is_full(size_bytes) {
            let dropped = match self.spec.buffer_overflow {
                BufferOverflow::DropOldest => self.buffer.pop_front(),
                BufferOverflow::DropNewest => self.buffer.pop_back(),
            };
            let Some(dropped) = dropped else { return };
            self.bytes -= dropped.event.size_bytes();
            self.note_drop(dropped.serial, turn);
        }
    }

    fn note_drop(&mut self, serial: u64, turn: &mut Turn<'_>) {
        self.dropped += 1;
        self.overflow.dropped(&self.name, serial, turn);
    }

    /// The next event that may be sent now.
    pub(crate) fn next(&mut self, now: Monotonic) -> Option<Queued> {
        if self.buffer.front()?.not_before > now {
            return None;
        }
        let queued = self.buffer.pop_front()?;
        self.bytes -= queued.event.size_bytes();
        if queued.rejections == 0 {
            self.progressed_at = now;
        }
        Some(queued)
    }

    /// When it has something to do: an event that had to wait, drops to sum up, or a congestion to name.
    pub(crate) fn due(&self) -> Option<Monotonic> {
        [self.resend_at, self.overflow.due(), self.congestion.due()].into_iter().flatten().min()
    }

    /// Whether the event that is next may not be sent yet.
    pub(crate) fn is_delayed(&self, now: Monotonic) -> bool {
        self.buffer.front().is_some_and(|queued| queued.not_before > now)
    }

    /// Notes, after everything that could be sent was sent, when the next one may be, if somebody is ready for it.
    pub(crate) fn settle(&mut self, is_awaited: bool, turn: &mut Turn<'_>) {
        self.resend_at = self.buffer.front().map(|queued| queued.not_before).filter(|_| is_awaited);
        self.overflow.time_passed(&self.name, turn);
        if let Some(seconds) = self.congestion.note(self.has_waiting(), turn.now.monotonic) {
            turn.log(
                Level::Info,
                format!("pool {} is no longer congested after {seconds} seconds", self.name),
            );
        }
    }

    /// The pool is closed, or the daemon ends: what was not said yet is said now.
    pub(crate) fn end(&mut self, turn: &mut Turn<'_>) {
        self.overflow.end(&self.name, turn);
        let lost = self.buffer.len();
        if lost > 0 {
            turn.log(
                Level::Info,
                format!("pool {} ends with {lost} events that no listener has taken", self.name),
            );
        }
        self.buffer.clear();
        self.bytes = 0;
    }

    pub(crate) fn has_waiting(&self) -> bool {
        !self.buffer.is_empty()
    }

    pub(crate) fn waiting(&self) -> usize {
        self.buffer.len()
    }

    pub(crate) fn accepted(&self) -> u64 {
        self.next_poolserial
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::Effect;
    use crate::time::Moment;

    fn pool(events: &[&str], buffer_size: usize) -> Pool {
        let events = events.iter().map(|&event| event.to_owned()).collect();
        Pool::new("p", &ListenerSpec { buffer_size, ..ListenerSpec::new(events) }, Vec::new())
    }

    fn errors(effects: &[Effect]) -> Vec<&str> {
        effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::Log(Level::Error, text) => Some(text.as_str()),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn overlapping_subscriptions_are_told_once() {
        let mut effects = Vec::new();
        let turn = &mut Turn::new(Moment::default(), Arc::default(), &mut effects);
        let mut pool = pool(&["EVENT", "TICK", "TICK_5"], 10);
        pool.accept(0, Arc::new(Event::SupervisorRunning), turn);
        assert!(pool.next(Monotonic(0)).is_some());
        assert!(pool.next(Monotonic(0)).is_none());
    }

    #[test]
    fn a_full_buffer_drops_the_oldest_and_says_so() {
        let mut effects = Vec::new();
        let turn = &mut Turn::new(Moment::default(), Arc::default(), &mut effects);
        let mut pool = pool(&["EVENT"], 2);
        for serial in 0..4 {
            pool.accept(serial, Arc::new(Event::SupervisorRunning), turn);
        }
        assert_eq!(pool.next(Monotonic(0)).map(|queued| (queued.serial, queued.poolserial)), Some((2, 2)));
        assert_eq!(
            errors(&effects),
            [
                "pool p event buffer overflowed, discarding event 0",
                "pool p event buffer overflowed, discarding event 1",
            ]
        );
    }

    #[test]
    fn a_full_buffer_that_keeps_the_oldest_drops_what_comes() {
        let mut effects = Vec::new();
        let turn = &mut Turn::new(Moment::default(), Arc::default(), &mut effects);
        let mut pool = pool(&["EVENT"], 2);
        pool.spec.buffer_overflow = BufferOverflow::DropNewest;
        for serial in 0..3 {
            pool.accept(serial, Arc::new(Event::SupervisorRunning), turn);
        }
        let first = pool.next(Monotonic(0)).unwrap();
        assert_eq!((first.serial, first.poolserial), (0, 0));
        pool.accept(3, Arc::new(Event::SupervisorRunning), turn);
        pool.take_back(first, false, turn);
        let left = std::iter::from_fn(|| pool.next(Monotonic(0)));
        assert_eq!(
            left.map(|queued| (queued.serial, queued.poolserial)).collect::<Vec<_>>(),
            [(0, 0), (1, 1)]
        );
        assert_eq!(pool.dropped, 2);
        assert_eq!(
            errors(&effects),
            [
                "pool p event buffer overflowed, discarding event 2",
                "pool p event buffer overflowed, discarding event 3",
            ]
        );
    }

    fn said(bytes: usize) -> Arc<Event> {
        Arc::new(Event::RemoteCommunication { kind: String::new(), data: "x".repeat(bytes) })
    }

    #[test]
    fn a_buffer_is_bounded_by_bytes_too() {
        let mut effects = Vec::new();
        let turn = &mut Turn::new(Moment::default(), Arc::default(), &mut effects);
        let mut pool = pool(&["EVENT"], 1_000_000);
        let large = said(BYTES_MAX / 4);
        for serial in 0..5 {
            pool.accept(serial, Arc::clone(&large), turn);
        }
        assert_eq!((pool.waiting(), pool.dropped), (3, 2), "an event is more than its text");
        pool.accept(5, said(2 * BYTES_MAX), turn);
        assert_eq!((pool.waiting(), pool.dropped), (1, 5), "one is taken, however large it is");
        assert_eq!(pool.next(Monotonic(0)).map(|queued| queued.serial), Some(5));
        assert_eq!(pool.bytes, 0);
    }

    #[test]
    fn who_can_wait_waits_while_listeners_take_events_and_leaves_room_for_others() {
        let mut effects = Vec::new();
        let now = Moment { monotonic: Monotonic(7), ..Moment::default() };
        let turn = &mut Turn::new(now, Arc::default(), &mut effects);
        let mut pool = pool(&["EVENT"], 10);
        for serial in 0..4 {
            pool.accept(serial, said(1), turn);
            assert_eq!(pool.wait_until(Monotonic(7)), None);
        }
        pool.accept(4, said(1), turn);
        let stalled = Monotonic(7).after(STALL);
        assert_eq!(pool.wait_until(Monotonic(7)), Some(stalled));
        assert_eq!(pool.wait_until(stalled), None, "nobody is waited for in vain");
        let later = stalled.after(STALL);
        let first = pool.next(later).unwrap();
        pool.accept(5, said(1), turn);
        assert_eq!(pool.wait_until(later), Some(later.after(STALL)), "it has come to life");
        pool.take_back(first, true, turn);
        assert!(pool.next(later.after(STALL)).is_some());
        assert_eq!(pool.wait_until(later.after(STALL)), None, "the same event again is no progress");
    }

    #[test]
    fn an_event_that_comes_back_is_the_next_and_waits_from_the_second_time_on() {
        let mut effects = Vec::new();
        let turn = &mut Turn::new(Moment::default(), Arc::default(), &mut effects);
        let mut pool = pool(&["EVENT"], 10);
        for serial in 0..2 {
            pool.accept(serial, Arc::new(Event::SupervisorRunning), turn);
        }
        let first = pool.next(Monotonic(0)).unwrap();
        pool.take_back(first, true, turn);
        let first = pool.next(Monotonic(0)).unwrap();
        assert_eq!(first.serial, 0);
        pool.take_back(first, true, turn);
        assert_eq!(pool.next(Monotonic(0)), None);
        assert!(pool.is_delayed(Monotonic(0)));
        pool.settle(false, turn);
        assert_eq!(pool.resend_at, None);
        pool.settle(true, turn);
        let due = pool.due().unwrap();
        assert_eq!(pool.next(due).unwrap().serial, 0);
    }
}
