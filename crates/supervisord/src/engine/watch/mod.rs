//! Who watches events besides the listeners: clients of the event stream and whoever else wants to know.
//!
//! A watcher has a [`Filter`] and a box of bounded size. The engine puts into the box what passes the filter and never
//! waits: what a slow reader has no room for is dropped, and the place in the box says how much. While nobody watches,
//! the core is told so and nothing is made for nobody.

mod mailbox;

use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use hyper::body::Bytes;
use supervisor_core::event::Event;
use supervisor_core::input::Input;
use supervisor_core::name::matches;
use supervisor_core::subscription::Subscriptions;
use supervisor_sys::clock::wall_nanoseconds;

pub use self::mailbox::Mailbox;
use super::Engine;
use super::handle::{EngineHandle, Request};

/// What somebody wants to see. Nothing in a list stands for everything.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Types of events, upper case; a type stands for those below it.
    pub types: Subscriptions,
    /// Patterns of process names, with `*`; one with a colon is for `group:name`. If there are any, only events of
    /// processes pass.
    pub processes: Vec<String>,
    /// Patterns of group names, with `*`. If there are any, only events of groups and their processes pass.
    pub groups: Vec<String>,
}

/// Something that has happened.
#[derive(Clone, Debug)]
pub struct Happened {
    /// Its number among all events of the daemon; the same that listeners get.
    pub serial: u64,
    /// When, in nanoseconds since the epoch.
    pub wall_nanoseconds: u64,
    /// What.
    pub event: Arc<Event>,
    /// How it is told, in each form that somebody reads: made once for all of them.
    pub texts: Arc<[OnceLock<Bytes>; FORMS]>,
}

/// In how many forms events are told.
pub const FORMS: usize = 2;

impl Happened {
    /// That event, not told to anybody yet.
    #[must_use]
    pub fn new(serial: u64, wall_nanoseconds: u64, event: Arc<Event>) -> Self {
        Self { serial, wall_nanoseconds, event, texts: Arc::default() }
    }
}

/// What a watcher finds in its box.
#[derive(Clone, Debug)]
pub enum Told {
    /// Something has happened.
    Event(Happened),
    /// Here so many events were dropped, because nobody had taken what came before.
    Dropped(u64),
}

/// The watcher's side of a box. Watching ends when it is dropped.
#[derive(Debug)]
pub struct Subscription {
    mailbox: Arc<Mailbox>,
    engine: EngineHandle,
}

/// The engine's side of all boxes.
#[derive(Debug, Default)]
pub(super) struct Watchers(Vec<(Filter, Arc<Mailbox>)>);

impl Filter {
    /// Lets pass everything of these types.
    #[must_use]
    pub fn of_types(types: Subscriptions) -> Self {
        Self { types, processes: Vec::new(), groups: Vec::new() }
    }

    /// Whether an event passes.
    #[must_use]
    pub fn passes(&self, event: &Event) -> bool {
        self.types.wants(event.type_name()) && self.is_about(event.subject())
    }

    fn is_about(&self, subject: Option<(&str, Option<&str>)>) -> bool {
        let group_fits = |group: &str| self.groups.iter().any(|pattern| matches(pattern, group));
        let process_fits = |group: &str, name: &str| {
            self.processes.iter().any(|pattern| match pattern.split_once(':') {
                None => matches(pattern, name),
                Some((in_group, in_name)) => matches(in_group, group) && matches(in_name, name),
            })
        };
        match subject {
            None => self.groups.is_empty() && self.processes.is_empty(),
            Some((group, name)) => {
                (self.groups.is_empty() || group_fits(group))
                    && (self.processes.is_empty() || name.is_some_and(|name| process_fits(group, name)))
            }
        }
    }
}

impl EngineHandle {
    /// Watches what passes the filter from now on: whatever is asked of the engine after this call is seen.
    /// An engine that is gone has nothing to tell.
    #[must_use]
    pub fn events(&self, filter: Filter) -> Subscription {
        let mailbox = Arc::new(Mailbox::default());
        if !self.send(Request::Watch { filter, mailbox: Arc::clone(&mailbox) }) {
            mailbox.close();
        }
        Subscription { mailbox, engine: self.clone() }
    }
}

