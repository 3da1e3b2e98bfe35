//! What the engine keeps of each process beside what the core knows: its logs and its pipes.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use supervisor_core::event::OutputChannel;
use supervisor_core::process::ProcessId;
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
    /// It was looked once whether it leaves processes in the background.
    pub looked_for_background: bool,
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

impl Runtime {
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
    pub runtimes: BTreeMap<ProcessId, Box<Runtime>>,
    /// Every open channel.
    pub channels: Channels,
    /// The sockets of FastCGI groups, by the name of the group.
    pub sockets: BTreeMap<String, SharedSocket>,
}
