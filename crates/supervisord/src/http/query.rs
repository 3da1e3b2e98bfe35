//! Questions that the published picture and the log files answer.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use supervisor_config::settings::MainLog;
use supervisor_core::command::Fault;
use supervisor_core::name::Namespec;
use supervisor_rpc::info::{self, AutoLogs, ConfigInfo, LocalTime, ProcessInfo, all_config_info};
use supervisor_rpc::log_slice::Slice;
use supervisor_rpc::method::{Channel, Query};
use supervisor_rpc::reply;
use supervisor_rpc::value::Value;
use supervisor_rpc::{API_VERSION, log_slice};
use supervisor_sys::clock::wall_nanoseconds;

use super::log_text::{Log, LogText};
use crate::local_time::zone;
use crate::view::{ProcessView, View};

/// What a question is answered with.
pub(super) enum Finding {
    Value(Value),
    /// Part of a log, which may be large.
    Text(LogText),
}

/// Answers a question of somebody whom `view` was drawn for.
pub(super) fn answer(query: &Query, view: &View, version: &str) -> Result<Finding, Fault> {
    let value = match query {
        Query::ApiVersion => API_VERSION.into(),
        Query::PluginVersion(version) => Value::from(*version),
        Query::GroupNames => Value::from(view.groups.to_vec()),
        Query::SupervisorVersion => version.into(),
        Query::Identification => Value::from(&*view.identifier),
        Query::State => info::state(view.state),
        Query::Pid => Value::Int(view.pid.into()),
        Query::ProcessInfo(name) => process_info(process(view, name)?, present_second()).to_value(),
        Query::AllProcessInfo => all_process_info(view, present_second()),
        Query::AllConfigInfo => config_value(view),
        Query::AllListenerInfo => info::all_listener_info(&view.pools),
        Query::ReadMainLog(slice) => return read_main(view, *slice),
        Query::ReadProcessLog { name, channel, slice } => {
            return read(logfile(process(view, name)?, *channel), *slice);
        }
        Query::TailProcessLog { name, channel, slice } => {
            return Ok(tail(logfile(process(view, name)?, *channel), *slice));
        }
    };
    Ok(Finding::Value(value))
}

/// The process of that name.
pub(super) fn process<'a>(view: &'a View, name: &str) -> Result<&'a Arc<ProcessView>, Fault> {
    let found = match Namespec::parse(name) {
        Namespec::Process { group, process } => view.process(group, process),
        Namespec::Group(_) => None,
    };
    found.ok_or_else(|| Fault::BadName(name.to_owned()))
}

/// The present time in seconds.
pub(super) fn present_second() -> i64 {
    i64::try_from(wall_nanoseconds() / 1_000_000_000).unwrap_or(i64::MAX)
}

/// How all processes are at that second.
pub(super) fn all_process_info(view: &View, now: i64) -> Value {
    Value::Array(view.processes.iter().map(|process| process_info(process, now).to_value()).collect())
}

/// All that is told of a process at that second.
pub(super) fn process_info(process: &ProcessView, now: i64) -> ProcessInfo {
    let file = |file: &Option<String>| file.clone().unwrap_or_default();
    let mut info = ProcessInfo {
        name: process.name.clone(),
        group: process.group.clone(),
        start: process.start_seconds,
        stop: process.stop_seconds,
        now,
        state: process.state,
        spawnerr: process.spawnerr.clone(),
        exitstatus: process.exitstatus,
        stdout_logfile: file(&process.stdout_logfile),
        stderr_logfile: file(&process.stderr_logfile),
        pid: process.pid,
        description: String::new(),
    };
    // Only what rests shows when it ended, and the time of a place takes a while to work out.
    let stop_time = if info.state.is_stopped() { local_time(process.stop_seconds) } else { String::new() };
    info.description = info::description(&info, &stop_time);
    info
}

fn local_time(seconds: i64) -> String {
    let Ok(time) = Timestamp::from_second(seconds) else { return String::new() };
    let time = time.to_zoned(zone());
    // None of these is ever negative.
    let [month, day, hour, minute] =
        [time.month(), time.day(), time.hour(), time.minute()].map(i8::unsigned_abs);
    LocalTime { month, day, hour, minute }.text()
}

fn config_value(view: &View) -> Value {
    let infos = view.configured.iter().flat_map(|group| {
        let in_use = view.processes.iter().any(|process| process.group == group.name);
        group.processes.iter().map(move |spec| {
            // Compat: auto-logs-until-reread
            let shown = view.process(&group.name, &spec.name).filter(|process| process.is_as_last_read);
            let auto_logs = AutoLogs {
                stdout: shown.and_then(|process| process.stdout_logfile.as_deref()),
                stderr: shown.and_then(|process| process.stderr_logfile.as_deref()),
            };
            ConfigInfo::new(group, spec, in_use, auto_logs)
        })
    });
    all_config_info(infos)
}

/// The log of that channel, if there is one.
pub(super) fn logfile(process: &ProcessView, channel: Channel) -> Option<&str> {
    match channel {
        Channel::Stdout => process.stdout_logfile.as_deref(),
        Channel::Stderr => process.stderr_logfile.as_deref(),
    }
}

/// The log of that process and channel, if there is one.
pub(super) fn logfile_of<'a>(view: &'a View, name: &str, channel: &str) -> Option<&'a str> {
    let channel = match channel {
        "stdout" => Channel::Stdout,
        "stderr" => Channel::Stderr,
        _ => return None,
    };
    logfile(process(view, name).ok()?, channel)
}

fn read_main(view: &View, slice: Slice) -> Result<Finding, Fault> {
    match &view.main_log {
        MainLog::File(path) => read(Some(path), slice),
        MainLog::Syslog => Err(Fault::NoFile(Some(String::from("syslog")))),
    }
}

fn read(path: Option<&str>, slice: Slice) -> Result<Finding, Fault> {
    let path = path.ok_or(Fault::NoFile(None))?;
    let log = Log::open(Path::new(path)).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Fault::NoFile(Some(path.to_owned())),
        _ => Fault::Failed(None),
    })?;
    let range = slice.read(log.size)?;
    Ok(Finding::Text(LogText::new(log, range, Value::from(""))))
}

fn tail(path: Option<&str>, slice: Slice) -> Finding {
    let Some(path) = path else { return Finding::Value(reply::tail_of_nothing()) };
    match Log::open(Path::new(path)) {
        Ok(log) => {
            let tail: log_slice::Tail = slice.tail(log.size);
            Finding::Text(LogText::new(log, tail.bytes.clone(), reply::tail(b"", &tail)))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Finding::Value(reply::tail_of_nothing()),
        Err(_) => Finding::Value(reply::unreadable_tail(slice.offset)),
    }
}
