//! The pipes of children: what they write and what they read.

use std::collections::VecDeque;
use std::os::fd::{AsFd, OwnedFd};

use supervisor_core::event::OutputChannel;
use supervisor_core::process::{Pid, ProcessId};
use supervisor_sys::pipes::{self, Write};

use super::hearing::Hearing;

/// Our end of a pipe that a child writes to. It stays open until the last writer is gone, which may be long after
/// the child itself: its own children may have it too.
#[derive(Debug)]
pub struct Channel {
    /// Our end.
    pub fd: OwnedFd,
    /// Whose output it is.
    pub process: ProcessId,
    /// Which of its lives: what it is called in events, even when there is another by then.
    pub pid: Pid,
    /// Which output.
    pub stream: OutputChannel,
    /// How far it is understood.
    pub hearing: Hearing,
    /// Not read at the moment, because the log has no room.
    pub paused: bool,
    /// How large the pipe was made; 0 for as the kernel makes them.
    pub pipe_bytes: usize,
    /// The kernel has refused to make it larger.
    pub is_small: bool,
}

impl Channel {
    /// The output of a process, to be read.
    #[must_use]
    pub fn new(fd: OwnedFd, process: ProcessId, pid: Pid, stream: OutputChannel, hearing: Hearing) -> Self {
        Self { fd, process, pid, stream, hearing, paused: false, pipe_bytes: 0, is_small: false }
    }
}

/// A place for channels that gives each a small number.
#[derive(Debug, Default)]
pub struct Channels {
    slots: Vec<Option<Box<Channel>>>,
    free: Vec<u32>,
}

impl Channels {
    /// Puts a channel in and returns its number.
    pub fn insert(&mut self, channel: Channel) -> u32 {
        let channel = Box::new(channel);
        if let Some(slot) = self.free.pop() {
            self.slots[slot as usize] = Some(channel);
            return slot;
        }
        self.slots.push(Some(channel));
        u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
    }

    /// The channel of that number.
    #[must_use]
    pub fn get(&self, slot: u32) -> Option<&Channel> {
        self.slots.get(slot as usize)?.as_deref()
    }

    /// The channel of that number, to change.
    pub fn get_mut(&mut self, slot: u32) -> Option<&mut Channel> {
        self.slots.get_mut(slot as usize)?.as_deref_mut()
    }

    /// Takes a channel out.
    pub fn remove(&mut self, slot: u32) -> Option<Channel> {
        let channel = self.slots.get_mut(slot as usize)?.take()?;
        self.free.push(slot);
        Some(*channel)
    }
}

/// A child that does not read keeps at most this much waiting for it.
const STDIN_KEPT_BYTES_MAX: usize = 16 << 20;

/// Our end of a child's standard input.
#[derive(Debug)]
pub struct Stdin {
    /// Our end.
    pub fd: OwnedFd,
    kept: VecDeque<u8>,
}

/// What became of text for a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fed {
    /// It is all in the pipe.
    All,
    /// Some of it waits until the child reads.
    Pending,
    /// Nobody will read it, or too much waits already.
    Refused,
}

impl Stdin {
    /// A standard input with nothing in it.
    #[must_use]
    pub fn new(fd: OwnedFd) -> Self {
        Self { fd, kept: VecDeque::new() }
    }

    /// Writes `bytes`, keeping what the pipe has no room for.
    pub fn feed(&mut self, bytes: &[u8]) -> Fed {
        if self.kept.len() + bytes.len() > STDIN_KEPT_BYTES_MAX {
            return Fed::Refused;
        }
        if !self.kept.is_empty() {
            self.kept.extend(bytes);
            return self.flush();
        }
        match pipes::write(self.fd.as_fd(), bytes) {
            Ok(Write::Bytes(count)) if count == bytes.len() => Fed::All,
            Ok(Write::Bytes(count)) => {
                self.kept.extend(&bytes[count..]);
                self.flush()
            }
            Ok(Write::WouldBlock) => {
                self.kept.extend(bytes);
                Fed::Pending
            }
            Ok(Write::Closed) | Err(_) => Fed::Refused,
        }
    }

    /// Writes what was kept.
    pub fn flush(&mut self) -> Fed {
        while !self.kept.is_empty() {
            let (front, _) = self.kept.as_slices();
            match pipes::write(self.fd.as_fd(), front) {
                Ok(Write::Bytes(count)) => {
                    self.kept.drain(..count);
                }
                Ok(Write::WouldBlock) => return Fed::Pending,
                Ok(Write::Closed) | Err(_) => {
                    self.kept.clear();
                    return Fed::Refused;
                }
            }
        }
        Fed::All
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use supervisor_sys::pipes::{Ours, Read, pipe, read};

    #[test]
    fn text_waits_for_a_child_that_does_not_read_and_arrives_in_order() {
        let (reader, writer) = pipe(Ours::Write).unwrap();
        pipes::set_nonblocking(reader.as_fd()).unwrap();
        let mut stdin = Stdin::new(writer);
        let text: Vec<u8> = (0..200_000_u32).map(|number| (number % 251) as u8).collect();
        assert_eq!(stdin.feed(&text), Fed::Pending);
        let (mut seen, mut buffer) = (Vec::new(), [0; 4096]);
        while seen.len() < text.len() {
            match read(reader.as_fd(), &mut buffer).unwrap() {
                Read::Bytes(count) => seen.extend_from_slice(&buffer[..count]),
                Read::WouldBlock | Read::End => {
                    stdin.flush();
                }
            }
        }
        assert!(seen == text);
        drop(reader);
        assert_eq!(stdin.feed(b"x"), Fed::Refused);
    }

    #[test]
    fn numbers_of_channels_are_used_again() {
        let channel = || {
            let (fd, _) = pipe(Ours::Read).unwrap();
            Channel::new(fd, ProcessId(1), Pid(1), OutputChannel::Stdout, Hearing::default())
        };
        let mut channels = Channels::default();
        let first = channels.insert(channel());
        assert_eq!(channels.insert(channel()), 1);
        assert!(channels.remove(first).is_some());
        assert!(channels.get(first).is_none());
        assert_eq!(channels.insert(channel()), first);
    }
}
