//! What is known of a process, told.

use std::fmt::Write;

use serde_json::{Value, json};
use supervisor_core::name::DisplayName;
use supervisor_rpc::explanation::{self, ago, end_in_words, exit_status};
use supervisor_rpc::info::ProcessInfo;

/// What a listener is that has broken the protocol.
const UNKNOWN: &str = "UNKNOWN";

/// What is known of a process.
#[derive(Clone, Debug)]
pub(super) struct Account {
    /// How it is.
    pub(super) info: ProcessInfo,
    /// Lines of the main log about processes of its name.
    pub(super) events: Vec<String>,
    /// What the main log says of output that is being lost.
    pub(super) losses: Vec<String>,
    /// The process as `status` has it for programs, with the deliveries of an event listener.
    pub(super) process: Value,
    /// The last lines that it wrote.
    pub(super) written: Vec<String>,
    /// Where it wrote them: `stderr`, `stdout`, or nothing if that is kept nowhere.
    pub(super) source: &'static str,
}

impl Account {
    /// For people. `state` is the state's name, in its colour if there are colours.
    pub(super) fn text(&self, state: &str) -> String {
        let info = &self.info;
        let name = DisplayName { group: &info.group, process: &info.name };
        let mut text = format!("{name} is {state}: {}\n", meaning(info));
        for (key, value) in self.facts() {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "  {key:15}{value}");
        }
        self.section(&mut text, &format!("what supervisord logged of \"{}\"", info.name), &self.events);
        if self.source.is_empty() {
            text.push_str("\nits stderr and stdout are kept nowhere\n");
        } else {
            self.section(&mut text, &format!("the end of its {}", self.source), &self.written);
        }
        text
    }

    #[expect(clippy::unused_self, reason = "reads as a part of the account")]
    fn section(&self, text: &mut String, title: &str, lines: &[String]) {
        let _ = writeln!(text, "\n{title}{}", if lines.is_empty() { ": nothing" } else { ":" });
        for line in lines {
            let _ = writeln!(text, "  {}", visible(line));
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let info = &self.info;
        let mut facts = Vec::new();
        if info.pid != 0 {
            facts.push(("pid", info.pid.to_string()));
        }
        if let Some(state) = self.listener_state() {
            facts.push(("as a listener", format!("{state}{}", self.listener_hint(state))));
            facts.extend(self.pool().map(|told| ("its pool", told)));
        }
        if info.start != 0 {
            facts.push(("last start", ago(info.now - info.start)));
        }
        if info.stop != 0 {
            facts.push(("last end", ago(info.now - info.stop)));
        }
        if let Some(end) = self.last_end() {
            facts.push(("it ended with", end));
        }
        if !info.spawnerr.is_empty() {
            facts.push(("spawn error", info.spawnerr.clone()));
        }
        facts.extend(self.losses.iter().map(|loss| ("output lost", visible(loss))));
        facts
    }

    /// The state of an event listener, as the protocol has it; nothing for others.
    fn listener_state(&self) -> Option<&str> {
        self.process["listener"]["statename"].as_str()
    }

    fn listener_hint(&self, state: &str) -> String {
        let figure = |key| self.process["listener"][key].as_i64().filter(|&figure| figure >= 0);
        match (state, figure("busy_serial"), figure("busy_since")) {
            (UNKNOWN, ..) => " (it gets no more events until it is started again)".to_owned(),
            (_, Some(event), Some(since)) if since > 0 => {
                format!(" (with event {event}, sent {})", ago(self.info.now - since))
            }
            _ => String::new(),
        }
    }

    /// How many events wait, and how many are lost.
    fn pool(&self) -> Option<String> {
        let figure = |key: &str| self.process["pool"][key].as_i64();
        let (queued, size) = (figure("queued")?, figure("buffer_size")?);
        let (dropped, accepted) = (figure("dropped")?, figure("accepted")?);
        let waiting = if queued == 1 { "1 event waits".to_owned() } else { format!("{queued} events wait") };
        Some(format!("{waiting} (buffer_size={size}), {dropped} of {accepted} were dropped"))
    }

    /// How the last run ended, decoded.
    fn last_end(&self) -> Option<String> {
        let info = &self.info;
        if info.stop == 0 {
            return None;
        }
        // The server forgets the exit status when a new run begins, and where a start failed.
        let Some(logged) = explanation::last_end(&self.events) else {
            return match info.exitstatus {
                _ if info.pid != 0 => None,
                0 if !info.spawnerr.is_empty() => None,
                ..0 => Some("a signal; supervisord's log no longer says which".to_owned()),
                status => Some(exit_status(status)),
            };
        };
        end_in_words(&logged)
    }

    /// For programs.
    pub(super) fn to_json(&self) -> Value {
        json!({
            "process": self.process,
            "meaning": meaning(&self.info),
            "listener_state": self.listener_state(),
            "last_end": self.last_end(),
            "losses": self.losses,
            "events": self.events,
            "source": self.source,
            "lines": self.written,
        })
    }
}

