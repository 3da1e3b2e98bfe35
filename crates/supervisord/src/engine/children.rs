//! What the engine keeps of each process beside what the core knows: its logs and its pipes.

use std::collections::{BTreeMap, VecDeque};

use supervisor_core::process::ProcessId;
use supervisor_sys::spawn::Credentials;

use super::channel::{Channels, Stdin, Stream};
use crate::logs::output::Output;

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
    /// Standard input of the living process.
    pub stdin: Option<Stdin>,
    /// Numbers of the channels that somebody may still write to, oldest first.
    pub channels: VecDeque<u32>,
    /// The user it runs as, groups looked up.
    pub user: Option<Credentials>,
    /// Its group is gone; it is kept until the last channel is closed.
    pub forgotten: bool,
}

impl Runtime {
    /// The way out of one stream.
    pub fn output(&mut self, stream: Stream) -> &mut Output {
        match stream {
            Stream::Stdout => &mut self.stdout,
            Stream::Stderr => &mut self.stderr,
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
}
