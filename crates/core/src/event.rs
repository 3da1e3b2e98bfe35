//! What event listeners are told.

use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::process::Pid;
use crate::spec::EventLength;
use crate::state::ProcessState;

/// One event, its values fixed when it happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A process changed its state.
    ProcessState {
        /// The process.
        name: Arc<str>,
        /// Its group.
        group: Arc<str>,
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
    /// A process wrote this, and its events for that channel are on.
    ProcessLog(Written),
    /// A process wrote this between capture tokens.
    ProcessCommunication(Written),
    /// Another slice of the wall clock's time has begun.
    Tick {
        /// How long the slices are.
        period: Period,
        /// The second at which the slice began.
        when: i64,
    },
    /// A client sent this.
    RemoteCommunication {
        /// As passed.
        kind: String,
        /// As passed.
        data: String,
    },
}

/// Something that a process wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// The process.
    pub name: Arc<str>,
    /// Its group.
    pub group: Arc<str>,
    /// Its pid.
    pub pid: Pid,
    /// Where it wrote.
    pub channel: OutputChannel,
    /// What it wrote.
    pub data: Vec<u8>,
}

/// One of the two outputs of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OutputChannel {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

impl OutputChannel {
    /// Its name in payloads and messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
        }
    }
}

/// The length of a slice of time that has events of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Period {
    /// Five seconds.
    Seconds5,
    /// A minute.
    Seconds60,
    /// An hour.
    Seconds3600,
}

impl Period {
    /// In the order in which the events of a common boundary are sent.
    pub const ALL: [Self; 3] = [Self::Seconds5, Self::Seconds60, Self::Seconds3600];

    /// Its length.
    #[must_use]
    pub fn seconds(self) -> i64 {
        match self {
            Self::Seconds5 => 5,
            Self::Seconds60 => 60,
            Self::Seconds3600 => 3600,
        }
    }

    /// The type of its events.
    #[must_use]
    pub fn type_name(self) -> &'static str {
        match self {
            Self::Seconds5 => "TICK_5",
            Self::Seconds60 => "TICK_60",
            Self::Seconds3600 => "TICK_3600",
        }
    }
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
    fn type_name(self) -> &'static str {
        match self {
            Self::Starting(_) => "PROCESS_STATE_STARTING",
            Self::Running(_) => "PROCESS_STATE_RUNNING",
            Self::Backoff(_) => "PROCESS_STATE_BACKOFF",
            Self::Stopping(_) => "PROCESS_STATE_STOPPING",
            Self::Exited(..) => "PROCESS_STATE_EXITED",
            Self::Stopped(_) => "PROCESS_STATE_STOPPED",
            Self::Fatal => "PROCESS_STATE_FATAL",
            Self::Unknown => "PROCESS_STATE_UNKNOWN",
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
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::ProcessState { to, .. } => to.type_name(),
            Self::ProcessGroupAdded(_) => "PROCESS_GROUP_ADDED",
            Self::ProcessGroupRemoved(_) => "PROCESS_GROUP_REMOVED",
            Self::SupervisorRunning => "SUPERVISOR_STATE_CHANGE_RUNNING",
            Self::SupervisorStopping => "SUPERVISOR_STATE_CHANGE_STOPPING",
            Self::ProcessLog(written) => match written.channel {
                OutputChannel::Stdout => "PROCESS_LOG_STDOUT",
                OutputChannel::Stderr => "PROCESS_LOG_STDERR",
            },
            Self::ProcessCommunication(written) => match written.channel {
                OutputChannel::Stdout => "PROCESS_COMMUNICATION_STDOUT",
                OutputChannel::Stderr => "PROCESS_COMMUNICATION_STDERR",
            },
            Self::Tick { period, .. } => period.type_name(),
            Self::RemoteCommunication { .. } => "REMOTE_COMMUNICATION",
        }
    }

    /// The group that it is about, and the process if it is about one.
    #[must_use]
    pub fn subject(&self) -> Option<(&str, Option<&str>)> {
        match self {
            Self::ProcessState { name, group, .. }
            | Self::ProcessLog(Written { name, group, .. })
            | Self::ProcessCommunication(Written { name, group, .. }) => Some((group, Some(name))),
            Self::ProcessGroupAdded(group) | Self::ProcessGroupRemoved(group) => Some((group, None)),
            Self::SupervisorRunning
            | Self::SupervisorStopping
            | Self::Tick { .. }
            | Self::RemoteCommunication { .. } => None,
        }
    }

    /// What follows the header line.
    #[must_use]
    pub fn payload(&self) -> String {
        let mut payload = String::with_capacity(PAYLOAD_BYTES);
        // Writing to a String cannot fail.
        let _ = self.write_payload(&mut payload);
        payload
    }

    fn write_payload(&self, to: &mut String) -> fmt::Result {
        match self {
            Self::ProcessState { name, group, from, to: detail } => {
                write!(to, "processname:{name} groupname:{group} from_state:{from}{}", detail.extra())
            }
            Self::ProcessGroupAdded(group) | Self::ProcessGroupRemoved(group) => {
                writeln!(to, "groupname:{group}")
            }
            Self::SupervisorRunning | Self::SupervisorStopping => Ok(()),
            Self::ProcessLog(Written { name, group, pid, channel, data }) => {
                let channel = channel.name();
                writeln!(to, "processname:{name} groupname:{group} pid:{pid} channel:{channel}")?;
                to.write_str(&text_of(data))
            }
            Self::ProcessCommunication(Written { name, group, pid, data, .. }) => {
                writeln!(to, "processname:{name} groupname:{group} pid:{pid}")?;
                to.write_str(&text_of(data))
            }
            Self::Tick { when, .. } => write!(to, "when:{when}"),
            Self::RemoteCommunication { kind, data } => write!(to, "type:{kind}\n{data}"),
        }
    }
}

