//! What happened, in the words of those who run programs.

use std::fmt::Write;

use supervisor_core::Supervisor;
use supervisor_core::command::{Command, Reply, Target};
use supervisor_core::effect::{Effect, Outcome, ReadPurpose};
use supervisor_core::event::Event;
use supervisor_core::input::{Input, SignalError, SignalPurpose};
use supervisor_core::process::ProcessId;
use supervisor_core::spec::{GroupKind, GroupSpec, ProcessSpec};

use crate::record::state_of;

/// What the supervisor learns; nothing if only time has passed.
pub(crate) fn heard(input: &Input, supervisor: &Supervisor) -> Option<String> {
    let name = |id: &ProcessId| name_of(*id, supervisor);
    Some(match input {
        Input::TimePassed | Input::Watched(_) => return None,
        Input::Configured(groups) => format!("the configuration is{}", configuration(groups)),
        Input::Started => "supervisord is ready".to_owned(),
        Input::Request(request, command) => format!("client: {} [request {}]", asked(command), request.0),
        Input::SignalReceived(signal) => format!("supervisord receives {signal}"),
        Input::Checked(request, id, Ok(())) => {
            format!("the command of {} may be started [request {}]", name(id), request.0)
        }
        Input::Checked(request, id, Err(why)) => {
            format!("the command of {} may not be started: {why:?} [request {}]", name(id), request.0)
        }
        Input::Spawned(id, pid) => format!("{} is spawned with pid {pid}", name(id)),
        Input::SpawnedInVain(id, pid) => {
            format!("{} is spawned with pid {pid} and cannot be executed", name(id))
        }
        Input::SpawnRefused(id, why) => format!("there is no room for {}: {why}", name(id)),
        Input::SpawnFailed(id, why) => format!("{} cannot be spawned: {why}", name(id)),
        Input::Exited(pid, status) => {
            let whose = supervisor.process_of(*pid).map_or_else(|| "nobody's".to_owned(), |id| name(&id));
            format!("pid {pid} ({whose}) is reaped: {status}")
        }
        Input::ListenerHeard(id, pid, bytes) => {
            format!("{} (pid {pid}) says {}", name(id), shown(bytes))
        }
        Input::DeliveryFailed(id) => format!("{} does not read its standard input", name(id)),
        Input::OutputRead(id, pid, channel, data) | Input::Captured(id, pid, channel, data) => {
            let how = if matches!(input, Input::Captured(..)) { "between tokens " } else { "" };
            format!("{} (pid {pid}) writes {how}{} to its {}", name(id), shown(data), channel.name())
        }
        Input::Signalled(_, _, Ok(())) => return None,
        Input::Signalled(id, _, Err(SignalError::NoSuchProcess)) => {
            format!("the signal to {} does not arrive: no such process", name(id))
        }
        Input::Signalled(id, _, Err(SignalError::Other(why))) => {
            format!("the signal to {} is refused: {why}", name(id))
        }
        Input::LogsCleared(request, id, result) => {
            format!("the logs of {} are emptied: {result:?} [request {}]", name(id), request.0)
        }
        Input::MainLogCleared(request, result) => {
            format!("the main log is emptied: {result:?} [request {}]", request.0)
        }
        Input::StdinWritten(request, id, read) => {
            format!("{} reads its standard input: {read} [request {}]", name(id), request.0)
        }
        Input::ProgramRead(request, group, result) => {
            let names = result
                .as_ref()
                .map(|specs| specs.iter().map(|spec| format!("\n    {}", options(spec))).collect::<String>());
            format!("a program for {group} is read: {names:?} [request {}]", request.0)
        }
        Input::ConfigurationRead(_, Err(why)) => format!("the configuration file is broken: {why}"),
        Input::ConfigurationRead(_, Ok(groups)) => format!("the file says{}", configuration(groups)),
    })
}

/// What the supervisor does; nothing if it is only a line in a log.
pub(crate) fn done(effect: &Effect, supervisor: &Supervisor) -> Option<String> {
    let name = |id: &ProcessId| name_of(*id, supervisor);
    Some(match effect {
        Effect::Log(..) | Effect::Check(..) | Effect::PrepareGroup(_) | Effect::ForgetGroup(_) => {
            return None;
        }
        Effect::Emit { serial, event } => format!("{} [event {serial}]", announced(event)),
        Effect::Deliver(id, envelope) => format!("{} is sent event {}", name(id), envelope.serial),
        Effect::Print(printed) => format!("supervisord prints {printed:?}"),
        Effect::Feed(id, text) => format!("{} is given {text:?}", name(id)),
        Effect::Reply(request, reply) => format!("answer: {} [request {}]", answered(reply), request.0),
        Effect::Spawn(id) => format!("supervisord spawns {}", name(id)),
        Effect::Signal { process, pid, group, signal, purpose } => {
            let whom = if *group { "the process group of " } else { "" };
            let why = match purpose {
                SignalPurpose::Stop => String::new(),
                SignalPurpose::Kill => ", as stopwaitsecs are over".to_owned(),
                SignalPurpose::Request(request) => format!(" [request {}]", request.0),
            };
            format!("supervisord sends {signal} to {whom}{} (pid {pid}){why}", name(process))
        }
        Effect::ClearLogs(_, id) => format!("supervisord empties the logs of {}", name(id)),
        Effect::ClearMainLog(_) => "supervisord empties its log".to_owned(),
        Effect::WriteStdin(_, id, chars) => format!("supervisord writes {chars:?} to {}", name(id)),
        Effect::ReopenLogs => "supervisord reopens its logs".to_owned(),
        Effect::ReadProgram(..) => "supervisord reads a program".to_owned(),
        Effect::ReadConfiguration(ReadPurpose::Reread(_)) => "supervisord reads the file again".to_owned(),
        Effect::ReadConfiguration(ReadPurpose::Restart(_)) => {
            "supervisord reads the file before a restart".to_owned()
        }
        Effect::Finish(Outcome::Shutdown) => "supervisord ends".to_owned(),
        Effect::Finish(Outcome::Restart) => "supervisord starts anew".to_owned(),
    })
}

