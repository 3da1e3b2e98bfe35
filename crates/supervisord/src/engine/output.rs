//! Moving what children write into their logs.

use std::os::fd::{AsFd, AsRawFd};
use std::time::Duration;

use supervisor_core::effect::Level;
use supervisor_core::event::{OutputChannel, bytes_literal};
use supervisor_core::input::Input;
use supervisor_core::process::{Pid, ProcessId};
use supervisor_sys::clock::monotonic_nanoseconds;
use supervisor_sys::pipes::{self, Read};
use supervisor_sys::poll::Interest;

use super::Engine;
use super::channel::Channel;
use super::hearing::Heard;
use super::profile::Activity;
use super::token::Token;
use crate::logs::file::Written;

/// How long the end may be delayed by logs without room.
const LAST_OUTPUT_TIME_MAX_NANOSECONDS: u64 = 3_000_000_000;

/// What reading a channel came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Taken {
    /// So many bytes went on their way.
    Bytes(usize),
    /// Nothing at the moment, or no room for more.
    Nothing,
    /// The last writer is gone.
    End,
}

impl Engine {
    /// A child has written: one read, so that nobody is kept waiting by a talkative one. Says whether it found
    /// something.
    pub(super) fn read_channel(&mut self, slot: u32) -> bool {
        let reading = self.profile.begin(Activity::ReadOutput);
        let is_read = self.children.channels.get(slot).is_some_and(Channel::is_read);
        let taken = if is_read { self.take(slot) } else { Taken::Nothing };
        if taken == Taken::End {
            self.close_channel(slot);
        }
        self.rest_if_full(slot);
        self.profile.end(reading);
        matches!(taken, Taken::Bytes(_))
    }

    /// Reads what a dead child has left in its pipes. What its descendants write later is read when it comes.
    // Differs: output-of-descendants
    pub(super) fn drain(&mut self, id: ProcessId) {
        let Some(runtime) = self.children.runtimes.get(&id) else { return };
        for slot in runtime.channels.clone() {
            if self.drain_channel(slot) == Taken::End {
                self.close_channel(slot);
            }
        }
        self.close_if_silent(id);
    }

    /// Reads what is in a pipe now, and no more: descendants may write faster than we read.
    fn drain_channel(&mut self, slot: u32) -> Taken {
        let Some(channel) = self.children.channels.get(slot) else { return Taken::Nothing };
        let mut left = pipes::bytes_waiting(channel.fd.as_fd()).unwrap_or(0);
        while left > 0 {
            match self.take(slot) {
                Taken::Bytes(count) => left = left.saturating_sub(count),
                other => return other,
            }
        }
        self.take(slot)
    }

    /// Gives up the oldest pipe of a process whose descendants hold too many.
    pub(super) fn abandon_oldest_channel(&mut self, id: ProcessId) {
        let Some(runtime) = self.children.runtimes.get(&id) else { return };
        if let Some(&oldest) = runtime.channels.front() {
            self.drain_channel(oldest);
            self.tell_the_rest(oldest);
            let channel = self.children.channels.get(oldest);
            let unread =
                channel.and_then(|channel| pipes::bytes_waiting(channel.fd.as_fd()).ok()).unwrap_or(0);
            let name = runtime_name(&self.core, id);
            let message = format!(
                "too many descendants of '{name}' hold its pipes: the oldest is closed, {unread} bytes unread"
            );
            self.log.log(Level::Warn, &message);
            self.close_channel(oldest);
        }
    }

    /// The end: what was written so far still goes into its logs, where they have room within a short time.
    pub(super) fn drain_everything(&mut self) {
        let ids: Vec<_> = self.children.runtimes.keys().copied().collect();
        let deadline = monotonic_nanoseconds() + LAST_OUTPUT_TIME_MAX_NANOSECONDS;
        let mut events = Vec::new();
        loop {
            for &id in &ids {
                self.flush_log(id, OutputChannel::Stdout);
                self.flush_log(id, OutputChannel::Stderr);
                self.drain(id);
            }
            self.mind_main_log(true);
            let is_pending = self.log.pending().next().is_some()
                || self
                    .children
                    .runtimes
                    .values()
                    .any(|runtime| runtime.stdout.is_pending() || runtime.stderr.is_pending());
            let left = deadline.saturating_sub(monotonic_nanoseconds());
            if !is_pending
                || left == 0
                || self.poller.wait(&mut events, Some(Duration::from_nanos(left))).is_err()
            {
                break;
            }
        }
        // Events of what was read just now, too: whoever goes on with these pipes knows nothing of them.
        self.give_up_what_waits(self.waiting_slots(), "the daemon ends");
    }

