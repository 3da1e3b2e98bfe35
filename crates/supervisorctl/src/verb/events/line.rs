//! One event as a line for people.

use serde_json::Value;
use supervisor_core::name::DisplayName;

/// Members that follow the name, in this order.
const DETAILS: [&str; 7] = ["from_state", "tries", "expected", "pid", "channel", "when", "type"];

/// Puts lines together, however they were cut on their way.
#[derive(Debug, Default)]
pub(super) struct Lines(Vec<u8>);

impl Lines {
    /// The lines that these bytes complete.
    pub(super) fn add(&mut self, bytes: &[u8]) -> Vec<String> {
        self.0.extend_from_slice(bytes);
        let Some(end) = self.0.iter().rposition(|&byte| byte == b'\n') else { return Vec::new() };
        let rest = self.0.split_off(end + 1);
        let whole = std::mem::replace(&mut self.0, rest);
        String::from_utf8_lossy(&whole).lines().map(str::to_owned).collect()
    }
}

/// An event for people: when, what, of whom, and below what was written. A line that is no event is shown as it is.
pub(super) fn text_of(line: &str) -> String {
    let Ok(event) = serde_json::from_str::<Value>(line) else { return format!("{line}\n") };
    if let Some(count) = event.get("dropped") {
        return format!("{count} events are missing here: they came faster than they were read\n");
    }
    let member = |name: &str| event.get(name).and_then(Value::as_str);
    let (Some(time), Some(kind)) = (member("time"), member("eventname")) else { return format!("{line}\n") };
    let mut text = format!("{time} {kind}");
    match (member("groupname"), member("processname")) {
        (Some(group), Some(process)) => text.push_str(&format!(" {}", DisplayName { group, process })),
        (Some(group), None) => text.push_str(&format!(" {group}")),
        _ => {}
    }
    for name in DETAILS {
        match event.get(name) {
            Some(Value::String(word)) => text.push_str(&format!(" {name}:{word}")),
            Some(number) => text.push_str(&format!(" {name}:{number}")),
            None => {}
        }
    }
    text.push('\n');
    for line in member("data").unwrap_or("").lines() {
        text.push_str(&format!("  {line}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_whole_however_they_come() {
        let mut lines = Lines::default();
        assert!(lines.add(b"on").is_empty());
        assert_eq!(lines.add(b"e\ntwo\nthr"), ["one", "two"]);
        assert_eq!(lines.add(b"ee\n"), ["three"]);
    }

    #[test]
    fn an_event_is_a_line_with_what_was_written_below() {
        let exited = r#"{"serial": 42, "eventname": "PROCESS_STATE_EXITED", "time": "T", "processname": "cat",
            "groupname": "web", "from_state": "RUNNING", "expected": 0, "pid": 4711}"#;
        assert_eq!(
            text_of(exited),
            "T PROCESS_STATE_EXITED web:cat from_state:RUNNING expected:0 pid:4711\n"
        );
        let log = r#"{"serial": 1, "eventname": "PROCESS_LOG_STDOUT", "time": "T", "processname": "cat",
            "groupname": "cat", "pid": 7, "channel": "stdout", "data": "one\ntwo\n"}"#;
        assert_eq!(text_of(log), "T PROCESS_LOG_STDOUT cat pid:7 channel:stdout\n  one\n  two\n");
        let group = r#"{"serial": 1, "eventname": "PROCESS_GROUP_ADDED", "time": "T", "groupname": "web"}"#;
        assert_eq!(text_of(group), "T PROCESS_GROUP_ADDED web\n");
        assert_eq!(
            text_of(r#"{"dropped": 17}"#),
            "17 events are missing here: they came faster than they were read\n"
        );
        assert_eq!(text_of("soon"), "soon\n");
    }
}
