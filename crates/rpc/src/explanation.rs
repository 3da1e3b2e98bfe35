//! Why a process is as it is, in words: what its state means, how it ended, what the main log tells of it.

use supervisor_core::listener::{BAD_LINE, LOST};
use supervisor_core::signal::Signal;
use supervisor_core::state::ProcessState;

/// How messages about one process begin.
const BEGINNINGS: &[&str] = &["spawned:", "success:", "exited:", "stopped:", "gave", "killing", "waiting"];
/// How lines end that only repeat what a process has written.
const OUTPUT: &str = " output:";
/// In which words after that the name of the process is.
const WORDS_TO_NAME: usize = 3;

/// What a state means; `start` is when the process was last started, 0 for never.
#[must_use]
pub fn meaning(state: ProcessState, start: i64) -> &'static str {
    match state {
        ProcessState::Stopped if start == 0 => "it was never started (autostart=false, or not yet)",
        ProcessState::Stopped => "it was asked to stop, and did",
        ProcessState::Starting => "it was started and must stay up for startsecs to count as RUNNING",
        ProcessState::Running => "it is up",
        ProcessState::Backoff => {
            "it ended too quickly or could not be started; another try follows by itself, after longer each time"
        }
        ProcessState::Stopping => {
            "it was asked to stop and has not ended yet; after stopwaitsecs it is killed"
        }
        ProcessState::Exited => {
            "it ended by itself, and autorestart asks for no other start, or has it wait for the next second \
             (restart_burst)"
        }
        ProcessState::Fatal => {
            "all startretries are used up; no further try follows until somebody starts it"
        }
        ProcessState::Unknown => "supervisord lost track of it",
    }
}

/// A line of the main log, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogLine<'a> {
    /// `2026-11-22`.
    pub date: &'a str,
    /// `12:00:00,001`.
    pub time: &'a str,
    /// `INFO` and the like.
    pub level: &'a str,
    /// What it says.
    pub message: &'a str,
}

impl<'a> LogLine<'a> {
    /// `None` if it is no line of the main log.
    #[must_use]
    pub fn parse(line: &'a str) -> Option<Self> {
        let (date, rest) = line.split_once(' ')?;
        let (time, rest) = rest.split_once(' ')?;
        let (level, message) = rest.split_once(' ')?;
        let is_date = date.len() == "2026-11-22".len() && date.starts_with(|c: char| c.is_ascii_digit());
        is_date.then_some(Self { date, time, level, message })
    }

    /// The first word of the message, if the message says what happens to a process.
    #[must_use]
    pub fn happening(&self) -> Option<&'a str> {
        let first = self.message.split_whitespace().next()?;
        BEGINNINGS.contains(&first).then_some(first)
    }

    /// Whether it says what happens to a process of this name, to its logs, to what an earlier daemon left of it, or to
    /// it as a listener and its pool. The main log does not name groups.
    #[must_use]
    pub fn is_about(&self, name: &str) -> bool {
        (self.happening().is_some() && self.words().any(|word| word == name))
            || self.of_process(name).is_some_and(|told| !told.ends_with(OUTPUT))
            || self.of_listener(name)
    }

    /// What follows the name of a process, with that of its group or without, at the beginning of a message.
    fn of_process(&self, name: &str) -> Option<&'a str> {
        let (named, told) = self.message.strip_prefix('\'')?.split_once("' ")?;
        let is_meant = named == name || named.rsplit_once(':').is_some_and(|(_, process)| process == name);
        is_meant.then_some(told)
    }

    fn of_listener(&self, name: &str) -> bool {
        let told = self.message.strip_prefix(name).and_then(|rest| rest.strip_prefix(": "));
        let of_pool = self.message.strip_prefix("pool ").and_then(|rest| rest.strip_prefix(name));
        told.is_some_and(|told| told == LOST || told.starts_with(BAD_LINE))
            || of_pool.is_some_and(|rest| rest.starts_with(' '))
    }

    /// What it tells of a log of a process of this name: `stdout: cannot write to …`.
    #[must_use]
    pub fn of_a_log(&self, name: &str) -> Option<&'a str> {
        let told = self.of_process(name)?;
        (told.starts_with("stdout: ") || told.starts_with("stderr: ")).then_some(told)
    }

    /// The words among which the name of the process is.
    pub fn words(&self) -> impl Iterator<Item = &'a str> {
        self.message.split_whitespace().skip(1).take(WORDS_TO_NAME).map(|word| word.trim_matches('\''))
    }

    /// How a process ended, if it tells that: `terminated by SIGKILL; not expected`.
    #[must_use]
    pub fn end(&self) -> Option<&'a str> {
        let is_end = self.message.starts_with("exited:") || self.message.starts_with("stopped:");
        self.message.split_once('(').filter(|_| is_end)?.1.strip_suffix(')')
    }

    /// Whether a process ended without having been asked to.
    #[must_use]
    pub fn is_exit(&self) -> bool {
        self.message.starts_with("exited:")
    }
}