    /// Logs are about to be opened anew: where room was waited for may not exist afterwards.
    pub(super) fn watch_logs_no_more(&mut self, id: ProcessId) {
        let Some(runtime) = self.children.runtimes.get(&id) else { return };
        for target in runtime.stdout.targets().chain(runtime.stderr.targets()) {
            // Not everything is watched.
            let _ = self.poller.remove(target);
        }
    }

    fn take(&mut self, slot: u32) -> Taken {
        let Some(channel) = self.children.channels.get(slot) else { return Taken::Nothing };
        if channel.paused || channel.ended {
            return Taken::Nothing;
        }
        let (id, stream) = (channel.process, channel.stream);
        let count = match pipes::read(channel.fd.as_fd(), &mut self.buffer) {
            Ok(Read::Bytes(count)) => count,
            Ok(Read::WouldBlock) => return Taken::Nothing,
            Ok(Read::End) | Err(_) => return Taken::End,
        };
        // Whoever answers is not left alone for a while.
        if stream != OutputChannel::Stdout || !self.core.is_listener(id) {
            self.naps.note(slot, count);
        }
        let buffer = std::mem::take(&mut self.buffer);
        let written = self.pass_on(slot, &buffer[..count]);
        self.buffer = buffer;
        self.hear_trouble(id, stream);
        if written == Written::Pending {
            self.pause(id, stream);
        }
        Taken::Bytes(count)
    }

    /// Sends what was read where it belongs: to a log, to the core, or both.
    fn pass_on(&mut self, slot: u32, bytes: &[u8]) -> Written {
        let Some(channel) = self.children.channels.get_mut(slot) else { return Written::All };
        let (id, pid, stream) = (channel.process, channel.pid, channel.stream);
        let is_spoken = stream == OutputChannel::Stdout && self.core.is_listener(id);
        if channel.hearing.is_plain() {
            let written = self.log_output(id, stream, bytes);
            if is_spoken {
                self.feed(Input::ListenerHeard(id, pid, bytes.to_vec()));
            }
            return written;
        }
        let heard =
            if is_spoken { channel.hearing.hear_listener(bytes) } else { channel.hearing.hear(bytes) };
        let written = self.obey_hearing(slot, (id, pid, stream), heard);
        if is_spoken {
            self.feed(Input::ListenerHeard(id, pid, bytes.to_vec()));
        }
        written
    }

    fn obey_hearing(
        &mut self,
        slot: u32,
        whose: (ProcessId, Pid, OutputChannel),
        heard: Vec<Heard>,
    ) -> Written {
        let mut written = Written::All;
        for part in heard {
            match part {
                Heard::Log(bytes) => written = self.log_output(whose.0, whose.2, &bytes),
                event @ (Heard::Event(_) | Heard::Captured(_)) => self.tell_or_keep(slot, whose, event),
            }
        }
        written
    }

    fn log_output(&mut self, id: ProcessId, stream: OutputChannel, bytes: &[u8]) -> Written {
        let Some(runtime) = self.children.runtimes.get_mut(&id) else { return Written::All };
        if self.log.wants(Level::Debug) {
            let mut message = format!("'{}' {} output:\n", runtime.name, stream.name()).into_bytes();
            if stream == OutputChannel::Stdout && self.core.is_listener(id) {
                message.extend(bytes_literal(bytes).bytes());
            } else {
                message.extend_from_slice(bytes);
            }
            self.log.log_bytes(Level::Debug, &message);
        }
        runtime.output(stream).write(bytes)
    }

    fn hear_trouble(&mut self, id: ProcessId, stream: OutputChannel) {
        if let Some(runtime) = self.children.runtimes.get_mut(&id)
            && let Some(trouble) = runtime.output(stream).take_trouble()
        {
            let message = format!("'{}' {}: {trouble}", runtime.name, stream.name());
            self.log.log(Level::Warn, &message);
        }
    }