/// Text as it is, and anything else as Python shows bytes.
#[must_use]
pub fn text_of(data: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(data)
        .map_or_else(|_| format!("Undecodable: {}", bytes_literal(data)).into(), Cow::Borrowed)
}

/// Bytes as Python shows them: `b'READY\n'`.
#[must_use]
pub fn bytes_literal(data: &[u8]) -> String {
    let quote = if data.contains(&b'\'') && !data.contains(&b'"') { '"' } else { '\'' };
    let mut shown = format!("b{quote}");
    for &byte in data {
        match byte {
            b'\n' => shown.push_str("\\n"),
            b'\r' => shown.push_str("\\r"),
            b'\t' => shown.push_str("\\t"),
            b'\\' => shown.push_str("\\\\"),
            byte if char::from(byte) == quote => {
                shown.push('\\');
                shown.push(quote);
            }
            b' '..=b'~' => shown.push(char::from(byte)),
            byte => shown.push_str(&format!("\\x{byte:02x}")),
        }
    }
    shown.push(quote);
    shown
}

/// Room for the payload of most events, and for the header of most.
const PAYLOAD_BYTES: usize = 256;

/// An event on its way to a listener.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// Its number among all events of the daemon.
    pub serial: u64,
    /// The pool of the listener.
    pub pool: Arc<str>,
    /// Its number among the events of the pool.
    pub poolserial: u64,
    /// What happened.
    pub event: Arc<Event>,
    /// What the length counts.
    pub length: EventLength,
}

impl Envelope {
    /// As a listener reads it: a line of tokens, and the payload, whose length is counted in characters or bytes.
    // Compat: event-length-in-characters
    #[must_use]
    pub fn render(&self, identifier: &str) -> String {
        let Self { serial, pool, poolserial, event, length } = self;
        let payload = event.payload();
        let length = match length {
            EventLength::Characters => payload.chars().count(),
            EventLength::Bytes => payload.len(),
        };
        let mut text = String::with_capacity(PAYLOAD_BYTES + payload.len());
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "ver:3.0 server:{identifier} serial:{serial} pool:{pool} poolserial:{poolserial} eventname:{} \
             len:{length}",
            event.type_name()
        );
        text.push_str(&payload);
        text
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

    fn written(data: &[u8]) -> Written {
        let channel = OutputChannel::Stdout;
        Written { name: "p".into(), group: "g".into(), pid: Pid(7), channel, data: data.to_vec() }
    }

    #[test]
    fn what_a_process_wrote_follows_its_line() {
        let event = Event::ProcessLog(written(b"hi\n"));
        assert_eq!(event.type_name(), "PROCESS_LOG_STDOUT");
        assert_eq!(event.payload(), "processname:p groupname:g pid:7 channel:stdout\nhi\n");
        let event = Event::ProcessCommunication(written(b"hi"));
        assert_eq!(event.payload(), "processname:p groupname:g pid:7\nhi");
    }

    #[test]
    fn what_is_no_text_is_shown_as_python_shows_bytes() {
        assert_eq!(text_of(b"a\xffb"), "Undecodable: b'a\\xffb'");
        assert_eq!(text_of(b"it's \xff"), "Undecodable: b\"it's \\xff\"");
    }

    #[test]
    fn an_envelope_counts_characters_or_bytes() {
        let event = Event::RemoteCommunication { kind: "typ2".into(), data: "d\u{e4}ta".into() };
        let length = EventLength::Characters;
        let mut envelope =
            Envelope { serial: 1, pool: "p".into(), poolserial: 0, event: event.into(), length };
        assert_eq!(
            envelope.render("supervisor"),
            "ver:3.0 server:supervisor serial:1 pool:p poolserial:0 eventname:REMOTE_COMMUNICATION len:14\n\
             type:typ2\nd\u{e4}ta"
        );
        envelope.length = EventLength::Bytes;
        assert!(envelope.render("supervisor").contains(" len:15\n"));
    }
}
