//! One process: what it uses, how it ended, what its options are.

use std::rc::Rc;
use std::sync::Arc;

use hyper::StatusCode;
use maud::{Markup, html};
use supervisor_config::effective::{EffectiveOption, options_of};
use supervisor_core::spec::{GroupKind, GroupSpec, ProcessSpec, SocketAddress};
use supervisor_core::state::ProcessState;
use supervisor_rpc::explanation::{self, LogLine, ago, end_in_words};

use super::document::document;
use super::row::{self, display_name, restarts, state_mark};
use super::usage::{self, Usage};
use super::{Page, Visit, happening, status_page};
use crate::http::answer::Answer;
use crate::http::parameters::quoted;
use crate::http::query::{self, present_second, process_info};
use crate::http::server::Shared;
use crate::view::{ProcessView, View};

/// How many ends are told at most.
const ENDS_MAX: usize = 10;

/// Answers with the page.
pub(super) async fn answer(visit: &Visit, view: &View, shared: &Rc<Shared>) -> Answer {
    let name = visit.parameters.get("processname").unwrap_or_default();
    let Ok(process) = query::process(view, name) else {
        let content = html! { h1 { "No such process" } p { "There is no process named " b { (name) } "." } };
        let mut answer = document("Supervisor: no such process", visit, view, &content);
        *answer.status_mut() = StatusCode::NOT_FOUND;
        return answer;
    };
    let usage = shared.usage.of(std::slice::from_ref(process)).await.get(&process.pid).copied();
    let groups = shared.engine().groups_at_work().await;
    let known = happening::known(view, shared).await;
    let content = html! {
        (heading(visit, view, name))
        div.cards {
            (facts(process))
            (consumption(process, usage))
            (ends(&known, process))
        }
        div.columns {
            (options(&groups, process))
            aside aria-labelledby="happened" {
                h2 id="happened" { "What happened" }
                (happening::timeline(&known, view, Some(&process.name)))
            }
        }
    };
    document(&format!("Supervisor process {name}"), visit, view, &content)
}

/// The name of a process, its state, what can be done, and where there is more of it.
pub(super) fn heading(visit: &Visit, view: &View, name: &str) -> Markup {
    let tab = |page: Page, caption: &str| {
        let url = format!("{}?processname={}", page.url(), quoted(name));
        html! { a href=(url) aria-current=[(visit.page == page).then_some("page")] { (caption) } }
    };
    let process = query::process(view, name).ok();
    html! {
        div.process-heading data-process=(name) {
            h1 { (name) }
            @if let Some(process) = process {
                @let info = process_info(process, present_second());
                div.now data-part="now" data-pid=(info.pid) data-uptime=[row::uptime(&info)] {
                    (state_mark(process.state))
                    span.description { (info.description) }
                }
                @if visit.access.may_change() { (orders(name, process.state)) }
            }
            nav.tabs aria-label="Process" {
                (tab(Page::Process, "Overview"))
                (tab(Page::Tail, "Log"))
            }
        }
    }
}

/// What can be done with one process. What makes no sense in its state is there, but cannot be pressed.
fn orders(name: &str, state: ProcessState) -> Markup {
    let is_up = !matches!(state, ProcessState::Stopped | ProcessState::Exited | ProcessState::Fatal);
    let is_on_its_way = matches!(state, ProcessState::Stopping | ProcessState::Unknown);
    let has_pid = matches!(state, ProcessState::Starting | ProcessState::Running | ProcessState::Stopping);
    html! {
        form.orders action=(Page::Process.url()) method="post" {
            input type="hidden" name="processname" value=(name);
            button name="action" value="start" disabled[is_up] { "Start" }
            button name="action" value="stop" disabled[!is_up || is_on_its_way] { "Stop" }
            button name="action" value="restart" { "Restart" }
            button name="action" value="clearlog" { "Clear Log" }
            span.signal {
                (status_page::signal_choice())
                button name="action" value="signal" disabled[!has_pid] { "Send signal" }
            }
        }
    }
}

