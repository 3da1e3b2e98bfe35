//! One process as a row of the table.

use maud::{Markup, html};
use supervisor_core::name::DisplayName;
use supervisor_core::state::ProcessState;
use supervisor_rpc::info::ProcessInfo;

use super::Page;
use super::usage::{self, Usage};
use crate::http::auth::Access;
use crate::http::parameters::quoted;
use crate::http::query::{present_second, process_info};
use crate::view::ProcessView;

/// A process and what a page shows of it.
pub(super) struct Row<'a> {
    pub(super) process: &'a ProcessView,
    pub(super) usage: Option<Usage>,
    pub(super) access: Access,
    /// The visitor wants to see others.
    pub(super) is_hidden: bool,
}

/// The class of a state: the reference knows three.
pub(super) const fn class(state: ProcessState) -> &'static str {
    match state {
        ProcessState::Running => "statusrunning",
        ProcessState::Fatal | ProcessState::Backoff => "statuserror",
        _ => "statusnominal",
    }
}

/// A state as the page shows it.
pub(super) fn state_mark(state: ProcessState) -> Markup {
    let name = state.name().to_lowercase();
    let class = class(state);
    // Scripts and styles tell the others by their class.
    html! { span class=(class) data-state=[(class == "statusnominal").then_some(&name)] { (name) } }
}

/// The name of a process as people read it.
pub(super) fn display_name(process: &ProcessView) -> String {
    DisplayName { group: &process.group, process: &process.name }.to_string()
}

/// How often a process was started after its first time.
pub(super) fn restarts(process: &ProcessView) -> u64 {
    process.starts.saturating_sub(1)
}

/// What tells one state of a row from another.
pub(super) fn key(process: &ProcessView) -> String {
    let ProcessView { state, pid, start_seconds, stop_seconds, starts, .. } = process;
    format!("{}.{pid}.{start_seconds}.{stop_seconds}.{starts}", state.code())
}

/// What a link of a row does.
struct Link {
    caption: &'static str,
    url: String,
    opens: bool,
}

impl Row<'_> {
    /// The row; `class` is that of every second one.
    pub(super) fn markup(&self, class: &str) -> Markup {
        let process = self.process;
        let name = display_name(process);
        let info = process_info(process, present_second());
        let usage = self.usage;
        html! {
            tr class=[(!class.is_empty()).then_some(class)] data-name=(name)
                data-key=(key(process)) data-state=(process.state.name().to_lowercase())
                data-pid=[(process.pid != 0).then_some(process.pid)] data-uptime=[uptime(&info)] hidden[self.is_hidden]
            {
                "\n" td.status { (state_mark(process.state)) }
                "\n" td.desc { span { (info.description) } }
                "\n" td.name {
                    @if self.access.may_change() {
                        input type="checkbox" name="selected" value=(name) aria-label={ "Select " (name) };
                    }
                    a href={ (Page::Tail.url()) "?processname=" (quoted(&name)) } target="_blank" { (name) }
                }
                "\n" td.action { ul { @for link in self.links(&name) { "\n" (link) } } }
                "\n" td.cpu { (usage.map_or_else(String::new, |usage| usage::percent(usage.cpu_percent))) }
                "\n" td.memory { (usage.map_or_else(String::new, |usage| usage::bytes(usage.resident_bytes))) }
                "\n" td.restarts { (restarts(process)) }
                "\n"
            }
            "\n"
        }
    }

    /// The five links of the action cell; `None` is one that makes no sense now.
    fn links(&self, name: &str) -> Vec<Markup> {
        let quoted = quoted(name);
        let act = |caption, action: &str| {
            let url = format!("{}?processname={quoted}&action={action}", Page::Status.url());
            self.access.may_change().then_some(Link { caption, url, opens: false })
        };
        let open = |caption, url| Some(Link { caption, url, opens: true });
        let (first, second) = match self.process.state {
            ProcessState::Running => (act("Restart", "restart"), act("Stop", "stop")),
            ProcessState::Stopped | ProcessState::Exited | ProcessState::Fatal => {
                (act("Start", "start"), None)
            }
            // Differs: pending-starts-can-be-stopped
            ProcessState::Starting | ProcessState::Backoff => (None, act("Stop", "stop")),
            ProcessState::Stopping | ProcessState::Unknown => (None, None),
        };
        let links = [
            first,
            second,
            act("Clear Log", "clearlog"),
            open("Tail -f Stdout", format!("logtail/{quoted}")),
            open("Tail -f Stderr", format!("logtail/{quoted}/stderr")),
        ];
        links.into_iter().map(Link::markup_or_gap).collect()
    }
}

impl Link {
    fn markup_or_gap(link: Option<Self>) -> Markup {
        html! {
            @match link {
                Some(link) => li {
                    a href=(link.url) name=(link.caption) target=[link.opens.then_some("_blank")] { (link.caption) }
                },
                None => li.hidden { a.hidden href="#" name="#" { "Action" } },
            }
        }
    }
}

/// For how long it runs, if it does.
pub(super) fn uptime(info: &ProcessInfo) -> Option<i64> {
    (info.state == ProcessState::Running).then(|| (info.now - info.start).max(0))
}
