//! A supervisor that was restored from a snapshot takes over; the original goes beside it and must do the same.

use supervisor_core::Supervisor;
use supervisor_core::effect::Effect;
use supervisor_core::input::Input;
use supervisor_core::time::Moment;

use crate::checker::{Verdict, Violation, ensure};

/// For so many turns the two go side by side.
const TURNS: u32 = 60;

#[derive(Debug)]
pub(crate) struct Twin {
    supervisor: Supervisor,
    turns_left: u32,
    effects: Vec<Effect>,
}

impl Twin {
    /// Takes a snapshot and lets what is restored from it take the place of the original, which follows for a while:
    /// everything that is checked from now on is checked with the restored one.
    pub(crate) fn takes_over(original: &mut Supervisor) -> Result<Self, Violation> {
        let text = snapshot(original)?;
        let restored: Supervisor = serde_json::from_str(&text)
            .map_err(|error| Violation(format!("a snapshot cannot be restored: {error}")))?;
        ensure(snapshot(&restored)? == text, || "a restored supervisor has another snapshot".to_owned())?;
        let supervisor = std::mem::replace(original, restored);
        Ok(Self { supervisor, turns_left: TURNS, effects: Vec::new() })
    }

    /// Lives through the turn that the restored one has just lived through.
    pub(crate) fn follow(
        &mut self,
        now: Moment,
        input: Input,
        restored: &Supervisor,
        effects: &[Effect],
    ) -> Verdict {
        self.effects.clear();
        self.supervisor.handle(now, input, &mut self.effects);
        ensure(self.effects == effects, || {
            format!("a restored supervisor does not do what the original does: {:?}", self.effects)
        })?;
        ensure(self.supervisor.next_deadline() == restored.next_deadline(), || {
            "a restored supervisor has another deadline".to_owned()
        })?;
        ensure(self.supervisor.revision() == restored.revision(), || {
            "a restored supervisor has another revision".to_owned()
        })?;
        self.turns_left -= 1;
        if self.turns_left == 0 {
            ensure(snapshot(&self.supervisor)? == snapshot(restored)?, || {
                "a restored supervisor has become another".to_owned()
            })?;
        }
        Ok(())
    }

    pub(crate) fn is_done(&self) -> bool {
        self.turns_left == 0
    }
}

fn snapshot(supervisor: &Supervisor) -> Result<String, Violation> {
    serde_json::to_string(supervisor)
        .map_err(|error| Violation(format!("a snapshot cannot be taken: {error}")))
}