fn name_of(id: ProcessId, supervisor: &Supervisor) -> String {
    supervisor.process(id).map_or_else(
        || format!("process {}, which is gone,", id.0),
        |process| format!("{}:{}", process.group_name(), process.spec().name),
    )
}

fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(40)]).into_owned();
    if bytes.len() > 40 { format!("{text:?} and so on, {} bytes", bytes.len()) } else { format!("{text:?}") }
}

fn announced(event: &Event) -> String {
    match event {
        Event::ProcessState { name, group, from, to } => {
            format!("{group}:{name}: {from} -> {}", state_of(*to))
        }
        other => format!("{} {}", other.type_name(), other.payload().trim_end().replace('\n', " ")),
    }
}

fn asked(command: &Command) -> String {
    let named = |target: &Target| match target {
        Target::Named(name) => format!("{name:?}"),
        Target::Group(name) => format!("group {name:?}"),
        Target::All => "all".to_owned(),
    };
    let waiting = |wait: &bool| if *wait { " and wait" } else { "" };
    match command {
        Command::Start { target, wait } => format!("start {}{}", named(target), waiting(wait)),
        Command::Stop { target, wait } => format!("stop {}{}", named(target), waiting(wait)),
        Command::Signal { target, signal } => format!("signal {signal} {}", named(target)),
        Command::AddGroup(name) => format!("add {name:?}"),
        Command::RemoveGroup(name) => format!("remove {name:?}"),
        Command::Reread => "reread".to_owned(),
        other => format!("{other:?}"),
    }
}

fn answered(reply: &Reply) -> String {
    match reply {
        Reply::Batch(entries) => {
            let entry = |entry: &supervisor_core::command::BatchEntry| {
                format!("{}:{} {:?}", entry.group, entry.name, entry.outcome)
            };
            format!("[{}]", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        other => format!("{other:?}"),
    }
}

fn configuration(groups: &[GroupSpec]) -> String {
    let mut text = if groups.is_empty() { " empty".to_owned() } else { String::new() };
    for group in groups {
        let kind = match &group.kind {
            GroupKind::Programs => "group".to_owned(),
            GroupKind::EventListener(spec) => format!(
                "eventlistener events={} buffer_size={} buffer_overflow={} result_handler={}",
                spec.events.join(","),
                spec.buffer_size,
                spec.buffer_overflow.name(),
                spec.result_handler.name()
            ),
            GroupKind::FastCgi(_) => "fcgi-program".to_owned(),
        };
        let _ = write!(text, "\n    {} (priority {}): {kind}", group.name, group.priority);
        for process in &group.processes {
            let _ = write!(text, "\n      {}", options(process));
        }
    }
    text
}

/// Its options as far as they are not at their defaults.
fn options(spec: &ProcessSpec) -> String {
    let plain = ProcessSpec::new(&spec.name, &spec.command);
    let mut text = spec.name.clone();
    let mut option = |name: &str, value: &dyn std::fmt::Debug, default: &dyn std::fmt::Debug| {
        let (value, default) = (format!("{value:?}"), format!("{default:?}"));
        if value != default {
            let _ = write!(text, " {name}={value}");
        }
    };
    option("priority", &spec.priority, &plain.priority);
    option("autostart", &spec.autostart, &plain.autostart);
    option("autorestart", &spec.autorestart, &plain.autorestart);
    option("startsecs", &spec.startsecs, &plain.startsecs);
    option("startretries", &spec.startretries, &plain.startretries);
    option("restart_burst", &spec.restart_burst, &plain.restart_burst);
    option("stopsignal", &spec.stopsignal.to_string(), &plain.stopsignal.to_string());
    option("stopwaitsecs", &spec.stopwaitsecs, &plain.stopwaitsecs);
    option("stopasgroup", &spec.stopasgroup, &plain.stopasgroup);
    option("killasgroup", &spec.killasgroup, &plain.killasgroup);
    option("exitcodes", &spec.exitcodes, &plain.exitcodes);
    text
}
