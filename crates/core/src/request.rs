//! Requests whose answer must wait, and who waits for what.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::command::{BatchEntry, Fault, Reply, RequestId};
use crate::process::{Phase, Process, ProcessId};
use crate::state::ProcessState;

/// A request that has not been answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Waiting {
    /// A batch answers with a list, one process with its own outcome.
    pub(crate) batch: bool,
    /// `wait` as the client passed it.
    pub(crate) wait: bool,
    /// Processes without an outcome, with their names as faults show them.
    pub(crate) pending: BTreeMap<ProcessId, String>,
    /// Outcomes, in order of completion.
    pub(crate) done: Vec<BatchEntry>,
}

impl Waiting {
    pub(crate) fn new(batch: bool, wait: bool) -> Self {
        Self { batch, wait, pending: BTreeMap::new(), done: Vec::new() }
    }

    /// The answer, once every process has an outcome.
    pub(crate) fn into_reply(self) -> Reply {
        if self.batch {
            return Reply::Batch(self.done);
        }
        match self.done.into_iter().next().map(|entry| entry.outcome) {
            Some(Err(fault)) => Reply::Fault(fault),
            Some(Ok(())) | None => Reply::Done,
        }
    }
}

/// Somebody who waits for a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Waiter {
    pub(crate) request: RequestId,
    pub(crate) awaited: Awaited,
}

/// What a waiter waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Awaited {
    /// The outcome of the spawn.
    Spawned,
    /// RUNNING, or a failure.
    Running,
    /// The stop signal has been sent.
    StopSent,
    /// The end.
    Stopped,
    /// A client's signal has been sent.
    SignalSent,
}

impl Waiter {
    pub(crate) fn awaits_stop(self) -> bool {
        self.awaited == Awaited::Stopped
    }

    /// The outcome for this waiter now that the process is as it is, or `None` to go on waiting. `name` is how
    /// faults call the process; `starts_next` says that a start follows in the same turn.
    pub(crate) fn verdict(
        self,
        process: &Process,
        name: &str,
        starts_next: bool,
    ) -> Option<Result<(), Fault>> {
        match self.awaited {
            // Its end, which is near, is the outcome.
            // Differs: failed-exec-is-no-start
            Awaited::Spawned | Awaited::Running if process.in_vain && process.pid().is_some() => None,
            Awaited::Spawned => match process.phase() {
                Phase::Starting { pid: None, .. } => None,
                Phase::Starting { .. } | Phase::Running { .. } => Some(Ok(())),
                _ => Some(Err(failed_start(process, name))),
            },
            Awaited::Running => match process.phase() {
                Phase::Starting { .. } | Phase::Stopping { then_start: true, .. } => None,
                Phase::Running { .. } => Some(Ok(())),
                Phase::Stopped if starts_next => None,
                _ => Some(Err(failed_start(process, name))),
            },
            // A spawn that fails after the stop leaves nobody to send a signal to.
            Awaited::Stopped | Awaited::StopSent => match process.state() {
                ProcessState::Unknown => None,
                state => state.is_stopped().then_some(Ok(())),
            },
            Awaited::SignalSent => None,
        }
    }
}

fn failed_start(process: &Process, name: &str) -> Fault {
    if process.spawnerr().is_some() {
        Fault::SpawnError(name.to_owned())
    } else {
        Fault::AbnormalTermination(name.to_owned())
    }
}
