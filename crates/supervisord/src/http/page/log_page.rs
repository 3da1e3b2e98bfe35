//! Pages with a log: that of a process, and the daemon's own.

use std::path::Path;

use maud::{Markup, html};
use supervisor_config::settings::MainLog;
use supervisor_core::command::Fault;
use supervisor_rpc::method::Channel;

use super::action::unexpected;
use super::document::document;
use super::{Page, Visit, process_page};
use crate::http::answer::Answer;
use crate::http::log_text::Log;
use crate::http::parameters::quoted;
use crate::http::query;
use crate::view::View;

/// How much of a log is shown unless the visitor asks for another amount.
const SHOWN_BYTES: u64 = 1024;
/// The most that can be asked for.
const SHOWN_BYTES_MAX: u64 = 4 << 20;
/// How much a page shows that follows the log.
const FOLLOWED_BYTES: u64 = 256 << 10;

/// A log to show.
struct Shown<'a> {
    /// Where it can be followed.
    stream: String,
    /// Where the whole of it is.
    download: String,
    /// Where it can be seen anew.
    refresh: Option<String>,
    /// Its end, or why there is none.
    text: &'a str,
}

/// `/tail.html`.
pub(super) fn of_process(visit: &Visit, view: &View) -> Answer {
    let limit = visit.parameters.get("limit").and_then(|limit| limit.trim().parse::<i64>().ok());
    // Compat: tail-of-a-kilobyte-at-least
    let limit = limit.and_then(|limit| u64::try_from(limit).ok()).unwrap_or(0).max(SHOWN_BYTES);
    let Some(name) = visit.parameters.get("processname") else {
        let content = html! { h1 { "Log" } "\n" pre { "No process name found" } };
        return document("Supervisor tail of process None", visit, view, &content);
    };
    let channel = visit.parameters.get("channel").filter(|&channel| channel == "stderr").unwrap_or("stdout");
    let text = end_of_process_log(view, name, channel, limit.min(SHOWN_BYTES_MAX));
    let name_in_url = quoted(name);
    let shown = Shown {
        stream: format!("logtail/{name_in_url}/{channel}?bytes={FOLLOWED_BYTES}"),
        download: format!("{}?processname={name_in_url}&channel={channel}", Page::Text.url()),
        refresh: Some(format!("{}?processname={name_in_url}&limit={limit}", Page::Tail.url())),
        text: &text,
    };
    let content = html! {
        (process_page::heading(visit, view, name))
        section.log aria-label="Log" {
            @if query::process(view, name).is_ok() { (channels(view, name, channel)) }
            (log(&shown))
        }
    };
    document(&format!("Supervisor tail of process {name}"), visit, view, &content)
}

/// `/mainlog.html`.
pub(super) fn of_daemon(visit: &Visit, view: &View) -> Answer {
    let text = match &view.main_log {
        MainLog::File(path) => end_of(path, FOLLOWED_BYTES).unwrap_or_else(why_not),
        MainLog::Syslog => String::from("The activity log goes to syslog and cannot be shown here."),
    };
    let shown = Shown {
        stream: format!("mainlogtail?bytes={FOLLOWED_BYTES}"),
        download: String::from(Page::Text.url()),
        refresh: None,
        text: &text,
    };
    let content = html! {
        h1 { "Activity log" }
        section.log aria-label="Activity log" {
            (log(&shown))
            @if visit.access.may_change() {
                form.clear action=(Page::MainLog.url()) method="post" {
                    button name="action" value="clearmainlog" { "Clear log" }
                }
            }
        }
    };
    document("Supervisor activity log", visit, view, &content)
}

/// The end of a log, which scripts turn into one that is followed.
fn log(shown: &Shown<'_>) -> Markup {
    html! {
        div.log-view data-stream=(shown.stream) {
            div.log-tools {
                a.download href=(shown.download) download { "Download" }
                @if let Some(refresh) = &shown.refresh { a.refresh href=(refresh) { "Refresh" } }
            }
            div.lines role="region" aria-label="Lines" tabindex="0" { "\n" pre { (shown.text) } "\n" }
        }
    }
}

/// Links to both streams.
fn channels(view: &View, name: &str, shown: &str) -> Markup {
    html! {
        nav.channels aria-label="Streams" {
            @for channel in ["stdout", "stderr"] {
                @let url = format!("{}?processname={}&channel={channel}", Page::Tail.url(), quoted(name));
                @if query::logfile_of(view, name, channel).is_some() || channel == shown {
                    a href=(url) aria-current=[(channel == shown).then_some("page")] { (channel) }
                }
            }
        }
    }
}

fn end_of_process_log(view: &View, name: &str, channel: &str, bytes: u64) -> String {
    let process = match query::process(view, name) {
        Ok(process) => process,
        Err(fault) => return format!("ERROR: {}", unexpected(fault)),
    };
    let channel = if channel == "stderr" { Channel::Stderr } else { Channel::Stdout };
    match query::logfile(process, channel) {
        Some(path) => end_of(path, bytes).unwrap_or_else(|fault| match fault {
            Fault::NoFile(_) => format!("No file for {name}"),
            fault => format!("ERROR: {}", unexpected(fault)),
        }),
        None => format!("No file for {name}"),
    }
}

/// The last bytes of a file as text.
pub(super) fn end_of(path: &str, bytes: u64) -> Result<String, Fault> {
    let log = Log::open(Path::new(path)).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Fault::NoFile(Some(path.to_owned())),
        _ => Fault::Failed(None),
    })?;
    let bytes = log.read(&(log.size.saturating_sub(bytes)..log.size)).map_err(|_| Fault::Failed(None))?;
    // Differs: undecodable-bytes
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn why_not(fault: Fault) -> String {
    match fault {
        Fault::NoFile(_) => String::from("There is no activity log."),
        fault => format!("ERROR: {}", unexpected(fault)),
    }
}
