//! One process and its states.
//!
//! # The states
//!
//! A process is where it is because of the last thing that happened to it, so its data live in the
//! [`Phase`] and nowhere else: a pid exists only in a phase in which there is somebody to signal, a
//! deadline only in a phase that waits for one. Impossible mixes cannot be written down.
//!
//! ```text
//!              start               up for startsecs
//!   STOPPED ----------> STARTING --------------------> RUNNING
//!      ^                 |   ^  \                      |  |  \
//!      |       exit or   |   |   \ stop           stop |  |   \ exit
//!      |    spawn failed v   |    v                    v  |    v
//!      |<------------- BACKOFF   STOPPING <------------+  |  EXITED --> STARTING
//!      |    stop         |          |  exit               |    (autorestart)
//!      |<----------------)----------+                     |
//!                        v  retries used up               |
//!                      FATAL                       UNKNOWN: a signal could not be sent
//! ```
//!
//! *STARTING* comes in two halves. First the spawn has been asked for and there is no pid yet; its outcome
//! is an input like any other. Then the process is alive and must stay so for `startsecs`. Dying earlier is a
//! failed start whatever the exit code says: `autorestart` and `exitcodes` speak only of a process that has
//! been RUNNING. A program with `startsecs=0` is RUNNING as soon as it is spawned.
//!
//! *BACKOFF* waits as many seconds as starts have failed in a row, then tries again; when more than
//! `startretries` have failed, the process is *FATAL* and stays so until somebody starts it.
//!
//! A machine that has no room for a process leads to BACKOFF, too, but does not count: it is asked again until it has.
//!
//! *STOPPING* has sent `stopsignal` and sends SIGKILL every `stopwaitsecs` until the process is reaped. However
//! it ends then, it is *STOPPED* and does not come back by itself. Somebody may ask for a start meanwhile; it
//! follows the end.
//!
//! *EXITED* may carry a deadline: a program that dies again and again within a second of its start is not
//! restarted faster than the [brake](Brake) allows.
//!
//! *UNKNOWN* means that the system refused to deliver a signal. The pid is kept, and a later exit is accepted.
//!
//! Every function in [`life`] and [`stop`] is a `match` over all phases without a catch-all arm: a new phase or a
//! forgotten pair does not compile.

mod life;
mod stop;

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::brake::Brake;
use crate::event::{Event, StateDetail};
use crate::request::Waiter;
use crate::spec::ProcessSpec;
use crate::state::ProcessState;
use crate::time::{Moment, Monotonic, WallSeconds};
use crate::turn::Turn;

/// Identifies a process for as long as its group is at work; never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ProcessId(pub u64);

/// A process id of the operating system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Pid(pub i32);

impl fmt::Display for Pid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where a process is in its life, with what belongs to that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// Not running, by request or because it never ran.
    Stopped,
    /// A start is under way.
    Starting {
        /// `None` until the spawn has an outcome.
        pid: Option<Pid>,
        /// When it counts as up.
        up_at: Monotonic,
    },
    /// Up.
    Running {
        /// Its pid.
        pid: Pid,
    },
    /// The start failed.
    Backoff {
        /// When the next try is due; `None` while the supervisor stops.
        retry_at: Option<Monotonic>,
    },
    /// Asked to end.
    Stopping {
        /// `None` until the spawn it interrupted has an outcome.
        pid: Option<Pid>,
        /// When SIGKILL is due.
        kill_at: Monotonic,
        /// When the log mentions again that somebody waits.
        report_at: Option<Monotonic>,
        /// Start it again when it has ended.
        then_start: bool,
    },
    /// Ended by itself.
    Exited {
        /// When it is due to be restarted, if it is and may not be at once.
        restart_at: Option<Monotonic>,
    },
    /// Given up.
    Fatal,
    /// Could not be signalled.
    Unknown {
        /// Its pid if it may still be alive.
        pid: Option<Pid>,
    },
}

/// What the end of a process calls for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AfterExit {
    Nothing,
    /// `autorestart` says so; the run lasted so long.
    Restart,
    /// Somebody asked for a start while it was stopping.
    Start,
}

