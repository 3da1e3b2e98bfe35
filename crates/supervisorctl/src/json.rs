//! Answers for programs. The keys are those of the XML-RPC structs, and `namespec` is the name as actions take it.

use serde_json::{Value, json};
use supervisor_core::command::Changes;
use supervisor_core::name::DisplayName;
use supervisor_rpc::info::ProcessInfo;
use supervisor_rpc::value;

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
pub(crate) fn value(value: &value::Value) -> Value {
    match value {
        value::Value::Int(number) => json!(number),
        value::Value::Bool(flag) => json!(flag),
        value::Value::String(text) | value::Value::DateTime(text) => json!(text),
        value::Value::Double(number) => json!(number),
        value::Value::Array(items) => items.iter().map(self::value).collect(),
        value::Value::Struct(members) => {
            members.iter().map(|(name, member)| (name.clone(), self::value(member))).collect()
        }
        value::Value::Nil => Value::Null,
    }
}

/// What `reread` found.
pub(crate) fn changes(changes: &Changes) -> Value {
    json!({ "added": changes.added, "changed": changes.changed, "removed": changes.removed })
}
