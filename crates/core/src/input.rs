//! What happens to the supervisor.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::command::{Command, Fault, RequestId};
use crate::effect::ReadPurpose;
use crate::event::OutputChannel;
use crate::process::{Pid, ProcessId};
use crate::signal::{Signal, signal_name};
use crate::spec::{GroupSpec, ProcessSpec};
use crate::subscription::Subscriptions;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Input {
    /// The configuration was read for the first time: these groups are at work.
    Configured(Vec<GroupSpec>),
    /// The daemon is ready: programs that start by themselves may start.
    Started,
    /// Somebody watches events of these types, beside the listeners; nobody watches any others.
    Watched(Subscriptions),
    /// Nothing but time: a deadline may have passed. Every other input implies it.
    TimePassed,
    /// A client asks.
    Request(RequestId, Command),
    /// The daemon received a signal.
    SignalReceived(Signal),
    /// The outcome of `Check`.
    Checked(RequestId, ProcessId, Result<(), Fault>),
    /// The process was forked.
    Spawned(ProcessId, Pid),
    /// The process was forked but could not become its program, and ends at once: nobody is told that it has started.
    SpawnedInVain(ProcessId, Pid),
    /// The process could not be forked; the text says why.
    SpawnFailed(ProcessId, String),
    /// The process could not be forked because the machine has no room for it at present; the text says of what.
    SpawnRefused(ProcessId, String),
    /// A child was reaped, all it wrote having been read.
    Exited(Pid, ExitStatus),
    /// What was started under that process id as a listener has written to its standard output.
    ListenerHeard(ProcessId, Pid, Vec<u8>),
    /// An event could not be delivered: nobody reads the listener's standard input.
    DeliveryFailed(ProcessId),
    /// Something that has events on was written to the pipe of the process of that id, which may have ended since.
    OutputRead(ProcessId, Pid, OutputChannel, Vec<u8>),
    /// Something was written between capture tokens to the pipe of the process of that id, which may have ended since.
    Captured(ProcessId, Pid, OutputChannel, Vec<u8>),
    /// The outcome of `Signal`.
    Signalled(ProcessId, SignalPurpose, Result<(), SignalError>),
    /// The outcome of `ClearLogs`.
    LogsCleared(RequestId, ProcessId, Result<(), String>),
    /// The outcome of `ClearMainLog`.
    MainLogCleared(RequestId, Result<(), Fault>),
    /// The outcome of `WriteStdin`; `false` when nobody reads it.
    StdinWritten(RequestId, ProcessId, bool),
    /// The outcome of `ReadProgram`: the group to join, and its processes or what is wrong with the program.
    ProgramRead(RequestId, String, Result<Vec<Arc<ProcessSpec>>, String>),
    /// The outcome of `ReadConfiguration`; the text is the fault in the file.
    ConfigurationRead(ReadPurpose, Result<Vec<GroupSpec>, String>),
}

/// What a signal was sent for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SignalPurpose {
    /// To stop the process.
    Stop,
    /// To end it after `stopwaitsecs`.
    Kill,
    /// Because a client asked.
    Request(RequestId),
}

/// Why a signal was not delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SignalError {
    /// The process is a zombie or gone; its exit will be reported.
    NoSuchProcess,
    /// Anything else, in the system's words.
    Other(String),
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ExitStatus {
    /// With this code.
    Code(i32),
    /// By a signal.
    Signal {
        /// Its number.
        number: i32,
        /// A core was dumped.
        core_dumped: bool,
    },
}

impl ExitStatus {
    /// The code as clients see it: -1 for death by a signal.
    #[must_use]
    pub fn code(self) -> i32 {
        match self {
            Self::Code(code) => code,
            Self::Signal { .. } => -1,
        }
    }
}

impl std::fmt::Display for ExitStatus {
    /// `exit status 1`, `terminated by SIGKILL`, `terminated by SIGSEGV (core dumped)`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Code(code) => write!(f, "exit status {code}"),
            Self::Signal { number, core_dumped } => {
                write!(f, "terminated by {}", signal_name(*number))?;
                if *core_dumped { f.write_str(" (core dumped)") } else { Ok(()) }
            }
        }
    }
}