/// One process.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Process {
    pub(crate) id: ProcessId,
    /// Its name, as events share it.
    pub(crate) name: Arc<str>,
    pub(crate) group_name: Arc<str>,
    pub(crate) spec: Arc<ProcessSpec>,
    phase: Phase,
    /// Failed starts in a row.
    failures: u32,
    /// How often in a row the machine had no room for it.
    #[serde(default)]
    refusals: u32,
    started: Option<Moment>,
    ended: Option<WallSeconds>,
    exitstatus: Option<i32>,
    spawnerr: Option<String>,
    brake: Brake,
    /// Who waits for this process.
    pub(crate) waiters: Vec<Waiter>,
    /// The supervisor's revision when something about it may last have changed.
    pub(crate) revision: u64,
    /// The deadline under which the supervisor has filed this process.
    pub(crate) filed_deadline: Option<Monotonic>,
}

impl Process {
    pub(crate) fn new(id: ProcessId, group_name: Arc<str>, spec: Arc<ProcessSpec>) -> Self {
        Self {
            id,
            name: Arc::from(spec.name.as_str()),
            group_name,
            spec,
            phase: Phase::Stopped,
            failures: 0,
            refusals: 0,
            started: None,
            ended: None,
            exitstatus: None,
            spawnerr: None,
            brake: Brake::default(),
            waiters: Vec::new(),
            revision: 0,
            filed_deadline: None,
        }
    }

    /// Its identity.
    #[must_use]
    pub fn id(&self) -> ProcessId {
        self.id
    }

    /// The name of its group.
    #[must_use]
    pub fn group_name(&self) -> &str {
        &self.group_name
    }

    /// Its configuration.
    #[must_use]
    pub fn spec(&self) -> &Arc<ProcessSpec> {
        &self.spec
    }

    /// Where it is in its life.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Its state as clients know it.
    #[must_use]
    pub fn state(&self) -> ProcessState {
        match self.phase {
            Phase::Stopped => ProcessState::Stopped,
            Phase::Starting { .. } => ProcessState::Starting,
            Phase::Running { .. } => ProcessState::Running,
            Phase::Backoff { .. } => ProcessState::Backoff,
            Phase::Stopping { .. } => ProcessState::Stopping,
            Phase::Exited { .. } => ProcessState::Exited,
            Phase::Fatal => ProcessState::Fatal,
            Phase::Unknown { .. } => ProcessState::Unknown,
        }
    }

    /// Its pid while there is somebody to signal or to reap.
    #[must_use]
    pub fn pid(&self) -> Option<Pid> {
        match self.phase {
            Phase::Starting { pid, .. } | Phase::Stopping { pid, .. } | Phase::Unknown { pid } => pid,
            Phase::Running { pid } => Some(pid),
            Phase::Stopped | Phase::Backoff { .. } | Phase::Exited { .. } | Phase::Fatal => None,
        }
    }

    /// When it was last started.
    #[must_use]
    pub fn started(&self) -> Option<Moment> {
        self.started
    }

    /// When it last ended.
    #[must_use]
    pub fn ended(&self) -> Option<WallSeconds> {
        self.ended
    }

    /// The exit code of its last run, -1 for a signal; none after a start that failed.
    #[must_use]
    pub fn exitstatus(&self) -> Option<i32> {
        self.exitstatus
    }

    /// Why its last start or run failed.
    #[must_use]
    pub fn spawnerr(&self) -> Option<&str> {
        self.spawnerr.as_deref()
    }

    /// Failed starts in a row.
    #[must_use]
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// Rises whenever something about it that readers can see may have changed.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// When something is to happen to it if nothing else does.
    pub(crate) fn deadline(&self) -> Option<Monotonic> {
        match self.phase {
            Phase::Starting { pid: Some(_), up_at } => Some(up_at),
            Phase::Backoff { retry_at } => retry_at,
            Phase::Stopping { pid: Some(_), kill_at, report_at, .. } => {
                Some(report_at.map_or(kill_at, |report_at| report_at.min(kill_at)))
            }
            Phase::Exited { restart_at } => restart_at,
            Phase::Stopped
            | Phase::Starting { pid: None, .. }
            | Phase::Stopping { pid: None, .. }
            | Phase::Running { .. }
            | Phase::Fatal
            | Phase::Unknown { .. } => None,
        }
    }

    /// Changes the phase and tells the listeners.
    fn enter(&mut self, phase: Phase, to: StateDetail, turn: &mut Turn<'_>) {
        let from = self.state();
        self.phase = phase;
        turn.emit(Event::ProcessState {
            name: Arc::clone(&self.name),
            group: Arc::clone(&self.group_name),
            from,
            to,
        });
    }
}
