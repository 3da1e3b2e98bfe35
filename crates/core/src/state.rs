//! The states of a process and of the supervisor, with the codes and names clients know them by.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The state of a process. Codes and names are Supervisor's, for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ProcessState {
    /// Not running: stopped by request, or never started.
    Stopped,
    /// Spawned (or about to be), not yet up for `startsecs`.
    Starting,
    /// Up for `startsecs`.
    Running,
    /// The start failed; another try follows.
    Backoff,
    /// Asked to end, not gone yet.
    Stopping,
    /// Ended by itself after having been RUNNING.
    Exited,
    /// Could not be started; no further try by itself.
    Fatal,
    /// The supervisor lost track of it.
    Unknown,
}

impl ProcessState {
    /// Every state, in the order of their codes.
    pub const ALL: [Self; 8] = [
        Self::Stopped,
        Self::Starting,
        Self::Running,
        Self::Backoff,
        Self::Stopping,
        Self::Exited,
        Self::Fatal,
        Self::Unknown,
    ];

    /// The number in `getProcessInfo`.
    #[must_use]
    pub fn code(self) -> i32 {
        match self {
            Self::Stopped => 0,
            Self::Starting => 10,
            Self::Running => 20,
            Self::Backoff => 30,
            Self::Stopping => 40,
            Self::Exited => 100,
            Self::Fatal => 200,
            Self::Unknown => 1000,
        }
    }

    /// The state of that code.
    #[must_use]
    pub fn from_code(code: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// The name in `getProcessInfo` and in events.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Stopped => "STOPPED",
            Self::Starting => "STARTING",
            Self::Running => "RUNNING",
            Self::Backoff => "BACKOFF",
            Self::Stopping => "STOPPING",
            Self::Exited => "EXITED",
            Self::Fatal => "FATAL",
            Self::Unknown => "UNKNOWN",
        }
    }

    /// STARTING, RUNNING, BACKOFF: a start is refused, a stop makes sense.
    #[must_use]
    pub fn is_running(self) -> bool {
        matches!(self, Self::Starting | Self::Running | Self::Backoff)
    }

    /// STOPPED, EXITED, FATAL, UNKNOWN: a stop has nothing to do, the group may be removed.
    #[must_use]
    pub fn is_stopped(self) -> bool {
        matches!(self, Self::Stopped | Self::Exited | Self::Fatal | Self::Unknown)
    }

    /// STARTING, RUNNING, STOPPING: there is somebody to signal.
    #[must_use]
    pub fn is_signallable(self) -> bool {
        matches!(self, Self::Starting | Self::Running | Self::Stopping)
    }
}

impl fmt::Display for ProcessState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The state of the supervisor itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SupervisorState {
    /// At work.
    Running,
    /// Stopping everything in order to start again.
    Restarting,
    /// Stopping everything for good.
    Shutdown,
}

impl SupervisorState {
    /// The number in `getState`.
    #[must_use]
    pub fn code(self) -> i32 {
        match self {
            Self::Running => 1,
            Self::Restarting => 0,
            Self::Shutdown => -1,
        }
    }

    /// The name in `getState`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Restarting => "RESTARTING",
            Self::Shutdown => "SHUTDOWN",
        }
    }
}
