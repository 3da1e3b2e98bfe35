//! What happened, from the main log: the time line of all processes, or of one.

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
use crate::view::View;

/// How much of the main log is searched.
const LOG_BYTES: u64 = 128 << 10;
/// How much is shown at most.
const SHOWN_MAX: usize = 40;
/// Messages of the daemon about itself that belong to the story.
const OWN_BEGINNINGS: [&str; 4] = ["supervisord started", "received SIG", "Restarting", "Reopening"];

/// Answers with the time line alone.
pub(super) fn answer(visit: &Visit, view: &View) -> Answer {
    let name = visit.parameters.get("processname").and_then(|name| query::process(view, name).ok());
    part(timeline(view, name.map(|process| process.name.as_str())))
}

/// The end of the main log; why there is none, otherwise.
pub(super) fn log(view: &View) -> Result<String, &'static str> {
    match &view.main_log {
        MainLog::File(path) => end_of(path, LOG_BYTES).map_err(|_| "The activity log cannot be read."),
        MainLog::Syslog => Err("The activity log goes to syslog, so nothing is known here of what happened."),
    }
}

/// What happened to all processes, or to those of a name, the newest first.
pub(super) fn timeline(view: &View, name: Option<&str>) -> Markup {
    let text = match log(view) {
        Ok(text) => text,
        Err(why) => return html! { p { (why) } },
    };
    let names = Names::new(view);
    let belongs = |line: &LogLine<'_>| match name {
        Some(name) => line.is_about(name),
        None => {
            line.happening().is_some() || OWN_BEGINNINGS.iter().any(|start| line.message.starts_with(start))
        }
    };
    let lines = text.lines().rev().filter_map(LogLine::parse).filter(belongs).take(SHOWN_MAX);
    let lines: Vec<LogLine<'_>> = lines.collect();
    html! {
        ol.timeline data-part="timeline" {
            @for line in &lines {
                "\n" li class=(kind(line)) {
                    time datetime={ (line.date) "T" (seconds(line.time)) } title=(line.date) {
                        (seconds(line.time))
                    }
                    p { (told(line, &names)) }
                }
            }
            @if lines.is_empty() { li { p { "Nothing that the activity log remembers." } } }
        }
    }
}

/// `12:00:00` of `12:00:00,001`.
fn seconds(time: &str) -> &str {
    time.split(',').next().unwrap_or(time)
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

/// The message, with the name of the process as a link if it is clear which one is meant.
fn told(line: &LogLine<'_>, names: &Names<'_>) -> Markup {
    let link = line.words().find_map(|word| names.link(word).map(|link| (word, link)));
    let split = link.and_then(|(word, link)| {
        let (before, after) = essence(line).split_once(word)?;
        Some((before.trim_end_matches('\''), link, after.trim_start_matches('\'')))
    });
    html! {
        @match split {
            Some((before, name, after)) => {
                (before) a href={ (Page::Process.url()) "?processname=" (quoted(name)) } { (name) } (after)
            }
            None => (essence(line)),
        }
        @if let Some(words) = end_in_words(line) { small { (words) } }
    }
}

/// A message without what is told in other words, and without what is always the same.
fn essence<'a>(line: &LogLine<'a>) -> &'a str {
    let message = line.message;
    match (line.happening(), line.end()) {
        (_, Some(_)) => message.split(" (").next().unwrap_or(message),
        (Some("success:" | "gave"), _) => message.split(", ").next().unwrap_or(message),
        _ => message,
    }
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
    fn link(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_deref()
    }
}
