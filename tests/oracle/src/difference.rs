//! Where two readings differ, field by field.

use std::fmt;

use serde_json::Value;

use crate::outcome::Outcome;

/// One place where the readings differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The place, such as `groups[1].processes[0].umask`.
    pub place: String,
    /// What the reference has there; `None` for nothing.
    pub reference: Option<Value>,
    /// What ours has there; `None` for nothing.
    pub ours: Option<Value>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |value: &Option<Value>| value.as_ref().map_or("nothing".to_owned(), Value::to_string);
        writeln!(f, "{}:", self.place)?;
        writeln!(f, "    reference: {}", shown(&self.reference))?;
        writeln!(f, "    ours:      {}", shown(&self.ours))
    }
}

/// All differences of two outcomes; none if they are equal.
#[must_use]
pub fn differences(reference: &Outcome, ours: &Outcome) -> Vec<Difference> {
    let mut found = Vec::new();
    match (reference, ours) {
        (Outcome::Understood(reference), Outcome::Understood(ours)) => {
            compare(&mut found, String::new(), Some(reference), Some(ours));
        }
        (reference, ours) if reference == ours => {}
        (reference, ours) => found.push(Difference {
            place: "outcome".to_owned(),
            reference: Some(in_short(reference)),
            ours: Some(in_short(ours)),
        }),
    }
    found
}

fn in_short(outcome: &Outcome) -> Value {
    Value::from(match outcome {
        Outcome::Understood(_) => "understood".to_owned(),
        Outcome::Ended { status, message } => format!("exit {status}: {message}"),
        Outcome::Crashed(error) => format!("traceback: {error}"),
    })
}

fn compare(found: &mut Vec<Difference>, place: String, reference: Option<&Value>, ours: Option<&Value>) {
    match (reference, ours) {
        (Some(Value::Object(reference)), Some(Value::Object(ours))) => {
            let mut keys: Vec<&String> = reference.keys().chain(ours.keys()).collect();
            keys.sort_unstable();
            keys.dedup();
            for key in keys {
                let inner = if place.is_empty() { key.clone() } else { format!("{place}.{key}") };
                compare(found, inner, reference.get(key), ours.get(key));
            }
        }
        (Some(Value::Array(reference)), Some(Value::Array(ours))) => {
            for index in 0..reference.len().max(ours.len()) {
                compare(found, format!("{place}[{index}]"), reference.get(index), ours.get(index));
            }
        }
        (reference, ours) if reference == ours => {}
        (reference, ours) => {
            found.push(Difference { place, reference: reference.cloned(), ours: ours.cloned() });
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_difference_names_its_place_and_both_sides() {
        let reference = Outcome::Understood(json!({ "groups": [{ "name": "a" }, { "name": "b" }], "x": 1 }));
        let ours = Outcome::Understood(json!({ "groups": [{ "name": "a" }, { "name": "c", "n": null }] }));
        let places: Vec<String> =
            differences(&reference, &ours).into_iter().map(|difference| difference.place).collect();
        assert_eq!(places, ["groups[1].n", "groups[1].name", "x"]);
        assert!(differences(&ours, &ours).is_empty());
    }

    #[test]
    fn a_refusal_differs_from_an_understanding() {
        let refused = Outcome::Ended { status: 2, message: "Error: no\n".to_owned() };
        assert_eq!(differences(&refused, &Outcome::Understood(json!({}))).len(), 1);
    }
}