/// The last `count` lines of a log that are about processes of this name.
#[must_use]
pub fn events(log: &str, name: &str, count: usize) -> Vec<String> {
    let lines: Vec<&str> =
        log.lines().filter(|line| LogLine::parse(line).is_some_and(|line| line.is_about(name))).collect();
    lines[lines.len().saturating_sub(count)..].iter().map(|&line| line.to_owned()).collect()
}

/// What the main log says of output of a process that is being lost by now, of each stream.
#[must_use]
pub fn losses(log: &str, name: &str) -> Vec<String> {
    let last = |stream: &str| {
        let told = log.lines().rev().filter_map(|line| LogLine::parse(line)?.of_a_log(name));
        // How rotating goes says nothing of writing.
        let mut told = told.filter(|told| told.starts_with(stream) && !told.contains(" is not rotated: "));
        told.next().filter(|told| told.ends_with("; its output is being lost"))
    };
    ["stdout:", "stderr:"].into_iter().filter_map(last).map(str::to_owned).collect()
}

/// The last line that tells how a run ended.
#[must_use]
pub fn last_end(events: &[String]) -> Option<LogLine<'_>> {
    events.iter().rev().filter_map(|line| LogLine::parse(line)).find(|line| line.end().is_some())
}

/// How a run ended, in the log's words and more.
#[must_use]
pub fn end_in_words(line: &LogLine<'_>) -> Option<String> {
    let logged = line.end()?;
    if let Some((status, rest)) = exit_status_in(logged) {
        return Some(format!("{}{rest}", exit_status(status)));
    }
    let hint = match () {
        () if !logged.contains("SIGKILL") => "",
        () if line.is_exit() => {
            " (not sent by supervisord; the kernel does that when memory runs out, see `dmesg`)"
        }
        () => " (it did not end within stopwaitsecs)",
    };
    Some(format!("{logged}{hint}"))
}

/// The exit status that the log tells, and what it adds to it.
fn exit_status_in(logged: &str) -> Option<(i32, &str)> {
    let rest = logged.strip_prefix("exit status ")?;
    let (status, rest) = rest.split_at(rest.find(';').unwrap_or(rest.len()));
    Some((status.parse().ok()?, rest))
}

/// An exit status in words, as shells use the numbers.
#[must_use]
pub fn exit_status(status: i32) -> String {
    let words = match status {
        0 => "success".to_owned(),
        126 => "a shell says so of a command that cannot be executed".to_owned(),
        // Supervisor itself ends a child so before its program runs; its stderr then says why.
        127 => "the command was not found or could not be started".to_owned(),
        129..=192 => match Signal::from_number(status - 128) {
            Some(signal) => format!("a shell says so of a command ended by {signal}"),
            None => return format!("exit status {status}"),
        },
        _ => return format!("exit status {status}"),
    };
    format!("exit status {status} ({words})")
}

