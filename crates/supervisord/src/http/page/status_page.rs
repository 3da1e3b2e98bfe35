//! The page with all processes.

use std::collections::BTreeMap;
use std::rc::Rc;

use maud::{Markup, html};
use supervisor_core::state::ProcessState;

use super::document::document;
use super::row::{Row, display_name};
use super::{Page, Visit, happening};
use crate::http::answer::Answer;
use crate::http::parameters::quoted;
use crate::http::server::Shared;
use crate::view::{ProcessView, View};

/// Signals that people send, the usual ones first.
pub(super) const SIGNALS: [&str; 10] =
    ["HUP", "USR1", "USR2", "TERM", "INT", "QUIT", "KILL", "CONT", "STOP", "WINCH"];

/// States in the order of their filters.
const STATES: [ProcessState; 8] = [
    ProcessState::Running,
    ProcessState::Fatal,
    ProcessState::Backoff,
    ProcessState::Unknown,
    ProcessState::Starting,
    ProcessState::Stopping,
    ProcessState::Exited,
    ProcessState::Stopped,
];

/// Answers with the page.
pub(super) async fn answer(visit: &Visit, view: &View, shared: &Rc<Shared>) -> Answer {
    let wanted = Wanted::new(visit);
    let known = happening::known(view, shared).await;
    let usages = shared.usage.of(&view.processes).await;
    let is_any_wanted = view.processes.iter().any(|process| wanted.has(process));
    let rows: Vec<Markup> = view
        .processes
        .iter()
        .enumerate()
        .map(|(index, process)| {
            let usage = usages.get(&process.pid).copied();
            let is_hidden = !wanted.has(process);
            let row = Row { process, usage, access: visit.access, is_hidden };
            // Compat: shaded-rows
            row.markup(if index % 2 == 1 { "shade" } else { "" })
        })
        .collect();
    let content = html! {
        h1.visually-hidden { "Processes" }
        div.overview {
            (counts(view, &wanted))
            (search(&wanted))
        }
        div.columns {
            form id="processes" action=(Page::Status.url()) method="post" {
                (buttons(visit))
                @if visit.access.may_change() { (selection_bar()) }
                @if view.processes.is_empty() {
                    "No programs to manage"
                } @else {
                    (table(&rows))
                    p.empty hidden[is_any_wanted] { "No process is like that." }
                }
            }
            aside aria-labelledby="happened" {
                h2 id="happened" { "What happened" }
                (happening::timeline(&known, view, None))
            }
        }
    };
    document("Supervisor Status", visit, view, &content)
}

/// Which processes are shown.
struct Wanted<'a> {
    state: Option<&'a str>,
    search: Option<&'a str>,
}

impl<'a> Wanted<'a> {
    fn new(visit: &'a Visit) -> Self {
        Self { state: visit.parameters.get("state"), search: visit.parameters.get("search") }
    }

    fn has(&self, process: &ProcessView) -> bool {
        let has_state = |state: &str| process.state.name().eq_ignore_ascii_case(state);
        let has_name = |part: &str| display_name(process).to_lowercase().contains(&part.to_lowercase());
        self.state.is_none_or(has_state) && self.search.is_none_or(has_name)
    }

    /// The page with these and another state.
    fn url(&self, state: Option<&str>) -> String {
        let pairs = [("state", state), ("search", self.search)];
        let pairs: Vec<String> = pairs
            .into_iter()
            .filter_map(|(name, value)| Some(format!("{name}={}", quoted(value?))))
            .collect();
        format!("{}?{}", Page::Status.url(), pairs.join("&"))
    }
}

/// How many processes are in which state, as filters.
fn counts(view: &View, wanted: &Wanted<'_>) -> Markup {
    let mut counts: BTreeMap<ProcessState, usize> = BTreeMap::new();
    for process in view.processes.iter() {
        *counts.entry(process.state).or_default() += 1;
    }
    let filter = |state: Option<&str>, count: usize, caption: &str| {
        let is_chosen = wanted.state.map(str::to_lowercase).as_deref() == state;
        html! {
            li hidden[count == 0 && state.is_some()] {
                a.filter href=(wanted.url(state)) data-state=(state.unwrap_or("all"))
                    aria-current=[is_chosen.then_some("true")]
                {
                    b { (count) } " " (caption)
                }
            }
            "\n"
        }
    };
    html! {
        nav aria-label="Processes by state" {
            ul.filters {
                (filter(None, view.processes.len(), "all"))
                @for state in STATES {
                    @let name = state.name().to_lowercase();
                    (filter(Some(&name), counts.get(&state).copied().unwrap_or(0), &name))
                }
            }
        }
    }
}

fn search(wanted: &Wanted<'_>) -> Markup {
    html! {
        form.search role="search" action=(Page::Status.url()) method="get" {
            @if let Some(state) = wanted.state { input type="hidden" name="state" value=(state); }
            input type="search" name="search" value=[wanted.search] placeholder="Search names"
                aria-label="Search names" autocomplete="off" spellcheck="false";
            button { "Search" }
        }
    }
}

fn buttons(visit: &Visit) -> Markup {
    let button = |action: &str, caption: &str| {
        let url = format!("{}?action={action}", Page::Status.url());
        html! { "\n" li.action-button { a href=(url) { (caption) } } }
    };
    html! {
        ul.clr id="buttons" {
            (button("refresh", "Refresh"))
            @if visit.access.may_change() {
                (button("restartall", "Restart All"))
                (button("stopall", "Stop All"))
            }
            "\n"
        }
    }
}

/// What can be done with all selected processes.
fn selection_bar() -> Markup {
    html! {
        fieldset.selection aria-label="With the selected processes" {
            span.selected { "With the selected processes:" }
            button name="action" value="start" { "Start" }
            button name="action" value="stop" { "Stop" }
            button name="action" value="restart" { "Restart" }
            button name="action" value="clearlog" { "Clear Log" }
            span.signal {
                (signal_choice())
                button name="action" value="signal" { "Send signal" }
            }
        }
    }
}

pub(super) fn signal_choice() -> Markup {
    html! {
        select name="signal" aria-label="Signal" {
            @for signal in SIGNALS { option { (signal) } }
        }
    }
}

/// The four columns of the reference, in its order, and ours after them.
fn table(rows: &[Markup]) -> Markup {
    const HEADS: [(&str, &str); 7] = [
        ("state", "State"),
        ("desc", "Description"),
        ("name", "Name"),
        ("action", "Action"),
        ("cpu", "CPU"),
        ("memory", "Memory"),
        ("restarts", "Restarts"),
    ];
    html! {
        table.processes {
            caption.visually-hidden { "Processes" }
            thead {
                tr {
                    @for (class, caption) in HEADS { "\n" th scope="col" class=(class) { (caption) } }
                    "\n"
                }
            }
            "\n"
            tbody { "\n" @for row in rows { (row) } }
        }
    }
}
