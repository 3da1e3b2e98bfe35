//! What ours understands, in the same form as the reference's answers.

use serde_json::{Value, json};
use supervisor_config::interface::InterfaceSpec;
use supervisor_config::servers::{ServerAddress, ServerSpec};
use supervisor_config::settings::{MainLog, Settings};
use supervisor_config::supervisorctl::{self, ClientConfig};
use supervisor_config::supervisord::{CommandLine, Config, Parsed};
use supervisor_config::usage::UsageError;
use supervisor_core::spec::{
    AutoRestart, ChannelSpec, GroupKind, GroupSpec, LogTarget, ProcessSpec, SocketAddress, SocketSpec,
};

use crate::case::{Case, Face};
use crate::outcome::Outcome;

/// Reads a configuration that is laid out.
#[must_use]
pub fn read(case: &Case) -> Outcome {
    let mut arguments = vec![case.face.program().to_owned()];
    arguments.extend(case.arguments.iter().cloned());
    let outcome = match case.face {
        Face::Daemon => daemon(&arguments, case),
        Face::Client => client(&arguments, case),
    };
    outcome.unwrap_or_else(|error| Outcome::Ended { status: 2, message: said(&error) })
}

/// What is printed of a refusal, without what ours adds between the reference's lines.
fn said(error: &UsageError) -> String {
    let told = error.explained();
    let lines = format!("{error}\n");
    let help = lines.rfind("For help, ").unwrap_or(lines.len());
    let is_all_there = told.starts_with(&lines[..help]) && told.ends_with(&lines[help..]);
    if is_all_there { lines } else { told }
}

const QUIET_END: Outcome = Outcome::Ended { status: 0, message: String::new() };

fn daemon(arguments: &[String], case: &Case) -> Result<Outcome, UsageError> {
    let Parsed::Run(command_line) = CommandLine::parse(arguments, &case.machine)? else {
        return Ok(QUIET_END);
    };
    let config = command_line.load(&case.machine).map_err(|error| command_line.usage_error(&error))?;
    Ok(Outcome::Understood(config_value(&config)))
}

fn client(arguments: &[String], case: &Case) -> Result<Outcome, UsageError> {
    match supervisorctl::load(arguments, &case.machine)? {
        supervisorctl::Parsed::Help(_) => Ok(QUIET_END),
        supervisorctl::Parsed::Run(config) => match &config.refusal {
            // Ours goes on without the extension that it says this of.
            Some(refusal) => Err(refusal.clone()),
            None => Ok(Outcome::Understood(client_value(&config))),
        },
    }
}

fn config_value(config: &Config) -> Value {
    json!({
        "path": config.path,
        "settings": settings(&config.settings),
        "servers": config.servers.iter().map(server).collect::<Vec<_>>(),
        "server_url": config.server_url,
        "interfaces": config.interfaces.iter().map(interface).collect::<Vec<_>>(),
        "groups": config.groups.iter().map(group).collect::<Vec<_>>(),
        "warnings": config.warnings,
        "infos": config.infos,
        "root_without_configuration": config.root_without_configuration,
    })
}

fn client_value(config: &ClientConfig) -> Value {
    json!({
        "serverurl": config.serverurl,
        "username": config.username,
        "password": config.password,
        "prompt": config.prompt,
        "history_file": config.history_file,
        "interactive": config.interactive,
        "action": (!config.words.is_empty()).then(|| config.words.join(" ")),
        "plugins": config.plugins.iter().map(|plugin| &plugin.name).collect::<Vec<_>>(),
    })
}

