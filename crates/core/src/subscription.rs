//! Which types of events somebody wants.

use serde::{Deserialize, Serialize};

/// Names of types; each stands for itself and for all below it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscriptions(Vec<String>);

impl Subscriptions {
    /// To these types, in upper case.
    #[must_use]
    pub fn new(mut types: Vec<String>) -> Self {
        types.sort_unstable();
        types.dedup();
        Self(types)
    }

    /// Whether events of that type are wanted.
    #[must_use]
    pub fn wants(&self, type_name: &str) -> bool {
        self.0.iter().any(|subscription| is_within(type_name, subscription))
    }

    /// The types, sorted.
    #[must_use]
    pub fn types(&self) -> &[String] {
        &self.0
    }
}

/// Whether a type is the one subscribed to, or below it: `PROCESS_STATE_EXITED` is below `PROCESS_STATE` and `EVENT`.
fn is_within(type_name: &str, subscription: &str) -> bool {
    subscription == "EVENT"
        || type_name.strip_prefix(subscription).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subscriptions(types: &[&str]) -> Subscriptions {
        Subscriptions::new(types.iter().map(|&name| name.to_owned()).collect())
    }

    #[test]
    fn a_type_stands_for_those_below_it() {
        let some = subscriptions(&["PROCESS_STATE", "TICK_5"]);
        assert!(some.wants("PROCESS_STATE_EXITED"));
        assert!(some.wants("TICK_5"));
        assert!(!some.wants("TICK_60"));
        assert!(!some.wants("PROCESS_LOG_STDOUT"));
        assert!(subscriptions(&["EVENT"]).wants("REMOTE_COMMUNICATION"));
        assert!(!subscriptions(&[]).wants("REMOTE_COMMUNICATION"));
    }
}
