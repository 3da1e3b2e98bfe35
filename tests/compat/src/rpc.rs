//! Talking to the world's daemon over XML-RPC, and waiting for the states it tells.

use std::fs;

use crate::deadline::eventually;
use crate::http::{Address, request};
use crate::world::World;
use crate::xmlrpc::{Fault, Value, decode_answer, encode_call};

impl World {
    /// Calls a method at the usual socket.
    ///
    /// # Errors
    /// The fault the daemon answers.
    ///
    /// # Panics
    /// When there is no answer or it is not XML-RPC.
    pub fn rpc(&self, method: &str, params: &[Value]) -> Result<Value, Fault> {
        self.rpc_at(&self.socket(), method, params)
    }

    /// As [`World::rpc`], to another server.
    ///
    /// # Errors
    /// The fault the daemon answers.
    ///
    /// # Panics
    /// When there is no answer or it is not XML-RPC.
    pub fn rpc_at(&self, at: &Address, method: &str, params: &[Value]) -> Result<Value, Fault> {
        self.await_execs();
        let body = encode_call(method, params);
        let answer = self.http_at(at, "POST /RPC2", &[("Content-Type", "text/xml")], body.as_bytes());
        assert_eq!(answer.status, 200, "{method} is answered with {}", answer.text());
        decode_answer(&answer.text())
    }

    /// Calls a method of the `supervisor` namespace and notes the answer or fault, with pids and times
    /// replaced.
    pub fn note_rpc(&mut self, method: &str, params: &[Value]) {
        let answer = match self.rpc(&format!("supervisor.{method}"), params) {
            Ok(value) => replace_readings(value).to_string(),
            Err(fault) => fault.to_string(),
        };
        let params: Vec<_> = params.iter().map(ToString::to_string).collect();
        self.note(&format!("{method}({})", params.join(", ")), answer);
    }

    /// What the daemon tells about a process.
    ///
    /// # Panics
    /// When it knows no such process.
    #[must_use]
    pub fn info(&self, process: &str) -> Value {
        self.rpc("supervisor.getProcessInfo", &[process.into()])
            .unwrap_or_else(|fault| panic!("no information about {process}: {fault}"))
    }

    /// Waits until a process is in a state. The daemon may be reloading meanwhile.
    pub fn await_state(&self, process: &str, state: &str) {
        let body = encode_call("supervisor.getProcessInfo", &[process.into()]);
        eventually(&format!("{process} {state}"), || {
            let answer = request(&self.socket(), "POST /RPC2", &[], body.as_bytes()).ok()?;
            let info = decode_answer(&answer.text()).ok()?;
            (info.get("statename").map(Value::text) == Some(state)).then_some(())
        });
    }

    /// Waits until a process is RUNNING, and returns its process id.
    ///
    /// # Panics
    /// When its process id is not one.
    pub fn await_running(&self, process: &str) -> i32 {
        self.await_state(process, "RUNNING");
        self.pid_of(process)
    }

    /// A process' id, zero if it does not run.
    ///
    /// # Panics
    /// When the daemon's answer is not a process id.
    #[must_use]
    pub fn pid_of(&self, process: &str) -> i32 {
        let pid = self.info(process).get("pid").map_or(0, Value::number);
        i32::try_from(pid).expect("a process id")
    }

    /// Notes a process' state, exit status, spawn error and description.
    pub fn note_info(&mut self, process: &str) {
        let info = self.info(process);
        let facts = ["statename", "exitstatus", "spawnerr", "description"];
        let facts: Vec<_> =
            facts.iter().filter_map(|name| Some(format!("{name}: {}", info.get(name)?))).collect();
        self.note(&format!("info of {process}"), facts.join("\n"));
    }

    /// How many descriptors a process has open.
    #[must_use]
    pub fn open_descriptors(&self, pid: i32) -> usize {
        fs::read_dir(format!("/proc/{pid}/fd")).map_or(0, Iterator::count)
    }
}

/// Process ids and times differ from run to run; whether there is one does not.
fn replace_readings(value: Value) -> Value {
    match value {
        Value::Array(elements) => Value::Array(elements.into_iter().map(replace_readings).collect()),
        Value::Struct(members) => {
            let replaced = members.into_iter().map(|(name, value)| match (name.as_str(), &value) {
                ("pid", Value::Int(1..)) => (name, Value::from("<pid>")),
                ("start" | "stop" | "now", Value::Int(1..)) => (name, Value::from("<time>")),
                _ => (name, replace_readings(value)),
            });
            Value::Struct(replaced.collect())
        }
        other => other,
    }
}
