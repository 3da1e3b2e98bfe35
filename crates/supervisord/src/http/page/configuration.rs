//! What the configuration on disk would change, and a button that has it.

use std::rc::Rc;

use maud::{Markup, html};
use supervisor_config::effective::differences;
use supervisor_core::changes::changes;
use supervisor_core::spec::{GroupSpec, ProcessSpec};

use super::document::document;
use super::{Page, Visit};
use crate::http::answer::Answer;
use crate::http::server::Shared;
use crate::view::View;

/// Answers with the page.
pub(super) async fn answer(visit: &Visit, view: &View, shared: &Rc<Shared>) -> Answer {
    let content = html! {
        h1 { "Configuration" }
        @match shared.configuration_on_disk().await {
            Ok(on_disk) => {
                @let at_work = shared.engine().groups_at_work().await;
                (planned(visit, &at_work, &on_disk))
            }
            Err(why) => {
                p { "The configuration on disk cannot be used. Everything goes on as it is." }
                pre.fault { (why) }
            }
        }
    };
    document("Supervisor configuration", visit, view, &content)
}

/// What an update would do.
fn planned(visit: &Visit, at_work: &[GroupSpec], on_disk: &[GroupSpec]) -> Markup {
    let changes = changes(at_work.iter(), on_disk);
    let group = |groups: &'_ [GroupSpec], name: &str| groups.iter().find(|group| group.name == name).cloned();
    let is_same = changes.added.is_empty() && changes.changed.is_empty() && changes.removed.is_empty();
    if is_same {
        return html! {
            p.no-change { "What runs is what the configuration on disk says. An update would change nothing." }
        };
    }
    html! {
        p { "The configuration on disk is not the one that runs. An update would do this:" }
        ul.plan {
            @for name in &changes.removed {
                li.removed { h2 { (name) } p { "stopped and removed" } }
            }
            @for name in &changes.changed {
                li.changed {
                    h2 { (name) }
                    p { "stopped and started anew with other options" }
                    @if let (Some(old), Some(new)) = (group(at_work, name), group(on_disk, name)) {
                        (changed_options(&old, &new))
                    }
                }
            }
            @for name in &changes.added {
                li.added {
                    h2 { (name) }
                    p { "added" }
                    @if let Some(new) = group(on_disk, name) { (commands(&new)) }
                }
            }
        }
        @if visit.access.may_change() {
            form.apply action=(Page::Configuration.url()) method="post" {
                button.primary name="action" value="update" { "Update" }
                span { "Programs that are not named above go on running." }
            }
        }
    }
}

fn commands(group: &GroupSpec) -> Markup {
    html! {
        dl.options {
            @for process in &group.processes {
                div {
                    dt { (process.name) }
                    dd { code { (supervisor_config::effective::options_of(process)[0].value) } }
                }
            }
        }
    }
}

/// The options that differ, process by process.
fn changed_options(old: &GroupSpec, new: &GroupSpec) -> Markup {
    let find = |group: &'_ GroupSpec, name: &str| -> Option<std::sync::Arc<ProcessSpec>> {
        group.processes.iter().find(|process| process.name == name).cloned()
    };
    html! {
        dl.options {
            @if old.priority != new.priority {
                (option_change("priority of the group", &old.priority.to_string(), &new.priority.to_string()))
            }
            @for process in &new.processes {
                @match find(old, &process.name) {
                    None => div { dt { (process.name) } dd { "new" } },
                    Some(before) => {
                        @for (name, before, now) in differences(&before, process) {
                            (option_change(&format!("{}: {name}", process.name), &before, &now))
                        }
                    }
                }
            }
            @for process in old.processes.iter().filter(|process| find(new, &process.name).is_none()) {
                div { dt { (process.name) } dd { "gone" } }
            }
        }
    }
}

fn option_change(name: &str, old: &str, new: &str) -> Markup {
    let shown = |value: &str| if value.is_empty() { String::from("(none)") } else { value.to_owned() };
    html! {
        div {
            dt { (name) }
            dd { del { (shown(old)) } " " ins { (shown(new)) } }
        }
    }
}
