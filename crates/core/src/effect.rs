//! What the core wants done. The shell obeys in order; an outcome comes back as an [`Input`](crate::input::Input),
//! after every effect of the same call has been obeyed: an outcome told sooner would overtake the events and
//! answers behind it.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::command::{AddedProgram, Reply, RequestId};
use crate::event::{Envelope, Event};
use crate::input::SignalPurpose;
use crate::process::{Pid, ProcessId};
use crate::signal::Signal;
use crate::verdict::Printed;

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Effect {
    /// Write a line to the main log.
    Log(Level, String),
    /// It happened, and somebody watches. Listeners are told by `Deliver`.
    Emit {
        /// Its number among all events of the daemon.
        serial: u64,
        /// What happened.
        event: Arc<Event>,
    },
    /// Send an event to a listener. Comes back as `DeliveryFailed` when nobody reads it.
    Deliver(ProcessId, Envelope),
    /// Print on the daemon's own output what a listener gave back.
    Print(Printed),
    /// Write to the standard input of a process what a listener has for it.
    Feed(ProcessId, String),
    /// Answer a request.
    Reply(RequestId, Reply),
    /// Make ready for new processes, those of a new group or of one at work: made-up log names, sockets.
    PrepareGroup(Vec<ProcessId>),
    /// These processes are gone, alone or with their group: forget their logs and sockets.
    ForgetGroup(Vec<ProcessId>),
    /// See whether the process's command could be executed. Comes back as `Checked`.
    Check(RequestId, ProcessId),
    /// Start the process. Comes back as `Spawned`, `SpawnFailed` or `SpawnRefused`, before any other input about it.
    Spawn(ProcessId),
    /// Send a signal. Comes back as `Signalled`.
    Signal {
        /// Whom.
        process: ProcessId,
        /// Its pid, which has not been reaped.
        pid: Pid,
        /// To its whole process group.
        group: bool,
        /// Which signal.
        signal: Signal,
        /// What for.
        purpose: SignalPurpose,
    },
    /// Empty the log files of the process. Comes back as `LogsCleared`.
    ClearLogs(RequestId, ProcessId),
    /// Empty the main log. Comes back as `MainLogCleared`.
    ClearMainLog(RequestId),
    /// Write to the process's standard input. Comes back as `StdinWritten`.
    WriteStdin(RequestId, ProcessId, String),
    /// Close and open again the main log and every open child log.
    ReopenLogs,
    /// Make processes of a program that a client adds. Comes back as `ProgramRead`.
    ReadProgram(RequestId, AddedProgram),
    /// Read the configuration. Comes back as `ConfigurationRead`.
    ReadConfiguration(ReadPurpose),
    /// Everything has stopped; the daemon ends or starts anew.
    Finish(Outcome),
}

/// Why the configuration is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReadPurpose {
    /// To say what changed.
    Reread(RequestId),
    /// To see that a restart would find it sound, before anything is stopped.
    Restart(Option<RequestId>),
}

/// How the supervisor ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// For good.
    Shutdown,
    /// To start anew in the same process.
    Restart,
}

/// How much a log line matters. The codes are what a log line shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Level {
    /// Everything, at any price.
    Blather,
    /// Each request.
    Trace,
    /// What a developer looks for.
    Debug,
    /// What an operator looks for.
    Info,
    /// Something unexpected.
    Warn,
    /// Something failed.
    Error,
    /// Something failed that the operator must see.
    Critical,
}

impl Level {
    /// Every level, from the least to the most important.
    pub const ALL: [Self; 7] =
        [Self::Blather, Self::Trace, Self::Debug, Self::Info, Self::Warn, Self::Error, Self::Critical];

    /// Four letters, as in a log line.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Blather => "BLAT",
            Self::Trace => "TRAC",
            Self::Debug => "DEBG",
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERRO",
            Self::Critical => "CRIT",
        }
    }

    /// Its word in a `loglevel` option.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Blather => "blather",
            Self::Trace => "trace",
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
            Self::Critical => "critical",
        }
    }

    /// The level of a `loglevel` option, any case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        Self::ALL.into_iter().find(|level| level.name() == name)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
