//! What happened: the time line of all processes, or of one.

use std::collections::HashMap;

use maud::{Markup, html};
use supervisor_config::settings::MainLog;
use supervisor_rpc::explanation::{LogLine, end_in_words};

use super::document::part;
use super::log_page::end_of;
use super::row::display_name;
use super::{Page, Visit};
use crate::http::answer::Answer;
use crate::http::parameters::quoted;
use crate::http::query;
use crate::http::server::Shared;
use crate::local_time::now;
use crate::view::View;

/// How much of the main log is searched.
const LOG_BYTES: u64 = 128 << 10;
/// How much is shown at most.
const SHOWN_MAX: usize = 40;
/// What happens again within so many seconds is told once, with how often it happened.
const AGAIN_SECONDS: i32 = 300;
/// Messages of the daemon about itself that belong to the story.
const OWN_BEGINNINGS: [&str; 4] = ["supervisord started", "received SIG", "Restarting", "Reopening"];

/// Answers with the time line alone.
pub(super) async fn answer(visit: &Visit, view: &View, shared: &Shared) -> Answer {
    let name = visit.parameters.get("processname").and_then(|name| query::process(view, name).ok());
    let known = known(view, shared).await;
    part(timeline(&known, view, name.map(|process| process.name.as_str())))
}

/// Lines of the main log: those that the daemon remembers, and those that its file has from before.
///
/// The daemon's own memory is what there is when the log goes to the system's log or to standard output, and when it
/// has warnings only.
pub(super) async fn known(view: &View, shared: &Shared) -> String {
    let recent = shared.engine().recent_lines().await;
    let file = match &view.main_log {
        MainLog::File(path) => end_of(path, LOG_BYTES).unwrap_or_default(),
        MainLog::Syslog => String::new(),
    };
    let Some(first) = recent.lines().find_map(LogLine::parse) else { return file };
    let is_before = |line: &LogLine<'_>| (line.date, line.time) < (first.date, first.time);
    let before: usize = file
        .split_inclusive('\n')
        .take_while(|line| LogLine::parse(line).is_none_or(|line| is_before(&line)))
        .map(str::len)
        .sum();
    format!("{}{recent}", &file[..before])
}

/// Something that happened, perhaps several times.
struct Happening<'a> {
    /// The last time.
    last: LogLine<'a>,
    /// The first time.
    first: LogLine<'a>,
    count: usize,
}

/// What happened to all processes, or to those of a name, the newest first.
pub(super) fn timeline(known: &str, view: &View, name: Option<&str>) -> Markup {
    let names = Names::new(view);
    let belongs = |line: &LogLine<'_>| match name {
        Some(name) => line.is_about(name),
        None => {
            line.happening().is_some() || OWN_BEGINNINGS.iter().any(|start| line.message.starts_with(start))
        }
    };
    let happenings = gathered(known.lines().rev().filter_map(LogLine::parse).filter(belongs));
    let today = now().strftime("%Y-%m-%d").to_string();
    let mut day = today.as_str();
    let mut days = Vec::new();
    for happening in &happenings {
        days.push(happening.last.date != day);
        day = happening.last.date;
    }
    html! {
        ol.timeline data-part="timeline" {
            @for (happening, has_day) in happenings.iter().zip(days) {
                @let line = &happening.last;
                @if has_day { "\n" li.day { (line.date) } }
                "\n" li class=(kind(line)) {
                    time datetime={ (line.date) "T" (seconds(line.time)) } title=(line.date) {
                        (seconds(line.time))
                    }
                    p {
                        (told(line, &names))
                        @if let Some(words) = end_in_words(line) { small { (words) } }
                        @if happening.count > 1 {
                            small { (happening.count) " times since " (seconds(happening.first.time)) }
                        }
                    }
                }
            }
            @if happenings.is_empty() { li { p { "Nothing that is remembered." } } }
        }
    }
}

/// A process that crashes again and again must not hide what happens to others: what is the same within a short
/// while becomes one.
fn gathered<'a>(lines: impl Iterator<Item = LogLine<'a>>) -> Vec<Happening<'a>> {
    let mut found: Vec<Happening<'a>> = Vec::new();
    for line in lines {
        let is_again = |other: &Happening<'_>| {
            essence(&other.first) == essence(&line)
                && other.first.date == line.date
                && second_of_day(other.first.time) - second_of_day(line.time) <= AGAIN_SECONDS
        };
        match found.iter().position(is_again) {
            Some(index) => {
                found[index].first = line;
                found[index].count += 1;
            }
            None if found.len() == SHOWN_MAX => break,
            None => found.push(Happening { last: line, first: line, count: 1 }),
        }
    }
    found
}