fn settings(settings: &Settings) -> Value {
    json!({
        "minfds": settings.minfds,
        "minprocs": settings.minprocs,
        "directory": settings.directory,
        "user": settings.user.as_ref().map(|user| [user.uid, user.gid]),
        "umask": settings.umask,
        "logfile": match &settings.logfile {
            MainLog::Syslog => "syslog",
            MainLog::File(path) => path,
        },
        "logfile_maxbytes": settings.logfile_maxbytes,
        "logfile_backups": settings.logfile_backups,
        "loglevel": settings.loglevel.code(),
        "pidfile": settings.pidfile,
        "identifier": settings.identifier,
        "nodaemon": settings.nodaemon,
        "silent": settings.silent,
        "childlogdir": settings.childlogdir,
        "nocleanup": settings.nocleanup,
        "strip_ansi": settings.strip_ansi,
        "environment": settings.environment,
        "profile_options": settings.profile_options.as_ref().map(|words| profile(words)),
    })
}

fn profile(words: &[String]) -> Value {
    let order: Vec<&String> = words.iter().filter(|word| *word != "callers").collect();
    json!({ "order": order, "callers": order.len() < words.len() })
}

fn server(server: &ServerSpec) -> Value {
    let mut told =
        json!({ "section": server.section, "username": server.username, "password": server.password });
    match &server.address {
        ServerAddress::Inet(endpoint) => {
            told["host"] = json!(endpoint.host);
            told["port"] = json!(endpoint.port);
        }
        ServerAddress::Unix { path, chmod, chown } => {
            told["file"] = json!(path);
            told["chmod"] = json!(chmod);
            told["chown"] = json!(chown);
        }
    }
    told
}

fn interface(interface: &InterfaceSpec) -> Value {
    json!({ "name": interface.name, "factory": interface.factory(), "options": interface.options })
}

fn group(group: &GroupSpec) -> Value {
    let processes: Vec<Value> = group.processes.iter().map(|spec| process(spec)).collect();
    let mut told = json!({ "name": group.name, "priority": group.priority, "processes": processes });
    told["kind"] = match &group.kind {
        GroupKind::Programs => json!("programs"),
        GroupKind::EventListener(listener) => {
            told["buffer_size"] = json!(listener.buffer_size);
            told["events"] = json!(listener.events);
            told["result_handler"] = json!(listener.result_handler.name());
            json!("eventlistener")
        }
        GroupKind::FastCgi(spec) => {
            told["socket"] = socket(spec);
            json!("fcgi")
        }
    };
    told
}

fn socket(socket: &SocketSpec) -> Value {
    match &socket.address {
        SocketAddress::Tcp { host, port } => {
            json!({ "url": format!("tcp://{host}:{port}"), "backlog": socket.backlog })
        }
        SocketAddress::Unix(path) => json!({
            "url": format!("unix://{path}"),
            "backlog": socket.backlog,
            "owner": (socket.owner != (None, None)).then_some(socket.owner),
            "mode": socket.mode,
        }),
    }
}

fn process(process: &ProcessSpec) -> Value {
    json!({
        "name": process.name,
        "command": process.command,
        "directory": process.directory,
        "user": process.user.as_ref().map(|user| user.uid),
        "umask": process.umask,
        "priority": process.priority,
        "autostart": process.autostart,
        "autorestart": match process.autorestart {
            AutoRestart::True => "true",
            AutoRestart::Unexpected => "unexpected",
            AutoRestart::False => "false",
        },
        "startsecs": process.startsecs,
        "startretries": process.startretries,
        "stopsignal": process.stopsignal.number(),
        "stopwaitsecs": process.stopwaitsecs,
        "stopasgroup": process.stopasgroup,
        "killasgroup": process.killasgroup,
        "exitcodes": process.exitcodes,
        "redirect_stderr": process.redirect_stderr,
        "stdout": channel(&process.stdout),
        "stderr": channel(&process.stderr),
        "environment": process.environment,
        "serverurl": process.serverurl,
    })
}

fn channel(channel: &ChannelSpec) -> Value {
    json!({
        "logfile": match &channel.logfile {
            LogTarget::None => json!("NONE"),
            LogTarget::Auto => json!("AUTO"),
            LogTarget::File(path) => json!(["file", path]),
        },
        "maxbytes": channel.maxbytes,
        "backups": channel.backups,
        "capture_maxbytes": channel.capture_maxbytes,
        "events_enabled": channel.events_enabled,
        "syslog": channel.syslog,
    })
}
