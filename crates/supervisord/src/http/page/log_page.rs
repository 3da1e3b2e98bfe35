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
use crate::http::server::Shared;
use crate::view::View;

/// How much of a log is shown unless the visitor asks for another amount.
const SHOWN_BYTES: u64 = 1024;
/// The most that can be asked for.
const SHOWN_BYTES_MAX: u64 = 4 << 20;
/// How much a page shows that follows the log.
const FOLLOWED_BYTES: u64 = 256 << 10;

/// A log to show.
struct Shown<'a> {
    /// Where it can be followed and had as a whole, if there is a file.
    file: Option<LogUrls>,
    /// Where it can be seen anew.
    refresh: Option<String>,
    /// Its end, or why there is none.
    text: &'a str,
    /// Its lines have levels.
    has_levels: bool,
}

/// Where a log is.
struct LogUrls {
    stream: String,
    download: String,
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
    let urls = || LogUrls {
        stream: format!("logtail/{name_in_url}/{channel}?bytes={FOLLOWED_BYTES}"),
        download: format!("{}?processname={name_in_url}&channel={channel}", Page::Text.url()),
    };
    let shown = Shown {
        file: text.is_ok().then(urls),
        has_levels: false,
        refresh: Some(format!("{}?processname={name_in_url}&limit={limit}", Page::Tail.url())),
        text: text.as_deref().unwrap_or_else(|why| why),
    };
    let content = html! {
        (process_page::heading(visit, view, name))
        section.log aria-label="Log" {
            div.log-view data-stream=[shown.file.as_ref().map(|file| &file.stream)] {
                div.log-head {
                    @if query::process(view, name).is_ok() { (channels(view, name, channel)) }
                    (tools(&shown))
                }
                (lines(&shown))
            }
            @if let Some(why) = why_no_log(view, name, channel) { p.hint { (why) } }
        }
    };
    document(&format!("Supervisor tail of process {name}"), visit, view, &content)
}

/// `/mainlog.html`.
pub(super) async fn of_daemon(visit: &Visit, view: &View, shared: &Shared) -> Answer {
    let file = match &view.main_log {
        MainLog::File(path) => end_of(path, FOLLOWED_BYTES).ok(),
        MainLog::Syslog => None,
    };
    let urls = || LogUrls {
        stream: format!("mainlogtail?bytes={FOLLOWED_BYTES}"),
        download: String::from(Page::Text.url()),
    };
    let shown = Shown {
        file: file.is_some().then(urls),
        refresh: file.is_none().then(|| String::from(Page::MainLog.url())),
        has_levels: true,
        text: &match file {
            Some(text) => text,
            None => shared.engine().recent_lines().await,
        },
    };
    let content = html! {
        h1 { "Activity log" }
        @if shown.file.is_none() {
            p.hint {
                @match &view.main_log {
                    MainLog::Syslog => "The log goes to syslog.",
                    MainLog::File(path) => { "The log goes to " code { (path) } ", which cannot be read back." }
                }
                " These are the last lines, as supervisord remembers them."
            }
        }
        section.log aria-label="Activity log" {
            div.log-view data-stream=[shown.file.as_ref().map(|file| &file.stream)] data-has-levels[shown.has_levels] {
                div.log-head { (tools(&shown)) }
                (lines(&shown))
            }
            @if shown.file.is_some() && visit.access.may_change() {
                form.clear action=(Page::MainLog.url()) method="post" {
                    button name="action" value="clearmainlog" { "Clear log" }
                }
            }
        }
    };
    document("Supervisor activity log", visit, view, &content)
}

/// What can be done with a log; scripts add to it.
fn tools(shown: &Shown<'_>) -> Markup {
    html! {
        div.log-tools {
            @if let Some(file) = &shown.file { a.download href=(file.download) download { "Download" } }
            @if let Some(refresh) = &shown.refresh { a.refresh href=(refresh) { "Refresh" } }
        }
    }
}

/// The end of a log, which scripts turn into one that is followed.
fn lines(shown: &Shown<'_>) -> Markup {
    html! {
        div.lines role="region" aria-label="Lines" tabindex="0" { "\n" pre { (shown.text) } "\n" }
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

/// The end of a log, or why there is none.
fn end_of_process_log(view: &View, name: &str, channel: &str, bytes: u64) -> Result<String, String> {
    let why_not = |fault| match fault {
        Fault::NoFile(_) => format!("No file for {name}"),
        fault => format!("ERROR: {}", unexpected(fault)),
    };
    let process = query::process(view, name).map_err(why_not)?;
    let channel = if channel == "stderr" { Channel::Stderr } else { Channel::Stdout };
    let path = query::logfile(process, channel).ok_or_else(|| why_not(Fault::NoFile(None)))?;
    end_of(path, bytes).map_err(why_not)
}

/// Why a process that there is has no such log, in other words.
fn why_no_log(view: &View, name: &str, channel: &str) -> Option<Markup> {
    query::process(view, name).ok()?;
    Some(match query::logfile_of(view, name, channel) {
        Some(path) if Log::open(Path::new(path)).is_err() => html! {
            "The output goes to " code { (path) } ", which is not there or cannot be read back."
        },
        Some(_) => return None,
        None if channel == "stderr" => html! {
            "What it writes to stderr is not kept, or is part of stdout: see " code { "stderr_logfile" } " and "
            code { "redirect_stderr" } "."
        },
        None => html! { "What it writes to stdout is not kept: see " code { "stdout_logfile" } "." },
    })
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
