//! A client that watches `/events` and misses nothing.

use std::io::{self, BufRead, BufReader, Write};
use std::time::Duration;

use serde_json::Value;

use crate::client::get;
use crate::pace::pause;
use crate::stage::Stage;

/// What listeners and watchers are told of an event, as far as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its number.
    pub serial: u64,
    /// Its type.
    pub name: String,
    /// `group:process`, with `-` for what it does not have.
    pub process: String,
    /// The process id, or `-`.
    pub pid: String,
    /// The state before, or `-`.
    pub from: String,
}

/// One connection.
#[derive(Clone, Debug, Default)]
pub struct Session {
    /// What came, in order.
    pub events: Vec<Event>,
    /// How many the daemon says to have dropped.
    pub dropped: u64,
}

/// Watches until the soak is over.
pub fn watch_on_and_on(stage: &Stage) -> Vec<Session> {
    let mut sessions = Vec::new();
    while !stage.gate.is_over() {
        let pass = stage.gate.pass();
        let mut session = Session::default();
        if let Err(error) = watch(stage, &mut session) {
            stage.findings.add(format!("the stream of events makes no sense: {error}"));
        }
        sessions.push(session);
        drop(pass);
        // A daemon that reloads refuses for a moment.
        pause(Duration::from_millis(50));
    }
    sessions
}

fn watch(stage: &Stage, session: &mut Session) -> io::Result<()> {
    let Ok(mut connection) = stage.client.connect() else { return Ok(()) };
    connection.set_read_timeout(Some(Duration::from_millis(200)))?;
    if connection.write_all(get("/events").as_bytes()).is_err() {
        return Ok(());
    }
    let mut reader = BufReader::new(connection);
    let mut line = Vec::new();
    let mut in_head = true;
    while !stage.gate.is_closing() {
        match reader.read_until(b'\n', &mut line) {
            // What a reload has cut off in the middle is no event.
            Ok(_) if line.last() != Some(&b'\n') => return Ok(()),
            Ok(_) => {}
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {
                continue;
            }
            Err(_) => return Ok(()),
        }
        if in_head {
            in_head = line != b"\r\n";
        } else if line != b"\n" {
            let said: Value = serde_json::from_slice(&line)?;
            match said.get("dropped").and_then(Value::as_u64) {
                Some(count) => session.dropped += count,
                None => session.events.push(event(&said)?),
            }
        }
        line.clear();
    }
    Ok(())
}

fn event(said: &Value) -> io::Result<Event> {
    let text = |key: &str| match said.get(key) {
        None => "-".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let serial = said.get("serial").and_then(Value::as_u64);
    let serial = serial.ok_or_else(|| io::Error::other(format!("no serial: {said}")))?;
    let process = format!("{}:{}", text("groupname"), text("processname"));
    Ok(Event { serial, name: text("eventname"), process, pid: text("pid"), from: text("from_state") })
}