fn facts(process: &ProcessView) -> Markup {
    let info = process_info(process, present_second());
    let started = if info.start == 0 { String::from("never") } else { ago(info.now - info.start) };
    html! {
        section.card aria-labelledby="facts" data-part="facts" {
            h2 id="facts" { "Now" }
            p.meaning { (explanation::meaning(info.state, info.start)) "." }
            dl.facts {
                div { dt { "Pid" } dd { (if info.pid == 0 { String::from("none") } else { info.pid.to_string() }) } }
                div { dt { "Last start" } dd { (started) } }
                div { dt { "Restarts" } dd { (restarts(process)) } }
                @if !info.spawnerr.is_empty() { div { dt { "Spawn error" } dd { (info.spawnerr) } } }
            }
        }
    }
}

fn consumption(process: &ProcessView, usage: Option<Usage>) -> Markup {
    let card = |what: &str, title: &str, value: String| {
        html! {
            section.card.usage aria-labelledby=(what) data-usage=(what) data-name=(display_name(process)) {
                h2 id=(what) { (title) }
                p.value { (if value.is_empty() { String::from("\u{2013}") } else { value }) }
            }
        }
    };
    html! {
        (card("cpu", "CPU", usage.map(|usage| usage::percent(usage.cpu_percent)).unwrap_or_default()))
        (card("memory", "Memory", usage.map(|usage| usage::bytes(usage.resident_bytes)).unwrap_or_default()))
    }
}

/// The last ends, explained.
fn ends(known: &str, process: &ProcessView) -> Markup {
    let ends: Vec<LogLine<'_>> = known
        .lines()
        .rev()
        .filter_map(LogLine::parse)
        .filter(|line| line.is_about(&process.name) && line.end().is_some())
        .take(ENDS_MAX)
        .collect();
    html! {
        section.card aria-labelledby="ends" data-part="ends" {
            h2 id="ends" { "Last ends" }
            @if ends.is_empty() { p { "None that are remembered." } }
            ol.ends {
                @for line in &ends {
                    li {
                        time datetime={ (line.date) "T" (line.time.replace(',', ".")) } {
                            (line.date) " " (line.time.split(',').next().unwrap_or_default())
                        }
                        p {
                            (if line.is_exit() { "Ended by itself: " } else { "Stopped: " })
                            (end_in_words(line).unwrap_or_default())
                        }
                    }
                }
            }
        }
    }
}

fn options(groups: &[GroupSpec], process: &ProcessView) -> Markup {
    let group = groups.iter().find(|group| group.name == process.group);
    let spec: Option<&Arc<ProcessSpec>> =
        group.and_then(|group| group.processes.iter().find(|spec| spec.name == process.name));
    let all = spec.map(|spec| options_of(spec)).unwrap_or_default();
    let (at_default, set): (Vec<_>, Vec<_>) = all.into_iter().partition(|option| option.is_default);
    html! {
        section aria-labelledby="options" {
            h2 id="options" { "Configuration" }
            p.hint { "As it holds for this process. Secrets are masked." }
            dl.options {
                @if let Some(group) = group { (group_options(group)) }
                @for option in &set { (option_of(option)) }
            }
            @if !at_default.is_empty() {
                details {
                    summary { (at_default.len()) " options at their defaults" }
                    dl.options { @for option in &at_default { (option_of(option)) } }
                }
            }
        }
    }
}

fn option_of(option: &EffectiveOption) -> Markup {
    html! {
        div {
            dt { (option.name) }
            dd { @if option.value.is_empty() { "(none)" } @else { code { (option.value) } } }
        }
    }
}

/// What belongs to the group as a whole.
fn group_options(group: &GroupSpec) -> Markup {
    let option = |name: &str, value: &str| html! { div { dt { (name) } dd { code { (value) } } } };
    html! {
        (option("group", &group.name))
        @match &group.kind {
            GroupKind::Programs => {}
            GroupKind::EventListener(listener) => {
                (option("events", &listener.events.join(",")))
                (option("buffer_size", &listener.buffer_size.to_string()))
            }
            GroupKind::FastCgi(socket) => {
                @let address = match &socket.address {
                    SocketAddress::Unix(path) => format!("unix://{path}"),
                    SocketAddress::Tcp { host, port } => format!("tcp://{host}:{port}"),
                };
                (option("socket", &address))
            }
        }
    }
}
