//! What an `[eventlistener:x]` has beyond its processes.

use supervisor_core::spec::{ListenerSpec, ResultHandler};

use crate::codes::Code;
use crate::finding::Remark;
use crate::messages::Read;
use crate::options::listener;
use crate::reader::SectionReader;
use crate::spelling::did_you_mean;

/// The types of events, upper case.
pub const EVENT_TYPES: [&str; 27] = [
    "EVENT",
    "PROCESS_COMMUNICATION",
    "PROCESS_COMMUNICATION_STDERR",
    "PROCESS_COMMUNICATION_STDOUT",
    "PROCESS_GROUP",
    "PROCESS_GROUP_ADDED",
    "PROCESS_GROUP_REMOVED",
    "PROCESS_LOG",
    "PROCESS_LOG_STDERR",
    "PROCESS_LOG_STDOUT",
    "PROCESS_STATE",
    "PROCESS_STATE_BACKOFF",
    "PROCESS_STATE_EXITED",
    "PROCESS_STATE_FATAL",
    "PROCESS_STATE_RUNNING",
    "PROCESS_STATE_STARTING",
    "PROCESS_STATE_STOPPED",
    "PROCESS_STATE_STOPPING",
    "PROCESS_STATE_UNKNOWN",
    "REMOTE_COMMUNICATION",
    "SUPERVISOR_STATE_CHANGE",
    "SUPERVISOR_STATE_CHANGE_RUNNING",
    "SUPERVISOR_STATE_CHANGE_STOPPING",
    "TICK",
    "TICK_3600",
    "TICK_5",
    "TICK_60",
];

/// What to say to who asks for events that do not exist.
const EVENTS_HINT: &str = "types are named like PROCESS_STATE_EXITED or TICK_60; EVENT stands for all";

/// The type of events of that name, whatever its case.
///
/// # Errors
/// What is wrong and what to write instead.
pub fn event_type(written: &str) -> Result<String, String> {
    let name = written.trim().to_uppercase();
    if EVENT_TYPES.contains(&name.as_str()) {
        return Ok(name);
    }
    let hint = did_you_mean(&name, EVENT_TYPES).unwrap_or_else(|| EVENTS_HINT.to_owned());
    Err(format!("unknown event type \"{}\": {hint}", written.trim()))
}

/// Reads it, in the order: buffer size, result handler, events.
pub(crate) fn listener_spec(reader: &SectionReader<'_>, section: &str) -> Read<ListenerSpec> {
    let buffer_size = reader.read(&listener::BUFFER_SIZE).and_then(|size| {
        usize::try_from(size).ok().filter(|&size| size >= 1).ok_or_else(|| {
            let message = format!("[{section}] section sets invalid buffer_size ({size})");
            let remark = Remark::new(Code::BadValue, message).hint("write 1 or more");
            reader.refuse(listener::BUFFER_SIZE.entry.name, remark)
        })
    });
    let result_handler = reader.read(&listener::RESULT_HANDLER).and_then(|handler| {
        if let Some(known) = ResultHandler::ALL.into_iter().find(|known| known.name() == handler) {
            return Ok(known);
        }
        let message = format!("{handler} cannot be resolved within [{section}]");
        let remark = Remark::new(Code::UnknownExtension, message).hint(format!(
            "functions in Python cannot be called; built in are {}",
            ResultHandler::ALL.map(ResultHandler::name).join(", ")
        ));
        Err(reader.refuse(listener::RESULT_HANDLER.entry.name, remark))
    });
    let events = event_types(reader, section);
    let buffer_overflow = reader.read(&listener::BUFFER_OVERFLOW);
    let event_length = reader.read(&listener::EVENT_LENGTH);
    let resultwaitsecs = reader.read(&listener::RESULTWAITSECS);
    Ok(ListenerSpec {
        buffer_size: buffer_size?,
        buffer_overflow: buffer_overflow?,
        event_length: event_length?,
        resultwaitsecs: resultwaitsecs?,
        events: events?,
        result_handler: result_handler?,
    })
}

fn event_types(reader: &SectionReader<'_>, section: &str) -> Read<Vec<String>> {
    let option = &listener::EVENTS;
    let missing = || format!("[{section}] section requires an \"events\" line");
    let written = reader.read_required(option, missing)?;
    if written.is_empty() {
        return Err(reader.missing(&option.entry, missing()));
    }
    let mut events: Vec<String> = written.iter().map(|name| name.to_uppercase()).collect();
    // Differs: first-unknown-event-type
    let is_known = |name: &String| EVENT_TYPES.contains(&name.as_str());
    if let Some((unknown, written)) = events.iter().zip(&written).find(|(name, _)| !is_known(name)) {
        let message = format!("Unknown event type {unknown} in [{section}] events");
        let hint = if unknown.is_empty() { "take the superfluous comma out" } else { EVENTS_HINT };
        let remark = Remark::new(Code::UnknownEvent, message).part(written.as_str()).hint(hint);
        return Err(reader.refuse(option.entry.name, remark.perhaps_hint(did_you_mean(unknown, EVENT_TYPES))));
    }
    events.sort_unstable();
    events.dedup();
    Ok(events)
}