impl Subscription {
    /// What comes next; `None` when the engine has ended.
    pub fn poll_next(&self, context: &Context<'_>) -> Poll<Option<Told>> {
        self.mailbox.poll_take(context)
    }

    /// What comes next; `None` when the engine has ended. Nothing is lost when the wait is given up.
    pub async fn next(&self) -> Option<Told> {
        std::future::poll_fn(|context| self.poll_next(context)).await
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.mailbox.close();
        self.engine.send(Request::Unwatch);
    }
}

impl Watchers {
    /// Puts an event into the boxes of those who want it.
    pub(super) fn tell(&self, serial: u64, event: &Arc<Event>) {
        let happened = Happened::new(serial, wall_nanoseconds(), Arc::clone(event));
        for (_, mailbox) in self.0.iter().filter(|(filter, _)| filter.passes(event)) {
            mailbox.put(&happened);
        }
    }

    /// All that anybody watches.
    fn subscriptions(&self) -> Subscriptions {
        Subscriptions::new(self.0.iter().flat_map(|(filter, _)| filter.types.types().to_vec()).collect())
    }
}

impl Drop for Watchers {
    fn drop(&mut self) {
        self.0.iter().for_each(|(_, mailbox)| mailbox.close());
    }
}

impl Engine {
    pub(super) fn watch(&mut self, filter: Filter, mailbox: Arc<Mailbox>) {
        self.watchers.0.push((filter, mailbox));
        self.feed(Input::Watched(self.watchers.subscriptions()));
    }

    /// Somebody has stopped watching.
    pub(super) fn unwatch(&mut self) {
        self.watchers.0.retain(|(_, mailbox)| !mailbox.is_closed());
        self.feed(Input::Watched(self.watchers.subscriptions()));
    }
}

#[cfg(test)]
mod tests {
    use supervisor_core::event::{OutputChannel, Written};
    use supervisor_core::process::Pid;

    use super::*;

    fn filter(processes: &[&str], groups: &[&str]) -> Filter {
        let owned = |patterns: &[&str]| patterns.iter().map(|&pattern| pattern.to_owned()).collect();
        let types = Subscriptions::new(vec!["EVENT".to_owned()]);
        Filter { types, processes: owned(processes), groups: owned(groups) }
    }

    #[test]
    fn a_filter_lets_pass_what_is_about_a_process_or_a_group_of_its_patterns() {
        let (channel, data) = (OutputChannel::Stdout, Vec::new());
        let written = Written { name: "cat_01".into(), group: "web".into(), pid: Pid(7), channel, data };
        let of_process = Event::ProcessLog(written);
        let of_group = Event::ProcessGroupAdded("web".into());
        let of_nobody = Event::SupervisorRunning;
        for (processes, groups, passed) in [
            (&[][..], &[][..], [true, true, true]),
            (&["cat_*"], &[], [true, false, false]),
            (&["web:*"], &[], [true, false, false]),
            (&["cat"], &[], [false, false, false]),
            (&["dog", "w*:cat_01"], &[], [true, false, false]),
            (&[], &["w*"], [true, true, false]),
            (&[], &["db"], [false, false, false]),
            (&["cat_*"], &["db"], [false, false, false]),
        ] {
            let filter = filter(processes, groups);
            let found = [&of_process, &of_group, &of_nobody].map(|event| filter.passes(event));
            assert_eq!(found, passed, "{filter:?}");
        }
    }

    #[test]
    fn a_filter_lets_pass_the_types_below_its_own() {
        let filter = Filter::of_types(Subscriptions::new(vec!["PROCESS_GROUP".to_owned()]));
        assert!(filter.passes(&Event::ProcessGroupAdded("web".into())));
        assert!(!filter.passes(&Event::SupervisorRunning));
    }
}
