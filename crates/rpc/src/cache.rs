//! What clients store under names, as supervisor_cache does: values that last as long as the daemon.

use std::collections::BTreeMap;

use supervisor_core::command::Fault;

use crate::fault::{Code, FaultValue};
use crate::value::Value;

/// How many bytes a cache may hold, keys and what it takes to hold values included.
pub const CACHE_BYTES_MAX: usize = 16 << 20;

/// What is asked of a cache. Keys are never empty.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// `store`.
    Store(String, Value),
    /// `fetch`.
    Fetch(String),
    /// `delete`.
    Delete(String),
    /// `clear`.
    Clear,
    /// `getKeys`.
    Keys,
    /// `getCount`.
    Count,
}

/// Values by name.
#[derive(Debug, Default)]
pub struct Cache {
    entries: BTreeMap<String, Value>,
    bytes: usize,
}

impl Cache {
    /// Does what is asked.
    ///
    /// # Errors
    /// `BAD_NAME` when nothing of that name is there, `FAILED` when there is no room.
    pub fn answer(&mut self, request: Request) -> Result<Value, FaultValue> {
        match request {
            Request::Store(key, data) => self.store(key, data)?,
            Request::Fetch(key) => {
                let found = self.entries.get(&key).cloned();
                return found.ok_or_else(|| FaultValue::new(Code::BadName, None));
            }
            Request::Delete(key) => self.delete(&key),
            Request::Clear => *self = Self::default(),
            Request::Keys => return Ok(Value::from(self.entries.keys().cloned().collect::<Vec<_>>())),
            Request::Count => return Ok(Value::Int(i64::try_from(self.entries.len()).unwrap_or(i64::MAX))),
        }
        Ok(Value::Bool(true))
    }

    /// About how many bytes the answer takes, a little less rather than more.
    #[must_use]
    pub fn size_of_answer(&self, request: &Request) -> u64 {
        match request {
            Request::Fetch(key) => self.entries.get(key).map_or(0, Value::size),
            _ => 0,
        }
    }

    // Differs: cache-limit
    fn store(&mut self, key: String, data: Value) -> Result<(), FaultValue> {
        let freed = self.entries.get(&key).map_or(0, |old| weight(&key, old));
        let bytes = self.bytes - freed + weight(&key, &data);
        if bytes > CACHE_BYTES_MAX {
            let why =
                format!("the cache has no room: it holds at most {CACHE_BYTES_MAX} bytes; delete something");
            return Err(Fault::Failed(Some(why)).into());
        }
        self.bytes = bytes;
        self.entries.insert(key, data);
        Ok(())
    }

    fn delete(&mut self, key: &str) {
        if let Some(old) = self.entries.remove(key) {
            self.bytes -= weight(key, &old);
        }
    }
}

fn weight(key: &str, value: &Value) -> usize {
    size_of::<String>() + key.len() + weight_of(value)
}

/// The bytes that a value takes, about.
fn weight_of(value: &Value) -> usize {
    size_of::<Value>()
        + match value {
            Value::Int(_) | Value::Bool(_) | Value::Double(_) | Value::Nil => 0,
            Value::String(text) | Value::DateTime(text) => text.len(),
            Value::Array(items) => items.iter().map(weight_of).sum(),
            Value::Struct(members) => members.iter().map(|(name, value)| weight(name, value)).sum(),
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(cache: &mut Cache, key: &str, data: Value) -> Result<Value, FaultValue> {
        cache.answer(Request::Store(key.into(), data))
    }

    #[test]
    fn what_is_stored_is_fetched_until_it_is_deleted() {
        let mut cache = Cache::default();
        let data = Value::Struct(vec![("x".into(), Value::from(vec![1, 2]))]);
        assert_eq!(store(&mut cache, "b", data.clone()), Ok(true.into()));
        assert_eq!(store(&mut cache, "a", "v".into()), Ok(true.into()));
        assert_eq!(cache.answer(Request::Keys), Ok(Value::from(vec!["a", "b"])));
        assert_eq!(cache.answer(Request::Count), Ok(2.into()));
        assert_eq!(cache.answer(Request::Fetch("b".into())), Ok(data));
        assert_eq!(cache.answer(Request::Delete("b".into())), Ok(true.into()));
        assert_eq!(cache.answer(Request::Delete("b".into())), Ok(true.into()));
        let fault = FaultValue { code: 10, text: "BAD_NAME".into() };
        assert_eq!(cache.answer(Request::Fetch("b".into())), Err(fault));
    }

    #[test]
    fn a_full_cache_takes_nothing_until_something_goes() {
        let mut cache = Cache::default();
        let half = Value::String("x".repeat(CACHE_BYTES_MAX / 2));
        assert!(store(&mut cache, "a", half.clone()).is_ok());
        let fault = store(&mut cache, "b", half.clone()).unwrap_err();
        assert_eq!(fault.code, 30);
        assert!(fault.text.contains("no room"), "{fault}");
        assert!(store(&mut cache, "a", half.clone()).is_ok(), "one in place of another");
        assert_eq!(cache.answer(Request::Delete("a".into())), Ok(true.into()));
        assert!(store(&mut cache, "b", half).is_ok());
        assert_eq!(cache.answer(Request::Clear), Ok(true.into()));
        assert_eq!(cache.bytes, 0);
    }

    #[test]
    fn small_entries_take_room_too() {
        let mut cache = Cache::default();
        let stored =
            (0..1_000_000).take_while(|n| store(&mut cache, &n.to_string(), Value::Nil).is_ok()).count();
        assert!(stored < 500_000, "{stored}");
    }
}
