//! What `getState`, `getProcessInfo` and `getAllConfigInfo` answer.

mod config;
mod listener;
mod process;

use supervisor_core::state::SupervisorState;

pub use self::config::{AutoLogs, ConfigInfo, all_config_info};
pub use self::listener::all_listener_info;
pub use self::process::{LocalTime, ProcessInfo, description};
use crate::value::Value;

/// The answer to `getState`.
#[must_use]
pub fn state(state: SupervisorState) -> Value {
    structure([("statecode", state.code().into()), ("statename", state.name().into())])
}

fn structure<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::Struct(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_is_a_code_and_a_name() {
        let value = state(SupervisorState::Shutdown);
        assert_eq!(value.get("statecode"), Some(&Value::Int(-1)));
        assert_eq!(value.get("statename"), Some(&"SHUTDOWN".into()));
    }
}