/// A message without what is different each time.
fn essence<'a>(line: &LogLine<'a>) -> &'a str {
    line.message.split(" with pid ").next().unwrap_or(line.message)
}

/// `12:00:00` of `12:00:00,001`.
fn seconds(time: &str) -> &str {
    time.split(',').next().unwrap_or(time)
}

fn second_of_day(time: &str) -> i32 {
    seconds(time).split(':').fold(0, |sum, part| sum * 60 + part.parse::<i32>().unwrap_or(0))
}

fn kind(line: &LogLine<'_>) -> &'static str {
    match line.happening() {
        Some("success:") => "good",
        Some("exited:") if !line.message.contains("not expected") => "plain",
        Some("exited:" | "gave" | "killing") => "bad",
        Some("spawned:") => "begun",
        _ => "plain",
    }
}

/// The message, with the name of the process first and as a link if it is clear which one is meant.
fn told(line: &LogLine<'_>, names: &Names<'_>) -> Markup {
    let name = line.words().find_map(|word| names.full(word));
    match (name, predicate(line)) {
        (Some(name), Some(predicate)) => html! {
            a href={ (Page::Process.url()) "?processname=" (quoted(name)) } { (name) } " " (predicate)
        },
        _ => html! { (line.message.split(" (").next().unwrap_or(line.message)) },
    }
}

/// What is said of the process.
fn predicate(line: &LogLine<'_>) -> Option<String> {
    let (_, pid) = line.message.split_once(" with pid ").unwrap_or_default();
    Some(match line.happening()? {
        "spawned:" => format!("spawned with pid {pid}"),
        "success:" => String::from("entered RUNNING state"),
        "exited:" => String::from("exited"),
        "stopped:" => String::from("stopped"),
        "gave" => String::from("gave up: entered FATAL state"),
        "killing" => String::from("did not stop in time and is killed"),
        _ => return None,
    })
}

/// Processes by their own names, as the log does not tell their groups.
struct Names<'a>(HashMap<&'a str, Option<String>>);

impl<'a> Names<'a> {
    fn new(view: &'a View) -> Self {
        let mut names: HashMap<&str, Option<String>> = HashMap::new();
        for process in view.processes.iter() {
            names
                .entry(&process.name)
                .and_modify(|known| *known = None)
                .or_insert_with(|| Some(display_name(process)));
        }
        Self(names)
    }

    /// The full name, if only one process has this one.
    fn full(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "\
2026-11-22 23:59:00,001 INFO spawned: 'loop' with pid 7
2026-11-22 23:59:01,001 WARN exited: loop (exit status 1; not expected)
2026-11-23 12:00:00,001 INFO spawned: 'loop' with pid 8
2026-11-23 12:00:01,001 WARN exited: loop (exit status 1; not expected)
2026-11-23 12:04:00,001 INFO spawned: 'loop' with pid 9
2026-11-23 12:04:01,001 INFO spawned: 'other' with pid 10
2026-11-23 12:04:01,002 WARN exited: loop (exit status 1; not expected)
2026-11-23 12:08:02,001 INFO spawned: 'loop' with pid 11
2026-11-23 12:20:00,001 INFO spawned: 'loop' with pid 12
";

    #[test]
    fn what_happens_again_and_again_is_told_once() {
        let happenings = gathered(LOG.lines().rev().filter_map(LogLine::parse));
        let found: Vec<_> = happenings
            .iter()
            .map(|happening| (happening.last.time, happening.count, seconds(happening.first.time)))
            .collect();
        let expected = [
            ("12:20:00,001", 1, "12:20:00"),
            ("12:08:02,001", 3, "12:00:00"),
            ("12:04:01,002", 2, "12:00:01"),
            ("12:04:01,001", 1, "12:04:01"),
            ("23:59:01,001", 1, "23:59:01"),
            ("23:59:00,001", 1, "23:59:00"),
        ];
        assert_eq!(found, expected);
    }
}
