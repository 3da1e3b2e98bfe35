//! Answers for programs. The keys are those of the XML-RPC structs, and `namespec` is the name as actions take it.

use serde_json::{Value, json};
use supervisor_core::command::Changes;
use supervisor_core::name::DisplayName;
use supervisor_rpc::info::ProcessInfo;
use supervisor_rpc::value::Value as Answer;

use crate::remote::ConfigLine;

/// One process of `status`.
pub(crate) fn process(info: &ProcessInfo) -> Value {
    json!({
        "namespec": DisplayName { group: &info.group, process: &info.name }.to_string(),
        "group": info.group,
        "name": info.name,
        "state": info.state.code(),
        "statename": info.state.name(),
        "description": info.description,
        "pid": info.pid,
        "start": info.start,
        "stop": info.stop,
        "now": info.now,
        "exitstatus": info.exitstatus,
        "spawnerr": info.spawnerr,
        "stdout_logfile": info.stdout_logfile,
        "stderr_logfile": info.stderr_logfile,
    })
}

/// One process of `status`: what a listener has beyond it is how deliveries to it and to its pool go.
// Differs: deliveries-in-status
pub(crate) fn process_with_deliveries(info: &ProcessInfo, pools: &[Answer]) -> Value {
    let mut object = process(info);
    let text = |answer: &Answer, key: &str| answer.get(key).and_then(Answer::as_str).map(str::to_owned);
    let is_named = |answer: &&Answer, name: &str| text(answer, "name").as_deref() == Some(name);
    let Some(pool) = pools.iter().find(|pool| is_named(pool, &info.group)) else { return object };
    let Some(Answer::Array(listeners)) = pool.get("listeners") else { return object };
    if let Some(listener) = listeners.iter().find(|listener| is_named(listener, &info.name)) {
        object["listener"] = figures(listener);
        object["pool"] = figures(pool);
    }
    object
}

/// The members of a struct that are no list.
fn figures(answer: &Answer) -> Value {
    let Answer::Struct(members) = answer else { return Value::Null };
    let plain = members.iter().filter_map(|(key, value)| {
        let value = match value {
            Answer::Int(number) => json!(number),
            Answer::String(text) => json!(text),
            _ => return None,
        };
        Some((key.clone(), value))
    });
    Value::Object(plain.collect())
}

/// One process of `avail`.
pub(crate) fn config_line(line: &ConfigLine) -> Value {
    json!({
        "namespec": DisplayName { group: &line.group, process: &line.name }.to_string(),
        "group": line.group,
        "name": line.name,
        "inuse": line.is_in_use,
        "autostart": line.starts_by_itself,
        "group_prio": line.group_priority,
        "process_prio": line.process_priority,
    })
}

/// A value that the daemon keeps for somebody.
pub(crate) fn value(value: &Answer) -> Value {
    match value {
        Answer::Int(number) => json!(number),
        Answer::Bool(flag) => json!(flag),
        Answer::String(text) | Answer::DateTime(text) => json!(text),
        Answer::Double(number) => json!(number),
        Answer::Array(items) => items.iter().map(self::value).collect(),
        Answer::Struct(members) => {
            members.iter().map(|(name, member)| (name.clone(), self::value(member))).collect()
        }
        Answer::Nil => Value::Null,
    }
}

/// What `reread` found.
pub(crate) fn changes(changes: &Changes) -> Value {
    json!({ "added": changes.added, "changed": changes.changed, "removed": changes.removed })
}