fn meaning(info: &ProcessInfo) -> &'static str {
    explanation::meaning(info.state, info.start)
}

/// A line without what would steer the terminal.
fn visible(line: &str) -> String {
    line.chars().filter(|c| !c.is_control() || *c == '\t').collect()
}

#[cfg(test)]
mod tests {
    use supervisor_core::state::ProcessState;

    use super::*;
    use crate::verb::status::tests::info;

    fn account(exitstatus: i32, events: &[&str]) -> Account {
        let info = ProcessInfo {
            start: 1000,
            stop: 1010,
            now: 1075,
            exitstatus,
            ..info("web", "cat", ProcessState::Fatal, "")
        };
        let events = events.iter().map(|&line| line.to_owned()).collect();
        Account {
            info,
            events,
            losses: Vec::new(),
            process: Value::Null,
            written: vec!["\x1b[31mbad\x07".to_owned()],
            source: "stderr",
        }
    }

    #[test]
    fn an_account_tells_state_end_and_last_words() {
        let text =
            account(127, &["2026-11-22 12:00:04,001 INFO gave up: cat entered FATAL state"]).text("FATAL");
        assert_eq!(
            text,
            "web:cat is FATAL: all startretries are used up; no further try follows until somebody starts it\n\
             \x20 last start     1 minute 15 seconds ago\n\
             \x20 last end       1 minute 5 seconds ago\n\
             \x20 it ended with  exit status 127 (the command was not found or could not be started)\n\
             \n\
             what supervisord logged of \"cat\":\n\
             \x20 2026-11-22 12:00:04,001 INFO gave up: cat entered FATAL state\n\
             \n\
             the end of its stderr:\n\
             \x20 [31mbad\n"
        );
    }

    #[test]
    fn a_listener_that_gets_nothing_any_more_is_pointed_out() {
        let mut ear = account(0, &[]);
        assert!(!ear.text("RUNNING").contains("as a listener"));
        ear.process = json!({"listener": {"statename": "UNKNOWN"}});
        assert!(ear.text("RUNNING").contains("  as a listener  UNKNOWN (it gets no more events until"));
    }

    #[test]
    fn a_busy_listener_is_told_with_its_event_and_its_pool() {
        let mut ear = account(0, &[]);
        ear.process = json!({
            "listener": {"statename": "BUSY", "busy_serial": 26, "busy_since": 1061},
            "pool": {"queued": 3, "buffer_size": 3, "dropped": 48, "accepted": 52},
        });
        let text = ear.text("RUNNING");
        assert!(
            text.contains(
                "  as a listener  BUSY (with event 26, sent 14 seconds ago)\n\
                 \x20 its pool       3 events wait (buffer_size=3), 48 of 52 were dropped\n"
            ),
            "{text}"
        );
        ear.process["listener"] = json!({"statename": "BUSY", "busy_serial": -1, "busy_since": 0});
        assert!(ear.text("RUNNING").contains("  as a listener  BUSY\n"));
    }

    #[test]
    fn a_signal_is_named_and_a_kill_from_elsewhere_is_pointed_out() {
        let end = |event: &str| {
            let event = format!("2026-11-22 12:00:04,001 WARN {event}");
            account(-1, &[&event]).last_end().unwrap_or_default()
        };
        assert_eq!(
            end("exited: cat (terminated by SIGSEGV (core dumped); not expected)"),
            "terminated by SIGSEGV (core dumped); not expected"
        );
        assert!(end("exited: cat (terminated by SIGKILL; not expected)").contains("memory"));
        assert!(end("stopped: cat (terminated by SIGKILL)").contains("stopwaitsecs"));
        assert!(account(-1, &[]).last_end().is_some_and(|end| end.contains("no longer")));
    }

    #[test]
    fn the_log_is_asked_first_as_the_server_forgets_how_failed_starts_ended() {
        let mut failed =
            account(0, &["2026-11-22 12:00:04,001 WARN exited: cat (exit status 127; not expected)"]);
        failed.info.spawnerr = "Exited too quickly".to_owned();
        assert_eq!(
            failed.last_end().as_deref(),
            Some("exit status 127 (the command was not found or could not be started); not expected")
        );
        failed.events.clear();
        assert_eq!(failed.last_end(), None);
    }

    #[test]
    fn the_end_before_this_run_is_known_from_the_log_only() {
        let mut running =
            account(0, &["2026-11-22 12:00:04,001 WARN exited: cat (exit status 3; not expected)"]);
        running.info.pid = 7;
        assert_eq!(running.last_end().as_deref(), Some("exit status 3; not expected"));
        running.events.clear();
        assert_eq!(running.last_end(), None);
        running.info.stop = 0;
        assert_eq!(running.last_end(), None);
    }
}
