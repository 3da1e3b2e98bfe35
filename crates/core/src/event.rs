//! What event listeners are told.

use serde::{Deserialize, Serialize};

use crate::process::Pid;
use crate::state::ProcessState;

/// One event, its values fixed when it happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A process changed its state.
    ProcessState {
        /// The process.
        name: String,
        /// Its group.
        group: String,
        /// The state it left.
        from: ProcessState,
        /// The state it is in, with what comes with it.
        to: StateDetail,
    },
    /// A group was put to work.
    ProcessGroupAdded(String),
    /// A group was taken away.
    ProcessGroupRemoved(String),
    /// The supervisor is at work.
    SupervisorRunning,
    /// The supervisor begins to stop.
    SupervisorStopping,
    /// A client sent this.
    RemoteCommunication {
        /// As passed.
        kind: String,
        /// As passed.
        data: String,
    },
}

/// A state with what its event carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StateDetail {
    /// Failed starts before this one.
    Starting(u32),
    /// The pid.
    Running(Pid),
    /// Failed starts, this one included.
    Backoff(u32),
    /// The pid.
    Stopping(Pid),
    /// Whether it was expected, and the pid it had.
    Exited(bool, Pid),
    /// The pid it had, 0 if none.
    Stopped(Pid),
    /// Nothing more.
    Fatal,
    /// Nothing more.
    Unknown,
}

impl StateDetail {
    fn state(self) -> ProcessState {
        match self {
            Self::Starting(_) => ProcessState::Starting,
            Self::Running(_) => ProcessState::Running,
            Self::Backoff(_) => ProcessState::Backoff,
            Self::Stopping(_) => ProcessState::Stopping,
            Self::Exited(..) => ProcessState::Exited,
            Self::Stopped(_) => ProcessState::Stopped,
            Self::Fatal => ProcessState::Fatal,
            Self::Unknown => ProcessState::Unknown,
        }
    }

    fn extra(self) -> String {
        match self {
            Self::Starting(tries) | Self::Backoff(tries) => format!(" tries:{tries}"),
            Self::Running(pid) | Self::Stopping(pid) | Self::Stopped(pid) => format!(" pid:{pid}"),
            Self::Exited(expected, pid) => format!(" expected:{} pid:{pid}", u8::from(expected)),
            Self::Fatal | Self::Unknown => String::new(),
        }
    }
}

impl Event {
    /// The type name, as listeners subscribe to it.
    #[must_use]
    pub fn type_name(&self) -> String {
        match self {
            Self::ProcessState { to, .. } => format!("PROCESS_STATE_{}", to.state()),
            Self::ProcessGroupAdded(_) => "PROCESS_GROUP_ADDED".to_owned(),
            Self::ProcessGroupRemoved(_) => "PROCESS_GROUP_REMOVED".to_owned(),
            Self::SupervisorRunning => "SUPERVISOR_STATE_CHANGE_RUNNING".to_owned(),
            Self::SupervisorStopping => "SUPERVISOR_STATE_CHANGE_STOPPING".to_owned(),
            Self::RemoteCommunication { .. } => "REMOTE_COMMUNICATION".to_owned(),
        }
    }

    /// What follows the header line.
    #[must_use]
    pub fn payload(&self) -> String {
        match self {
            Self::ProcessState { name, group, from, to } => {
                format!("processname:{name} groupname:{group} from_state:{from}{}", to.extra())
            }
            Self::ProcessGroupAdded(group) | Self::ProcessGroupRemoved(group) => {
                format!("groupname:{group}\n")
            }
            Self::SupervisorRunning | Self::SupervisorStopping => String::new(),
            Self::RemoteCommunication { kind, data } => format!("type:{kind}\n{data}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_event_carries_what_the_protocol_says() {
        let event = Event::ProcessState {
            name: "p".into(),
            group: "g".into(),
            from: ProcessState::Running,
            to: StateDetail::Exited(false, Pid(7)),
        };
        assert_eq!(event.type_name(), "PROCESS_STATE_EXITED");
        assert_eq!(event.payload(), "processname:p groupname:g from_state:RUNNING expected:0 pid:7");
    }

    #[test]
    fn a_group_event_ends_with_a_newline() {
        assert_eq!(Event::ProcessGroupAdded("g".into()).payload(), "groupname:g\n");
    }
}
