//! A supervisor restored from a snapshot, which must go on exactly as the original does.

use supervisor_core::Supervisor;
use supervisor_core::effect::Effect;
use supervisor_core::input::Input;
use supervisor_core::time::Moment;

use crate::checker::{Verdict, ensure};

/// For so many turns the two go side by side.
const TURNS: u32 = 60;

#[derive(Debug)]
pub(crate) struct Twin {
    supervisor: Supervisor,
    turns_left: u32,
    effects: Vec<Effect>,
}

impl Twin {
    /// Takes a snapshot and restores it.
    pub(crate) fn of(original: &Supervisor) -> Result<Self, crate::checker::Violation> {
        let text = snapshot(original)?;
        let supervisor: Supervisor = serde_json::from_str(&text)
            .map_err(|error| crate::checker::Violation(format!("a snapshot cannot be restored: {error}")))?;
        ensure(snapshot(&supervisor)? == text, || "a restored supervisor has another snapshot".to_owned())?;
        Ok(Self { supervisor, turns_left: TURNS, effects: Vec::new() })
    }

    /// Lives through the turn that the original has just lived through.
    pub(crate) fn follow(
        &mut self,
        now: Moment,
        input: Input,
        original: &Supervisor,
        effects: &[Effect],
    ) -> Verdict {
        self.effects.clear();
        self.supervisor.handle(now, input, &mut self.effects);
        ensure(self.effects == effects, || {
            format!("a restored supervisor does something else: {:?}", self.effects)
        })?;
        ensure(self.supervisor.next_deadline() == original.next_deadline(), || {
            "a restored supervisor has another deadline".to_owned()
        })?;
        ensure(self.supervisor.revision() == original.revision(), || {
            "a restored supervisor has another revision".to_owned()
        })?;
        self.turns_left -= 1;
        if self.turns_left == 0 {
            ensure(snapshot(&self.supervisor)? == snapshot(original)?, || {
                "a restored supervisor has become another".to_owned()
            })?;
        }
        Ok(())
    }

    pub(crate) fn is_done(&self) -> bool {
        self.turns_left == 0
    }
}

fn snapshot(supervisor: &Supervisor) -> Result<String, crate::checker::Violation> {
    serde_json::to_string(supervisor)
        .map_err(|error| crate::checker::Violation(format!("a snapshot cannot be taken: {error}")))
}
