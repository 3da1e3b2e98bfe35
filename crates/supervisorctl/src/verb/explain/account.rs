//! What is known of a process, told.

use std::fmt::Write;

use serde_json::{Value, json};
use supervisor_core::name::DisplayName;
use supervisor_core::signal::Signal;
use supervisor_core::state::ProcessState;
use supervisor_rpc::info::ProcessInfo;

use super::history;
use crate::json;

/// What is known of a process.
#[derive(Clone, Debug)]
pub(super) struct Account {
    /// How it is.
    pub(super) info: ProcessInfo,
    /// Lines of the main log about processes of its name.
    pub(super) events: Vec<String>,
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
        facts
    }

    /// How the last run ended, decoded.
    fn last_end(&self) -> Option<String> {
        let info = &self.info;
        if info.stop == 0 {
            return None;
        }
        // The server forgets the exit status when a new run begins, and where a start failed.
        let Some(logged) = history::last_end(&self.events) else {
            return match info.exitstatus {
                _ if info.pid != 0 => None,
                0 if !info.spawnerr.is_empty() => None,
                ..0 => Some("a signal; supervisord's log no longer says which".to_owned()),
                status => Some(exit_status(status)),
            };
        };
        if let Some((status, rest)) = exit_status_in(logged) {
            return Some(format!("{}{rest}", exit_status(status)));
        }
        let hint = match () {
            () if !logged.contains("SIGKILL") => "",
            () if history::ended_by_itself(&self.events) => {
                " (not sent by supervisord; the kernel does that when memory runs out, see `dmesg`)"
            }
            () => " (it did not end within stopwaitsecs)",
        };
        Some(format!("{logged}{hint}"))
    }

    /// For programs.
    pub(super) fn to_json(&self) -> Value {
        json!({
            "process": json::process(&self.info),
            "meaning": meaning(&self.info),
            "last_end": self.last_end(),
            "events": self.events,
            "source": self.source,
            "lines": self.written,
        })
    }
}

fn meaning(info: &ProcessInfo) -> &'static str {
    match info.state {
        ProcessState::Stopped if info.start == 0 => "it was never started (autostart=false, or not yet)",
        ProcessState::Stopped => "it was asked to stop, and did",
        ProcessState::Starting => "it was started and must stay up for startsecs to count as RUNNING",
        ProcessState::Running => "it is up",
        ProcessState::Backoff => {
            "it ended too quickly or could not be started; another try follows by itself, after longer each time"
        }
        ProcessState::Stopping => {
            "it was asked to stop and has not ended yet; after stopwaitsecs it is killed"
        }
        ProcessState::Exited => "it ended by itself, and autorestart asks for no other start",
        ProcessState::Fatal => {
            "all startretries are used up; no further try follows until somebody starts it"
        }
        ProcessState::Unknown => "supervisord lost track of it",
    }
}

/// The exit status that the log tells, and what it adds to it.
fn exit_status_in(logged: &str) -> Option<(i32, &str)> {
    let rest = logged.strip_prefix("exit status ")?;
    let (status, rest) = rest.split_at(rest.find(';').unwrap_or(rest.len()));
    Some((status.parse().ok()?, rest))
}

/// An exit status in words, as shells use the numbers.
fn exit_status(status: i32) -> String {
    let words = match status {
        0 => "success".to_owned(),
        126 => "a shell says so of a command that cannot be executed".to_owned(),
        127 => "a shell says so of a command that is not found".to_owned(),
        129..=192 => match Signal::from_number(status - 128) {
            Some(signal) => format!("a shell says so of a command ended by {signal}"),
            None => return format!("exit status {status}"),
        },
        _ => return format!("exit status {status}"),
    };
    format!("exit status {status} ({words})")
}

/// Like `3 hours 5 minutes ago`.
fn ago(seconds: i64) -> String {
    const UNITS: [(i64, &str); 4] = [(86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")];
    let mut rest = seconds.max(0);
    let mut words = Vec::new();
    for (size, unit) in UNITS {
        let count = rest / size;
        rest %= size;
        if count > 0 {
            words.push(format!("{count} {unit}{}", if count == 1 { "" } else { "s" }));
        }
    }
    words.truncate(2);
    if words.is_empty() { "just now".to_owned() } else { format!("{} ago", words.join(" ")) }
}

/// A line without what would steer the terminal.
fn visible(line: &str) -> String {
    line.chars().filter(|c| !c.is_control() || *c == '\t').collect()
}

#[cfg(test)]
mod tests {
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
        Account { info, events, written: vec!["\x1b[31mbad\x07".to_owned()], source: "stderr" }
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
             \x20 it ended with  exit status 127 (a shell says so of a command that is not found)\n\
             \n\
             what supervisord logged of \"cat\":\n\
             \x20 2026-11-22 12:00:04,001 INFO gave up: cat entered FATAL state\n\
             \n\
             the end of its stderr:\n\
             \x20 [31mbad\n"
        );
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
            Some("exit status 127 (a shell says so of a command that is not found); not expected")
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

    #[test]
    fn exit_statuses_have_the_words_of_shells() {
        assert_eq!(exit_status(3), "exit status 3");
        assert_eq!(exit_status(0), "exit status 0 (success)");
        assert_eq!(exit_status(137), "exit status 137 (a shell says so of a command ended by SIGKILL)");
        assert_eq!(exit_status(255), "exit status 255");
    }

    #[test]
    fn times_have_two_units_at_most() {
        assert_eq!(ago(0), "just now");
        assert_eq!(ago(-5), "just now");
        assert_eq!(ago(61), "1 minute 1 second ago");
        assert_eq!(ago(90_061), "1 day 1 hour ago");
    }
}
