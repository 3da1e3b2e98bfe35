//! What the core answers, as values.

use supervisor_core::command::{BatchEntry, Changes, Fault, Reply};

use crate::fault::{Code, FaultValue};
use crate::log_slice::Tail;
use crate::value::Value;

/// What a client sees of an answer of the core.
///
/// # Errors
/// If the answer is a fault.
pub fn outcome(reply: &Reply) -> Result<Value, FaultValue> {
    match reply {
        Reply::Done => Ok(Value::Bool(true)),
        Reply::Batch(entries) => Ok(Value::Array(entries.iter().map(batch_entry).collect())),
        Reply::Changes(changes) => Ok(self::changes(changes)),
        Reply::Fault(fault) => Err(fault.into()),
    }
}

/// What a client of laforge sees of an answer to its signal: as for Supervisor's own methods, though faults have
/// other codes and texts.
///
/// # Errors
/// If the answer is a fault.
pub fn killed(reply: &Reply) -> Result<Value, FaultValue> {
    match reply {
        Reply::Fault(Fault::BadSignal(signal)) => Err(Fault::BadArguments(Some(signal.clone())).into()),
        Reply::Fault(Fault::NotRunning(_)) => Err(FaultValue::new(Code::NotRunning, None)),
        reply => outcome(reply),
    }
}

/// The answer to a `system.multicall`. A value stands bare, not in an array of its own.
// Compat: multicall-bare-values
#[must_use]
pub fn multicall(outcomes: Vec<Result<Value, FaultValue>>) -> Value {
    Value::Array(
        outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(|fault| fault.to_value())).collect(),
    )
}

/// The answer of a `tail…Log` method: `text` is what was read of [`Tail::bytes`].
#[must_use]
pub fn tail(text: &[u8], tail: &Tail) -> Value {
    let offset = i64::try_from(tail.offset).unwrap_or(i64::MAX);
    Value::Array(vec![Value::text(text), Value::Int(offset), Value::Bool(tail.overflow)])
}

/// The answer of a `tail…Log` method where there is no log.
#[must_use]
pub fn tail_of_nothing() -> Value {
    unreadable_tail(0)
}

/// The answer of a `tail…Log` method where the log cannot be read; `offset` is what the client passed.
#[must_use]
pub fn unreadable_tail(offset: i64) -> Value {
    Value::Array(vec![Value::from(""), Value::Int(offset), Value::Bool(false)])
}

fn batch_entry(entry: &BatchEntry) -> Value {
    let (status, description) = match &entry.outcome {
        Ok(()) => (Code::Success.number(), "OK".to_owned()),
        Err(fault) => {
            let fault = FaultValue::from(fault);
            (fault.code, fault.text)
        }
    };
    Value::Struct(vec![
        ("name".to_owned(), entry.name.as_str().into()),
        ("group".to_owned(), entry.group.as_str().into()),
        ("status".to_owned(), Value::Int(status)),
        ("description".to_owned(), Value::String(description)),
    ])
}

fn changes(changes: &Changes) -> Value {
    let names = |names: &[String]| Value::from(names.to_vec());
    let three = vec![names(&changes.added), names(&changes.changed), names(&changes.removed)];
    Value::Array(vec![Value::Array(three)])
}

/// How the configuration differs, from the answer to `reloadConfig`; `None` if it isn't one.
#[must_use]
pub fn to_changes(value: &Value) -> Option<Changes> {
    let [three] = value.as_array()? else { return None };
    let [added, changed, removed] = three.as_array()? else { return None };
    let names = |value: &Value| -> Option<Vec<String>> {
        value.as_array()?.iter().map(|name| name.as_str().map(str::to_owned)).collect()
    };
    Some(Changes { added: names(added)?, changed: names(changed)?, removed: names(removed)? })
}

/// One line of a batch as a client reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchLine {
    /// The process.
    pub name: String,
    /// Its group.
    pub group: String,
    /// Success, or the code and text of the fault.
    pub outcome: Result<(), FaultValue>,
}

/// The lines of a batch; `None` if the value isn't one.
#[must_use]
pub fn to_batch(value: &Value) -> Option<Vec<BatchLine>> {
    value.as_array()?.iter().map(to_batch_line).collect()
}

fn to_batch_line(value: &Value) -> Option<BatchLine> {
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let code = value.get("status")?.as_int()?;
    let outcome = if code == Code::Success.number() {
        Ok(())
    } else {
        Err(FaultValue { code, text: text("description").unwrap_or_default() })
    };
    Some(BatchLine { name: text("name")?, group: text("group")?, outcome })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_comes_back_as_it_went_out() {
        let reply = Reply::Batch(vec![
            BatchEntry { name: "a".into(), group: "g".into(), outcome: Ok(()) },
            BatchEntry { name: "b".into(), group: "g".into(), outcome: Err(Fault::SpawnError("g:b".into())) },
        ]);
        let value = outcome(&reply).unwrap();
        let first = &value.as_array().unwrap()[0];
        assert_eq!(first.get("status"), Some(&Value::Int(80)));
        assert_eq!(first.get("description"), Some(&Value::from("OK")));
        let lines = to_batch(&value).unwrap();
        assert_eq!(lines[0].outcome, Ok(()));
        assert_eq!(lines[1].outcome, Err(FaultValue { code: 50, text: "SPAWN_ERROR: g:b".into() }));
    }

    #[test]
    fn changes_stand_in_two_arrays() {
        let changes =
            Changes { added: vec!["a".into(), "b".into()], changed: vec![], removed: vec!["c".into()] };
        let value = outcome(&Reply::Changes(changes.clone())).unwrap();
        assert_eq!(
            value,
            Value::Array(vec![Value::Array(vec![
                Value::from(vec!["a", "b"]),
                Value::Array(vec![]),
                Value::from(vec!["c"]),
            ])])
        );
        assert_eq!(to_changes(&value), Some(changes));
    }

    #[test]
    fn done_is_true_and_a_fault_is_a_fault() {
        assert_eq!(outcome(&Reply::Done), Ok(Value::Bool(true)));
        let fault = outcome(&Reply::Fault(Fault::ShutdownState)).unwrap_err();
        assert_eq!((fault.code, fault.text.as_str()), (6, "SHUTDOWN_STATE"));
    }

    #[test]
    fn results_of_a_multicall_stand_bare() {
        let fault = FaultValue { code: 1, text: "UNKNOWN_METHOD".into() };
        let value = multicall(vec![Ok(Value::Int(7)), Err(fault.clone())]);
        assert_eq!(value, Value::Array(vec![Value::Int(7), fault.to_value()]));
    }

    #[test]
    fn a_tail_is_text_and_size_and_overflow() {
        let tail = tail(b"x\xff", &Tail { bytes: 8..10, offset: 10, overflow: true });
        assert_eq!(tail, Value::Array(vec![Value::from("x\u{fffd}"), Value::Int(10), Value::Bool(true)]));
        assert_eq!(tail_of_nothing(), Value::Array(vec![Value::from(""), Value::Int(0), Value::Bool(false)]));
    }
}
