//! One call of the core: the time it was told, and the effects it has decided on so far.

use crate::effect::{Effect, Level};
use crate::event::Event;
use crate::time::Moment;

/// Passed down to whoever decides during one call.
pub(crate) struct Turn<'a> {
    pub(crate) now: Moment,
    pub(crate) effects: &'a mut Vec<Effect>,
    /// So many effects have been searched for events.
    pub(crate) absorbed: usize,
}

impl<'a> Turn<'a> {
    pub(crate) fn new(now: Moment, effects: &'a mut Vec<Effect>) -> Self {
        let absorbed = effects.len();
        Self { now, effects, absorbed }
    }
}

impl Turn<'_> {
    pub(crate) fn push(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    pub(crate) fn log(&mut self, level: Level, message: impl Into<String>) {
        self.effects.push(Effect::Log(level, message.into()));
    }

    pub(crate) fn emit(&mut self, event: Event) {
        self.effects.push(Effect::Emit(event));
    }
}
