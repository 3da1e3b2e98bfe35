//! The processes of one program-like section.

mod channel;
mod room;

use supervisor_core::signal::Signal;
use supervisor_core::spec::{AutoRestart, ChannelSpec, ProcessSpec, User};

use crate::codes::Code;
use crate::environment::merge;
use crate::finding::Remark;
use crate::messages::{Read, Reported};
use crate::options::program;
use crate::reader::{SectionReader, Source};
use crate::scope::{EnvironmentVariables, Scope, Variable};
use crate::value::{Pairs, name};
use channel::{Channel, STDERR, STDOUT, redirected, without_empty_path};
pub(crate) use room::Room;

/// What all programs of a configuration have in common.
pub(crate) struct Common<'a> {
    pub(crate) source: Source<'a>,
    /// The daemon's environment and `[supervisord] environment`, for `%(ENV_x)s`.
    pub(crate) variables: &'a EnvironmentVariables,
    /// `[supervisord] environment`.
    pub(crate) environment: &'a [(String, String)],
    pub(crate) hostname: &'a str,
    /// What the paths of private sockets begin with.
    pub(crate) socket_base: &'a str,
    /// What processes may still be made.
    pub(crate) room: Room,
}

/// The processes of `[KIND:x]` as members of the group `group_name`, sorted by priority and name. Faults name
/// the section and the file in which it first appears.
pub(crate) fn processes(common: &Common<'_>, section: &str, group_name: &str) -> Read<Vec<ProcessSpec>> {
    let written_name = suffix(section);
    let program_name = name(written_name);
    let scope = Scope::new(common.variables)
        .text("program_name", program_name.as_deref().unwrap_or(written_name))
        .text("host_node_name", common.hostname)
        .text("group_name", group_name);
    let mut reader = SectionReader::new(common.source, section, scope).naming_section();
    let program_name = program_name.map_err(|message| reader.refuse_section(bad_name(message)));
    let shared = Shared::read(&reader, common.room.processes());
    let (first, number) = match &shared {
        Ok(shared) => (shared.numprocs_start, shared.numprocs),
        // The other options are looked at, too.
        Err(_) => (0, 1),
    };
    reader.scope.set("numprocs", Variable::Number(number));
    let mut processes = Vec::new();
    for copy in 0..number {
        reader.scope.set("process_num", Variable::Number(first.saturating_add(copy)));
        reader.scope.restore_environment();
        let own = Own::read(&mut reader, shared.as_ref().ok(), section);
        let (Ok(shared), Ok(_)) = (&shared, &program_name) else { break };
        let process = shared.with(own?, common.environment);
        common.room.take(&process).map_err(|message| refuse_number(&reader, message))?;
        processes.push(process);
    }
    program_name?;
    shared?;
    processes.sort_by(|a, b| (a.priority, &a.name).cmp(&(b.priority, &b.name)));
    Ok(processes)
}

/// A name that is refused for this reason.
pub(crate) fn bad_name(message: String) -> Remark {
    Remark::new(Code::BadValue, message).hint("names must not have a space, a colon or a slash in them")
}

/// The part of a section's name after its first colon.
pub(crate) fn suffix(section: &str) -> &str {
    section.split_once(':').map_or(section, |(_, suffix)| suffix)
}

/// The options that are read once for all processes of a section.
struct Shared {
    priority: i64,
    autostart: bool,
    autorestart: AutoRestart,
    startsecs: i64,
    startretries: i64,
    stopsignal: Signal,
    stopwaitsecs: i64,
    stopasgroup: bool,
    /// `None` for the value of `stopasgroup`.
    killasgroup: Option<bool>,
    exitcodes: Vec<i32>,
    redirect_stderr: bool,
    numprocs: i64,
    numprocs_start: i64,
    stdout: Channel,
    stderr: Channel,
    serverurl: Option<String>,
    user: Option<User>,
    umask: Option<u32>,
    process_name: String,
    ignore_sigpipe: bool,
}

impl Shared {
    fn read(reader: &SectionReader<'_>, greatest_number: i64) -> Read<Self> {
        let priority = reader.read(&program::PRIORITY);
        let autostart = reader.read(&program::AUTOSTART);
        let autorestart = reader.read(&program::AUTORESTART);
        let startsecs = reader.read(&program::STARTSECS);
        let startretries = reader.read(&program::STARTRETRIES);
        let stopsignal = reader.read(&program::STOPSIGNAL);
        let stopwaitsecs = reader.read(&program::STOPWAITSECS);
        let stopasgroup = reader.read(&program::STOPASGROUP);
        let killasgroup = reader.read_optional(&program::KILLASGROUP);
        let exitcodes = reader.read(&program::EXITCODES);
        let redirect_stderr = reader.read(&program::REDIRECT_STDERR);
        let numprocs = numprocs(reader, greatest_number);
        let numprocs_start = reader.read(&program::NUMPROCS_START);
        let stdout = Channel::read(reader, &STDOUT);
        let stderr = Channel::read(reader, &STDERR);
        let serverurl = reader.read_optional(&program::SERVERURL);
        let user = reader.read_optional(&program::USER);
        let umask = reader.read_optional(&program::UMASK);
        let process_name = process_name(reader);
        let ignore_sigpipe = reader.read(&program::IGNORE_SIGPIPE);
        let shared = Self {
            priority: priority?,
            autostart: autostart?,
            autorestart: autorestart?,
            startsecs: startsecs?,
            startretries: startretries?,
            stopsignal: stopsignal?,
            stopwaitsecs: stopwaitsecs?,
            stopasgroup: stopasgroup?,
            killasgroup: killasgroup?,
            exitcodes: exitcodes?,
            redirect_stderr: redirect_stderr?,
            numprocs: numprocs?,
            numprocs_start: numprocs_start?,
            stdout: stdout?,
            stderr: stderr?,
            serverurl: serverurl?.filter(|url| !is_auto(url)),
            user: user?,
            umask: umask?,
            process_name: process_name?,
            ignore_sigpipe: ignore_sigpipe?,
        };
        shared.check(reader)?;
        Ok(shared)
    }

