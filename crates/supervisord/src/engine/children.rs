//! What the engine keeps of each process beside what the core knows: its logs and its pipes.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use supervisor_core::capture::Capture;
use supervisor_core::event::OutputChannel;
use supervisor_core::process::ProcessId;
use supervisor_core::spec::ChannelSpec;
use supervisor_sys::spawn::Credentials;

use super::channel::{Channels, Stdin};
use super::fastcgi::SharedSocket;
use crate::logs::output::Output;
use crate::view::ProcessView;

/// Pipes that descendants of dead processes still hold: at most so many for each process.
pub const LINGERING_CHANNELS_MAX: usize = 16;

/// One process's logs and pipes.
#[derive(Debug)]
pub struct Runtime {
    /// Its name, for messages.
    pub name: String,
    /// Where standard output goes.
    pub stdout: Output,
    /// Where standard error goes.
    pub stderr: Output,
    /// What is made of the two outputs beside logs.
    pub events: [OutputEvents; 2],
    /// Standard input of the living process.
    pub stdin: Option<Stdin>,
    /// The group whose FastCGI socket it gets as standard input, and whether it has it at the moment.
    pub fastcgi: Option<FastCgiUse>,
    /// How often it was started.
    pub starts: u64,
    /// Numbers of the channels that somebody may still write to, oldest first.
    pub channels: VecDeque<u32>,
    /// The user it runs as, groups looked up.
    pub user: Option<Credentials>,
    /// The last picture of it that was drawn for readers, and the revision that it shows.
    pub picture: Option<(u64, Arc<ProcessView>)>,
    /// Its group is gone; it is kept until the last channel is closed.
    pub forgotten: bool,
}

/// How a process stands to the socket of its group.
#[derive(Debug)]
pub struct FastCgiUse {
    /// The group that the socket belongs to.
    pub group: String,
    /// It has the socket.
    pub holds: bool,
}

/// What is made of one output beside a log.
#[derive(Debug, Default)]
pub struct OutputEvents {
    /// Every piece is an event.
    pub enabled: bool,
    /// Text between tokens is an event instead of a log.
    pub capture: Option<Capture>,
    /// The beginning of a character whose end has not been read.
    pub begun_character: Vec<u8>,
}

impl OutputEvents {
    /// For a channel with these options.
    #[must_use]
    pub fn new(channel: &ChannelSpec) -> Self {
        let maxbytes = usize::try_from(channel.capture_maxbytes).unwrap_or(0);
        Self {
            enabled: channel.events_enabled,
            capture: (maxbytes > 0).then(|| Capture::new(maxbytes)),
            begun_character: Vec::new(),
        }
    }

    /// Whole characters of what was written: the beginning of one waits for its end.
    // Differs: characters-are-not-cut
    pub fn whole_characters(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut text = std::mem::take(&mut self.begun_character);
        text.extend_from_slice(bytes);
        if let Err(error) = std::str::from_utf8(&text)
            && error.error_len().is_none()
        {
            self.begun_character = text.split_off(error.valid_up_to());
        }
        text
    }
}

impl Runtime {
    /// What is made of one stream beside a log.
    pub fn events(&mut self, stream: OutputChannel) -> &mut OutputEvents {
        match stream {
            OutputChannel::Stdout => &mut self.events[0],
            OutputChannel::Stderr => &mut self.events[1],
        }
    }

    /// The way out of one stream.
    pub fn output(&mut self, stream: OutputChannel) -> &mut Output {
        match stream {
            OutputChannel::Stdout => &mut self.stdout,
            OutputChannel::Stderr => &mut self.stderr,
        }
    }
}

/// All processes.
#[derive(Debug, Default)]
pub struct Children {
    /// By identity.
    pub runtimes: BTreeMap<ProcessId, Runtime>,
    /// Every open channel.
    pub channels: Channels,
    /// The sockets of FastCGI groups, by the name of the group.
    pub sockets: BTreeMap<String, SharedSocket>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_that_is_cut_waits_for_its_end_and_garbage_does_not() {
        let mut events = OutputEvents::default();
        assert_eq!(events.whole_characters(b"a\xc3"), b"a");
        assert_eq!(events.whole_characters(b"\xa4b"), "\u{e4}b".as_bytes());
        assert_eq!(events.whole_characters(b"\xff"), b"\xff");
    }
}
