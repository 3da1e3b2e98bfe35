//! An event as one JSON object: its number, type and time, then what its payload says, under the same names.

use jiff::Timestamp;
use supervisor_config::json::{object, text};
use supervisor_core::event::{Event, StateDetail, Written, text_of};

use crate::engine::watch::Happened;

/// The object, on one line.
pub(super) fn of_event(happened: &Happened) -> String {
    let mut members = vec![
        ("serial", happened.serial.to_string()),
        ("eventname", text(happened.event.type_name())),
        ("time", text(&time(happened.wall_nanoseconds))),
    ];
    add_payload(&happened.event, &mut members);
    object(&members)
}

/// UTC with milliseconds, as in RFC 3339.
fn time(nanoseconds: u64) -> String {
    let milliseconds = i64::try_from(nanoseconds / 1_000_000).unwrap_or(i64::MAX);
    let Ok(time) = Timestamp::from_millisecond(milliseconds) else { return String::new() };
    time.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

fn add_payload(event: &Event, members: &mut Vec<(&'static str, String)>) {
    match event {
        Event::ProcessState { name, group, from, to } => {
            add_process(name, group, members);
            members.push(("from_state", text(&from.to_string())));
            add_detail(*to, members);
        }
        Event::ProcessGroupAdded(group) | Event::ProcessGroupRemoved(group) => {
            members.push(("groupname", text(group)));
        }
        Event::SupervisorRunning | Event::SupervisorStopping => {}
        Event::ProcessLog(written) => {
            add_written(written, members);
            members.push(("channel", text(written.channel.name())));
            members.push(("data", text(&text_of(&written.data))));
        }
        Event::ProcessCommunication(written) => {
            add_written(written, members);
            members.push(("data", text(&text_of(&written.data))));
        }
        Event::Tick { when, .. } => members.push(("when", when.to_string())),
        Event::RemoteCommunication { kind, data } => {
            members.push(("type", text(kind)));
            members.push(("data", text(data)));
        }
    }
}

fn add_process(name: &str, group: &str, members: &mut Vec<(&'static str, String)>) {
    members.push(("processname", text(name)));
    members.push(("groupname", text(group)));
}

fn add_written(written: &Written, members: &mut Vec<(&'static str, String)>) {
    add_process(&written.name, &written.group, members);
    members.push(("pid", written.pid.to_string()));
}

fn add_detail(detail: StateDetail, members: &mut Vec<(&'static str, String)>) {
    match detail {
        StateDetail::Starting(tries) | StateDetail::Backoff(tries) => {
            members.push(("tries", tries.to_string()));
        }
        StateDetail::Running(pid) | StateDetail::Stopping(pid) | StateDetail::Stopped(pid) => {
            members.push(("pid", pid.to_string()));
        }
        StateDetail::Exited(expected, pid) => {
            members.push(("expected", u8::from(expected).to_string()));
            members.push(("pid", pid.to_string()));
        }
        StateDetail::Fatal | StateDetail::Unknown => {}
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use supervisor_core::event::OutputChannel;
    use supervisor_core::process::Pid;
    use supervisor_core::state::ProcessState;

    use super::*;

    fn shown(event: Event) -> String {
        let wall_nanoseconds = 1_795_628_307_123_456_789;
        of_event(&Happened::new(7, wall_nanoseconds, Arc::new(event)))
    }

    #[test]
    fn an_event_has_the_names_of_its_payload() {
        let (name, group) = ("p".into(), "g".into());
        let to = StateDetail::Exited(false, Pid(7));
        assert_eq!(
            shown(Event::ProcessState { name, group, from: ProcessState::Running, to }),
            "{\"serial\": 7, \"eventname\": \"PROCESS_STATE_EXITED\", \"time\": \"2026-11-25T17:38:27.123Z\", \
             \"processname\": \"p\", \"groupname\": \"g\", \"from_state\": \"RUNNING\", \"expected\": 0, \"pid\": 7}"
        );
    }

    #[test]
    fn what_was_written_is_data_on_one_line() {
        let data = b"a \"b\"\n".to_vec();
        let (name, group, channel) = ("p".into(), "g".into(), OutputChannel::Stderr);
        let shown = shown(Event::ProcessLog(Written { name, group, pid: Pid(7), channel, data }));
        assert!(
            shown.ends_with("\"pid\": 7, \"channel\": \"stderr\", \"data\": \"a \\\"b\\\"\\n\"}"),
            "{shown}"
        );
        assert!(!shown.contains('\n'));
    }
}