/// Like `3 hours 5 minutes ago`.
#[must_use]
pub fn ago(seconds: i64) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "\
2026-11-22 12:00:00,001 INFO supervisord started with pid 1
2026-11-22 12:00:01,001 INFO spawned: 'cat' with pid 7
2026-11-22 12:00:01,002 INFO spawned: 'catalogue' with pid 8
2026-11-22 12:00:02,001 INFO success: cat entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)
2026-11-22 12:00:03,001 WARN exited: cat (terminated by SIGSEGV (core dumped); not expected)
2026-11-22 12:00:04,001 INFO gave up: cat entered FATAL state, too many start retries too quickly
2026-11-22 12:00:05,001 WARN killing 'catalogue' (8) with SIGKILL
2026-11-22 12:00:06,001 WARN stopped: catalogue (terminated by SIGKILL)
";

    #[test]
    fn lines_about_a_process_are_found() {
        let found = events(LOG, "cat", 9);
        let words: Vec<_> = found.iter().filter_map(|line| LogLine::parse(line)?.happening()).collect();
        assert_eq!(words, ["spawned:", "success:", "exited:", "gave"]);
        assert_eq!(events(LOG, "cat", 1).len(), 1);
        assert_eq!(events(LOG, "catalogue", 9).len(), 3);
        assert!(events(LOG, "started", 9).is_empty());
        assert_eq!(LogLine::parse("Traceback of something else"), None);
    }

    #[test]
    fn warnings_that_begin_with_a_name_are_found() {
        let log = "\
2026-11-22 12:00:00,001 WARN 'ears:ear' of an earlier supervisord still runs as pid 7 (cat): it is not supervised
2026-11-22 12:00:00,002 WARN 'ear' keeps ending within a second of its start; restarting it once a second
2026-11-22 12:00:00,003 WARN ear: has entered the UNKNOWN state and will no longer receive events, \
this usually indicates the process violated the eventlistener protocol
2026-11-22 12:00:00,004 ERRO pool ear event buffer overflowed, discarding event 7
2026-11-22 12:00:00,005 DEBG 'ear' stdout output:
2026-11-22 12:00:00,006 WARN ears: bad result line: 'x'
2026-11-22 12:00:00,007 ERRO pool ears event buffer overflowed, discarding event 7
";
        assert_eq!(events(log, "ear", 9), log.lines().take(4).collect::<Vec<_>>());
    }

    #[test]
    fn output_that_is_being_lost_is_found_until_writing_works_again() {
        let failing = "\
2026-11-22 12:00:00,001 WARN 'cat' stdout: cannot write to /var/log/cat: ENOSPC (No space left on device); \
its output is being lost
2026-11-22 12:00:00,002 WARN 'cat' stdout: /var/log/cat is not rotated: cannot rename it
";
        let told = "stdout: cannot write to /var/log/cat: ENOSPC (No space left on device); its output is being lost";
        assert_eq!(losses(failing, "cat"), [told]);
        assert_eq!(events(failing, "cat", 9).len(), 2);
        assert!(losses(failing, "catalogue").is_empty());
        let again =
            "2026-11-22 12:00:09,001 WARN 'cat' stdout: writing to /var/log/cat again; 7 bytes were lost\n";
        assert!(losses(&format!("{failing}{again}"), "cat").is_empty());
    }

    #[test]
    fn the_last_end_is_told_as_the_log_has_it() {
        let cat = events(LOG, "cat", 9);
        let end = last_end(&cat).unwrap();
        assert_eq!(end.end(), Some("terminated by SIGSEGV (core dumped); not expected"));
        assert!(end.is_exit());
        let other = events(LOG, "catalogue", 9);
        let end = last_end(&other).unwrap();
        assert_eq!(end_in_words(&end).unwrap(), "terminated by SIGKILL (it did not end within stopwaitsecs)");
        assert!(!end.is_exit());
        assert_eq!(last_end(&[]), None);
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