    /// The log has no room: its writers wait, and with them nobody else.
    pub(super) fn pause(&mut self, id: ProcessId, stream: OutputChannel) {
        let Some(runtime) = self.children.runtimes.get_mut(&id) else { return };
        let slots = runtime.channels.clone();
        let watched = runtime.output(stream).waits_for().is_some_and(|target| {
            let token = Token::Log(id, stream).pack();
            match self.poller.add(target, Interest::WRITE, token) {
                Ok(()) | Err(supervisor_sys::Errno::EEXIST) => true,
                Err(_) => false,
            }
        });
        if !watched {
            return;
        }
        for slot in slots {
            if let Some(channel) = self.children.channels.get_mut(slot)
                && channel.stream == stream
                && !channel.paused
            {
                channel.paused = true;
                // A paused channel must not even report its end, or waiting would spin. It may rest already.
                let _ = self.poller.remove(&channel.fd);
                self.naps.ignore(&channel.fd);
            }
        }
    }

    /// The log has room again.
    pub(super) fn flush_log(&mut self, id: ProcessId, stream: OutputChannel) {
        let Some(runtime) = self.children.runtimes.get_mut(&id) else { return };
        let flushing = self.profile.begin(Activity::Flush);
        for target in runtime.output(stream).targets() {
            // Not everything is watched; what still has no room is watched again below.
            let _ = self.poller.remove(target);
        }
        let written = runtime.output(stream).flush();
        if written == Written::Pending {
            self.pause(id, stream);
        } else {
            for slot in runtime.channels.clone() {
                if let Some(channel) = self.children.channels.get_mut(slot)
                    && channel.stream == stream
                    && channel.paused
                {
                    channel.paused = false;
                    self.watch_channel(slot);
                }
            }
        }
        self.hear_trouble(id, stream);
        self.profile.end(flushing);
        self.close_if_silent(id);
    }

    /// After logs were opened anew: what still waits for room waits at the new file.
    pub(super) fn watch_logs_again(&mut self, id: ProcessId) {
        for stream in [OutputChannel::Stdout, OutputChannel::Stderr] {
            let pending = self
                .children
                .runtimes
                .get_mut(&id)
                .is_some_and(|runtime| runtime.output(stream).is_pending());
            if pending {
                self.pause(id, stream);
                self.flush_log(id, stream);
            }
        }
    }

    /// The last writer of a pipe is gone. It is closed when its events have been told.
    pub(super) fn close_channel(&mut self, slot: u32) {
        let Some(channel) = self.children.channels.get_mut(slot) else { return };
        let whose = (channel.process, channel.pid, channel.stream);
        if !channel.ended {
            channel.ended = true;
            let held = channel.hearing.finish();
            self.obey_hearing(slot, whose, held);
        }
        let Some(channel) = self.children.channels.get(slot) else { return };
        if !channel.backlog.is_empty() {
            // It would report its end for ever. It may not be watched.
            let _ = self.poller.remove(&channel.fd);
            return;
        }
        let Some(channel) = self.children.channels.remove(slot) else { return };
        if self.log.wants(Level::Debug) {
            let message = format!(
                "fd {} closed, stopped monitoring '{}' ({})",
                channel.fd.as_raw_fd(),
                runtime_name(&self.core, channel.process),
                channel.stream.name()
            );
            self.log.log(Level::Debug, &message);
        }
        if let Some(runtime) = self.children.runtimes.get_mut(&channel.process) {
            runtime.channels.retain(|&other| other != slot);
        }
        drop(channel.fd);
        self.close_if_silent(channel.process);
    }

    /// Closes the logs of a process that is dead and of whose descendants nobody can write any more.
    pub(super) fn close_if_silent(&mut self, id: ProcessId) {
        let alive = self.core.process(id).is_some_and(|process| process.pid().is_some());
        let Some(runtime) = self.children.runtimes.get_mut(&id) else { return };
        if alive || !runtime.channels.is_empty() {
            return;
        }
        for output in [&mut runtime.stdout, &mut runtime.stderr] {
            if !output.is_pending() {
                output.close();
            }
        }
        if runtime.forgotten {
            self.children.runtimes.remove(&id);
        }
    }
}

fn runtime_name(core: &supervisor_core::Supervisor, id: ProcessId) -> &str {
    core.process(id).map_or("", |process| &process.spec().name)
}
