//! Back-pressure: events of output wait for room in the pools of listeners.
//!
//! A burst of events may be more than the buffer of a pool holds, and would push most of itself out. So an event of
//! output waits here, in the order of its pipe, while the pool has no room for it and its listeners make some. What is
//! logged does not wait. When much waits the pipe is not read for a moment, so that its program waits, too; after that
//! the program goes on, and what the pool then loses it counts.

use std::collections::BTreeSet;

use supervisor_core::effect::Level;
use supervisor_core::event::OutputChannel;
use supervisor_core::input::Input;
use supervisor_core::process::{Pid, ProcessId};
use supervisor_core::time::Monotonic;
use supervisor_sys::clock::monotonic_nanoseconds;

use super::Engine;
use super::hearing::Heard;

/// So many bytes of events wait for all pipes together.
const ALL_BYTES_MAX: usize = 64 << 20;
/// What waits has so much time in one turn.
const TELLING_TIME_MAX_NANOSECONDS: u64 = 2_000_000;

/// The pipes whose events wait.
#[derive(Debug, Default)]
pub(super) struct Pressure {
    slots: BTreeSet<u32>,
    bytes: usize,
    /// When to look again, if nothing happens.
    look_at: Option<Monotonic>,
}

impl Pressure {
    /// When there may be something to tell, if nothing happens.
    pub(super) fn due(&self) -> Option<Monotonic> {
        self.look_at
    }

    fn look_until(&mut self, nanoseconds: u64) {
        let at = Monotonic(nanoseconds);
        self.look_at = Some(self.look_at.map_or(at, |earlier| earlier.min(at)));
    }
}

impl Engine {
    /// Tells the core of something that was heard, or keeps it until there is room.
    // Differs: bursts-wait-for-listeners
    pub(super) fn tell_or_keep(
        &mut self,
        slot: u32,
        (id, pid, stream): (ProcessId, Pid, OutputChannel),
        event: Heard,
    ) {
        let type_name = event.type_name(stream);
        if let Some(channel) = self.children.channels.get_mut(slot) {
            let now = Monotonic(monotonic_nanoseconds());
            if !channel.backlog.is_empty() || self.core.wait_until(type_name, now).is_some() {
                let before = channel.backlog.bytes();
                channel.backlog.push(event);
                self.pressure.bytes += channel.backlog.bytes() - before;
                self.pressure.slots.insert(slot);
                return;
            }
        }
        self.feed(input(id, pid, stream, event));
    }

    /// After a read: if too much waits, the pipe is not read for a moment.
    pub(super) fn rest_if_full(&mut self, slot: u32) {
        let Some(channel) = self.children.channels.get_mut(slot) else { return };
        let is_full = channel.backlog.is_full() || self.pressure.bytes >= ALL_BYTES_MAX;
        if is_full
            && !channel.backlog.is_empty()
            && channel.backlog.begin_rest(monotonic_nanoseconds())
            && !channel.paused
        {
            // It is watched, as it was read.
            let _ = self.poller.remove(&channel.fd);
        }
    }

    /// Tells what there is room for by now.
    pub(super) fn tell_what_waits(&mut self) {
        self.pressure.look_at = None;
        let deadline = monotonic_nanoseconds() + TELLING_TIME_MAX_NANOSECONDS;
        for slot in self.pressure.slots.iter().copied().collect::<Vec<_>>() {
            self.tell_of(slot, deadline);
        }
    }

    fn tell_of(&mut self, slot: u32, deadline: u64) {
        loop {
            let now = monotonic_nanoseconds();
            let Some(channel) = self.children.channels.get(slot) else {
                self.pressure.slots.remove(&slot);
                return;
            };
            let Some(event) = channel.backlog.front() else { break };
            let is_too_much = channel.backlog.rests_until_nanoseconds().is_none()
                && (channel.backlog.is_full() || self.pressure.bytes >= ALL_BYTES_MAX);
            let until = self.core.wait_until(event.type_name(channel.stream), Monotonic(now));
            if let Some(until) = until.filter(|_| !is_too_much) {
                self.pressure.look_until(until.0);
                break;
            }
            if now >= deadline {
                self.pressure.look_until(now);
                break;
            }
            self.tell_next(slot);
        }
        self.read_on(slot);
    }

    /// Tells the event of a pipe that is next, whether there is room or not.
    fn tell_next(&mut self, slot: u32) {
        let Some(channel) = self.children.channels.get_mut(slot) else { return };
        let before = channel.backlog.bytes();
        let Some(event) = channel.backlog.pop() else { return };
        self.pressure.bytes -= before - channel.backlog.bytes();
        let input = input(channel.process, channel.pid, channel.stream, event);
        self.feed(input);
    }

    /// Reads a pipe again whose rest is over, and closes one that had ended.
    fn read_on(&mut self, slot: u32) {
        let Some(channel) = self.children.channels.get_mut(slot) else { return };
        let has_ended = channel.ended;
        let rest_is_over = channel.backlog.end_rest(monotonic_nanoseconds());
        if let Some(until) = channel.backlog.rests_until_nanoseconds() {
            self.pressure.look_until(until);
        }
        let is_empty = channel.backlog.is_empty();
        if rest_is_over {
            self.watch_channel(slot);
        }
        if is_empty {
            self.pressure.slots.remove(&slot);
            if has_ended {
                self.close_channel(slot);
            }
        }
    }

    /// Tells all that waits of a pipe, whether there is room or not.
    pub(super) fn tell_the_rest(&mut self, slot: u32) {
        while self.children.channels.get(slot).is_some_and(|channel| !channel.backlog.is_empty()) {
            self.tell_next(slot);
        }
        self.pressure.slots.remove(&slot);
    }

    /// Nobody can be told any more of what waits of these pipes.
    pub(super) fn give_up_what_waits(&mut self, slots: impl IntoIterator<Item = u32>, why: &str) {
        let mut count = 0;
        for slot in slots {
            self.pressure.slots.remove(&slot);
            let Some(channel) = self.children.channels.get_mut(slot) else { continue };
            self.pressure.bytes -= channel.backlog.bytes();
            count += channel.backlog.give_up();
            if channel.ended {
                self.close_channel(slot);
            } else {
                // It may have rested for what waited.
                self.watch_channel(slot);
            }
        }
        if count > 0 {
            let message = format!("{count} events of output that waited for listeners are lost: {why}");
            self.log.log(Level::Error, &message);
        }
    }

    /// The pipes whose events wait.
    pub(super) fn waiting_slots(&self) -> Vec<u32> {
        self.pressure.slots.iter().copied().collect()
    }
}

fn input(id: ProcessId, pid: Pid, stream: OutputChannel, event: Heard) -> Input {
    match event {
        Heard::Captured(text) => Input::Captured(id, pid, stream, text),
        Heard::Event(text) | Heard::Log(text) => Input::OutputRead(id, pid, stream, text),
    }
}
