//! One call of the core: the time it was told, and the effects it has decided on so far.

use std::sync::Arc;

use crate::effect::{Effect, Level};
use crate::event::Event;
use crate::subscription::Subscriptions;
use crate::time::Moment;

/// Passed down to whoever decides during one call.
pub(crate) struct Turn<'a> {
    pub(crate) now: Moment,
    pub(crate) effects: &'a mut Vec<Effect>,
    watched: Arc<Subscriptions>,
    /// Lines that matter less are not even made.
    least: Level,
    /// What has happened and no pool has seen yet.
    pub(crate) happened: Vec<Happened>,
}

/// An event of this turn that has no number yet.
pub(crate) struct Happened {
    pub(crate) event: Arc<Event>,
    /// The effect that tells watchers of it, if there are any.
    pub(crate) emitted: Option<usize>,
}

impl<'a> Turn<'a> {
    pub(crate) fn new(now: Moment, watched: Arc<Subscriptions>, effects: &'a mut Vec<Effect>) -> Self {
        Self { now, effects, watched, least: Level::Blather, happened: Vec::new() }
    }
}

impl Turn<'_> {
    /// Makes no lines that matter less.
    pub(crate) fn logging_from(mut self, least: Level) -> Self {
        self.least = least;
        self
    }

    /// A line for developers, made only if somebody reads it.
    pub(crate) fn debug(&mut self, line: impl FnOnce() -> String) {
        if self.least <= Level::Debug {
            self.log(Level::Debug, line());
        }
    }

    pub(crate) fn push(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    pub(crate) fn log(&mut self, level: Level, message: impl Into<String>) {
        self.effects.push(Effect::Log(level, message.into()));
    }

    /// Something has happened. Watchers are told of it in the order of the effects, with a number that it gets later.
    pub(crate) fn emit(&mut self, event: Event) {
        let event = Arc::new(event);
        let emitted = self.watched.wants(event.type_name()).then_some(self.effects.len());
        if emitted.is_some() {
            self.effects.push(Effect::Emit { serial: 0, event: Arc::clone(&event) });
        }
        self.happened.push(Happened { event, emitted });
    }
}
