//! The typed configuration of groups and processes: what the parser makes of a `[program:x]`, and all
//! that the state machine needs to know about it.

mod listener;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use self::listener::{BufferOverflow, EventLength, ListenerSpec, ResultHandler};
use crate::signal::Signal;

/// A group of processes that is started, stopped, added and removed as one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupSpec {
    /// The name after the colon of its section.
    pub name: String,
    /// Groups with lower numbers start first and stop last.
    pub priority: i64,
    /// What the group is for.
    pub kind: GroupKind,
    /// Its processes, in the order in which they start by themselves.
    pub processes: Vec<Arc<ProcessSpec>>,
}

/// What a group is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GroupKind {
    /// `[program:x]` or `[group:x]`.
    Programs,
    /// `[eventlistener:x]`.
    EventListener(ListenerSpec),
    /// `[fcgi-program:x]`.
    FastCgi(SocketSpec),
}

/// The listening socket of an `[fcgi-program:x]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SocketSpec {
    /// Where it listens.
    pub address: SocketAddress,
    /// Owner of a Unix socket: user id and group id, `None` for unchanged.
    pub owner: (Option<u32>, Option<u32>),
    /// Mode of a Unix socket.
    pub mode: u32,
    /// Length of the accept queue; `None` is the system's maximum.
    pub backlog: Option<i32>,
}

/// Where a FastCGI socket listens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SocketAddress {
    /// `unix:///path`.
    Unix(String),
    /// `tcp://host:port`.
    Tcp {
        /// Host as written, lower case.
        host: String,
        /// Port number.
        port: u16,
    },
}

/// One process: one copy of a program.
///
/// The fields are the options of `[program:x]` in Supervisor's documentation, after expansion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessSpec {
    /// `process_name`, expanded.
    pub name: String,
    /// The command line, expanded, not yet split into words.
    pub command: String,
    /// Working directory, unchecked until the process is spawned.
    pub directory: Option<String>,
    /// The user it runs as.
    pub user: Option<User>,
    /// File mode creation mask; `None` inherits the daemon's.
    pub umask: Option<u32>,
    /// Lower numbers start first and stop last within the group.
    pub priority: i64,
    /// Start it when the daemon starts.
    pub autostart: bool,
    /// What to do when it ends by itself after having been RUNNING.
    pub autorestart: AutoRestart,
    /// Seconds it must stay up to count as started.
    pub startsecs: i64,
    /// How many times a failed start is tried again.
    pub startretries: i64,
    /// The signal that asks it to stop.
    pub stopsignal: Signal,
    /// Seconds between `stopsignal` and SIGKILL.
    pub stopwaitsecs: i64,
    /// Send `stopsignal` to the whole process group.
    pub stopasgroup: bool,
    /// Send SIGKILL to the whole process group.
    pub killasgroup: bool,
    /// Exit codes that are expected, in the order written.
    pub exitcodes: Vec<i32>,
    /// Standard error goes where standard output goes.
    pub redirect_stderr: bool,
    /// Where standard output goes.
    pub stdout: ChannelSpec,
    /// Where standard error goes.
    pub stderr: ChannelSpec,
    /// `[supervisord] environment` overridden by the program's own, in the order of definition.
    pub environment: Vec<(String, String)>,
    /// `SUPERVISOR_SERVER_URL` for this process; `None` means the daemon's own.
    pub serverurl: Option<String>,
    /// Start it with SIGPIPE and SIGXFSZ ignored, as the reference does. An option of ours (`ignore_sigpipe`).
    pub ignore_sigpipe: bool,
}

impl ProcessSpec {
    /// A program with every option at its default, except that it logs nowhere.
    #[must_use]
    pub fn new(name: &str, command: &str) -> Self {
        Self {
            name: name.to_owned(),
            command: command.to_owned(),
            directory: None,
            user: None,
            umask: None,
            priority: 999,
            autostart: true,
            autorestart: AutoRestart::Unexpected,
            startsecs: 1,
            startretries: 3,
            stopsignal: Signal::TERM,
            stopwaitsecs: 10,
            stopasgroup: false,
            killasgroup: false,
            exitcodes: vec![0],
            redirect_stderr: false,
            stdout: ChannelSpec::nowhere(),
            stderr: ChannelSpec::nowhere(),
            environment: Vec::new(),
            serverurl: None,
            ignore_sigpipe: true,
        }
    }
}

/// A user that a process runs as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// User id.
    pub uid: u32,
    /// The name as found in the user database.
    pub name: String,
    /// Primary group.
    pub gid: u32,
}

/// `autorestart`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AutoRestart {
    /// Never.
    False,
    /// When the exit code is not one of `exitcodes`, or a signal ended it.
    Unexpected,
    /// Always.
    True,
}

/// What happens to the bytes of one output channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelSpec {
    /// The log file.
    pub logfile: LogTarget,
    /// Rotate at this many bytes; 0 never.
    pub maxbytes: i64,
    /// How many rotated files are kept.
    pub backups: i64,
    /// Size of the capture buffer in bytes; 0 turns capture off.
    pub capture_maxbytes: i64,
    /// Emit a PROCESS_LOG event for what is read.
    pub events_enabled: bool,
    /// Send each line to syslog too.
    pub syslog: bool,
}

impl ChannelSpec {
    /// Read and dropped; everything else is at its default.
    #[must_use]
    pub fn nowhere() -> Self {
        Self {
            logfile: LogTarget::None,
            maxbytes: 50 << 20,
            backups: 10,
            capture_maxbytes: 0,
            events_enabled: false,
            syslog: false,
        }
    }
}

/// Where a channel's log goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LogTarget {
    /// `NONE`: read and dropped.
    None,
    /// `AUTO`: a file with a made-up name in `childlogdir`.
    Auto,
    /// A path, relative ones to the daemon's working directory.
    File(String),
}