    fn check(&self, reader: &SectionReader<'_>) -> Read<()> {
        if self.numprocs > 1 && !self.process_name.contains("%(process_num)") {
            let message = "%(process_num) must be present within process_name when numprocs > 1";
            let remark = Remark::new(Code::Conflict, message)
                .hint("for example `process_name=%(program_name)s_%(process_num)02d`");
            return Err(reader.refuse(program::PROCESS_NAME.entry.name, remark));
        }
        if self.stopasgroup && self.killasgroup == Some(false) {
            let message = "Cannot set stopasgroup=true and killasgroup=false";
            let remark = Remark::new(Code::Conflict, message)
                .hint("take killasgroup out: it has the value of stopasgroup then");
            return Err(reader.refuse(program::KILLASGROUP.entry.name, remark));
        }
        Ok(())
    }

    fn with(&self, own: Own, common_environment: &[(String, String)]) -> ProcessSpec {
        ProcessSpec {
            name: own.name,
            command: own.command,
            directory: own.directory,
            user: self.user.clone(),
            umask: self.umask,
            priority: self.priority,
            autostart: self.autostart,
            autorestart: self.autorestart,
            startsecs: self.startsecs,
            startretries: self.startretries,
            stopsignal: self.stopsignal,
            stopwaitsecs: self.stopwaitsecs,
            stopasgroup: self.stopasgroup,
            killasgroup: self.killasgroup.unwrap_or(self.stopasgroup),
            exitcodes: self.exitcodes.clone(),
            redirect_stderr: self.redirect_stderr,
            stdout: own.stdout,
            stderr: own.stderr,
            environment: merge(common_environment, &own.environment),
            serverurl: self.serverurl.clone(),
            ignore_sigpipe: self.ignore_sigpipe,
        }
    }
}

/// The options that each process has for itself.
struct Own {
    name: String,
    command: String,
    directory: Option<String>,
    stdout: ChannelSpec,
    stderr: ChannelSpec,
    environment: Vec<(String, String)>,
}

impl Own {
    /// Reads them; `shared` is missing if there was a fault. The environment variables stay in the reader's
    /// scope, so that later processes of the section can use them.
    // Compat: environment-leaks-to-later-copies
    fn read(reader: &mut SectionReader<'_>, shared: Option<&Shared>, section: &str) -> Read<Self> {
        let environment = own_environment(reader);
        match &environment {
            Ok(environment) => reader.scope.extend(environment),
            Err(_) => reader.scope.set_incomplete(),
        }
        let directory = reader.read_optional(&program::DIRECTORY);
        let (channels, redirects) = match shared {
            Some(shared) => ([shared.stdout, shared.stderr], shared.redirect_stderr),
            None => ([Channel::unwatched(&STDOUT), Channel::unwatched(&STDERR)], false),
        };
        let [stdout, stderr] = channels.map(|channel| channel.of_process(reader, section));
        let stderr = stderr.map(|spec| if redirects { redirected(spec, reader, section) } else { spec });
        let missing = || format!("program section {section} does not specify a command");
        let command = reader.read_required(&program::COMMAND, missing);
        let pattern = shared.map(|shared| shared.process_name.as_str()).unwrap_or_default();
        let name = reader.expand_again(program::PROCESS_NAME.entry.name, pattern);
        Ok(Self {
            environment: environment?,
            directory: directory?,
            stdout: without_empty_path(stdout?),
            stderr: without_empty_path(stderr?),
            command: command?,
            name: name?,
        })
    }
}

fn numprocs(reader: &SectionReader<'_>, greatest: i64) -> Read<i64> {
    let numprocs = reader.read(&program::NUMPROCS)?;
    if numprocs > greatest {
        let message = format!("numprocs {numprocs} is above upper bound ({greatest})");
        return Err(refuse_number(reader, message));
    }
    Ok(numprocs)
}

fn refuse_number(reader: &SectionReader<'_>, message: String) -> Reported {
    let remark = Remark::new(Code::BadValue, message).hint("write a smaller number");
    reader.refuse(program::NUMPROCS.entry.name, remark)
}

fn is_auto(serverurl: &str) -> bool {
    serverurl.trim().eq_ignore_ascii_case("auto")
}

/// The pattern of the names, not expanded yet, though checked as if it were a name.
// Compat: name-checked-before-expansion
fn process_name(reader: &SectionReader<'_>) -> Read<String> {
    let option = &program::PROCESS_NAME;
    let written = reader.setting(option.entry.name).map_or(option.default_text(), |setting| &setting.value);
    name(written).map_err(|message| reader.refuse(option.entry.name, bad_name(message)))
}

fn own_environment(reader: &SectionReader<'_>) -> Read<Vec<(String, String)>> {
    let name = program::ENVIRONMENT.entry.name;
    let Some(setting) = reader.setting(name) else { return Ok(Vec::new()) };
    reader.convert::<Pairs>(name, &reader.expand_again(name, &setting.value)?)
}

#[cfg(test)]
mod tests;
