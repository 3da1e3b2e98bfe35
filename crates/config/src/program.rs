//! The processes of one program-like section.

mod channel;

use supervisor_core::signal::Signal;
use supervisor_core::spec::{AutoRestart, ProcessSpec, User};

use crate::environment::{merge, pairs};
use crate::error::ConfigError;
use crate::options::program;
use crate::python::repr::repr;
use crate::reader::{SectionReader, Source};
use crate::scope::{EnvironmentVariables, Scope, Variable};
use crate::source::Messages;
use crate::value::name;
use channel::{Channel, STDERR, STDOUT, redirected, without_empty_path};

/// The largest `numprocs`. The reference has no limit but memory and patience.
// Differs: numprocs-limit
const MAX_NUMPROCS: i64 = 100_000;

/// What all programs of a configuration have in common.
pub(crate) struct Common<'a> {
    pub(crate) source: Source<'a>,
    /// The daemon's environment and `[supervisord] environment`, for `%(ENV_x)s`.
    pub(crate) variables: &'a EnvironmentVariables,
    /// `[supervisord] environment`.
    pub(crate) environment: &'a [(String, String)],
    pub(crate) hostname: &'a str,
    /// The main file as messages name it.
    pub(crate) main_path: &'a str,
}

/// The processes of `[KIND:x]` as members of the group `group_name`, sorted by priority and name.
///
/// # Errors
/// The first fault, with the section and the file in which it first appears.
pub(crate) fn processes(
    common: &Common<'_>,
    section: &str,
    group_name: &str,
    messages: &mut Messages,
) -> Result<Vec<ProcessSpec>, ConfigError> {
    read_processes(common, section, group_name, messages).map_err(|mut error| {
        let origin = common.source.document.section_origin(section);
        let file = origin.map_or(common.main_path, |origin| &origin.file.path);
        error.message.push_str(&format!(" in section {} (file: {})", repr(section), repr(file)));
        error
    })
}

/// The part of a section's name after its first colon.
pub(crate) fn suffix(section: &str) -> &str {
    section.split_once(':').map_or(section, |(_, suffix)| suffix)
}

fn read_processes(
    common: &Common<'_>,
    section: &str,
    group_name: &str,
    messages: &mut Messages,
) -> Result<Vec<ProcessSpec>, ConfigError> {
    let program_name = name(suffix(section))
        .map_err(|message| ConfigError::at(common.source.document.section_origin(section), message))?;
    let scope = Scope::new(common.variables)
        .text("program_name", &program_name)
        .text("host_node_name", common.hostname)
        .text("group_name", group_name);
    let mut reader = SectionReader::new(common.source, section, scope);
    let shared = Shared::read(&reader)?;
    let mut processes = Vec::new();
    let last = shared.numprocs_start.saturating_add(shared.numprocs);
    for process_num in shared.numprocs_start..last {
        reader.scope.set("process_num", Variable::Number(process_num));
        reader.scope.set("numprocs", Variable::Number(shared.numprocs));
        reader.scope.restore_environment();
        processes.push(shared.process(&mut reader, section, common, messages)?);
    }
    processes.sort_by(|a, b| (a.priority, &a.name).cmp(&(b.priority, &b.name)));
    Ok(processes)
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
    fn read(reader: &SectionReader<'_>) -> Result<Self, ConfigError> {
        let shared = Self {
            priority: reader.read(&program::PRIORITY)?,
            autostart: reader.read(&program::AUTOSTART)?,
            autorestart: reader.read(&program::AUTORESTART)?,
            startsecs: reader.read(&program::STARTSECS)?,
            startretries: reader.read(&program::STARTRETRIES)?,
            stopsignal: reader.read(&program::STOPSIGNAL)?,
            stopwaitsecs: reader.read(&program::STOPWAITSECS)?,
            stopasgroup: reader.read(&program::STOPASGROUP)?,
            killasgroup: reader.read_optional(&program::KILLASGROUP)?,
            exitcodes: reader.read(&program::EXITCODES)?,
            redirect_stderr: reader.read(&program::REDIRECT_STDERR)?,
            numprocs: numprocs(reader)?,
            numprocs_start: reader.read(&program::NUMPROCS_START)?,
            stdout: Channel::read(reader, &STDOUT)?,
            stderr: Channel::read(reader, &STDERR)?,
            serverurl: reader.read_optional(&program::SERVERURL)?.filter(|url| !is_auto(url)),
            user: reader.read_optional(&program::USER)?,
            umask: reader.read_optional(&program::UMASK)?,
            process_name: process_name(reader)?,
            ignore_sigpipe: reader.read(&program::IGNORE_SIGPIPE)?,
        };
        shared.check(reader)?;
        Ok(shared)
    }

    fn check(&self, reader: &SectionReader<'_>) -> Result<(), ConfigError> {
        if self.numprocs > 1 && !self.process_name.contains("%(process_num)") {
            let message = "%(process_num) must be present within process_name when numprocs > 1";
            return Err(reader.error(program::PROCESS_NAME.entry.name, message));
        }
        if self.stopasgroup && self.killasgroup == Some(false) {
            let message = "Cannot set stopasgroup=true and killasgroup=false";
            return Err(reader.error(program::KILLASGROUP.entry.name, message));
        }
        Ok(())
    }

    /// One process. Its environment variables stay in the reader's scope, so that later processes of the
    /// section can use them.
    // Compat: environment-leaks-to-later-copies
    fn process(
        &self,
        reader: &mut SectionReader<'_>,
        section: &str,
        common: &Common<'_>,
        messages: &mut Messages,
    ) -> Result<ProcessSpec, ConfigError> {
        let environment = own_environment(reader)?;
        reader.scope.extend(&environment);
        let directory = reader.read_optional(&program::DIRECTORY)?;
        let stdout = self.stdout.of_process(reader, section, messages)?;
        let mut stderr = self.stderr.of_process(reader, section, messages)?;
        if self.redirect_stderr {
            stderr = redirected(stderr, section, messages);
        }
        let command = command(reader, section)?;
        Ok(ProcessSpec {
            name: reader.expand_again(program::PROCESS_NAME.entry.name, &self.process_name)?,
            command,
            directory,
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
            stdout: without_empty_path(stdout),
            stderr: without_empty_path(stderr),
            environment: merge(common.environment, &environment),
            serverurl: self.serverurl.clone(),
            ignore_sigpipe: self.ignore_sigpipe,
        })
    }
}

fn numprocs(reader: &SectionReader<'_>) -> Result<i64, ConfigError> {
    let numprocs = reader.read(&program::NUMPROCS)?;
    if numprocs > MAX_NUMPROCS {
        let message = format!("numprocs {numprocs} is above upper bound ({MAX_NUMPROCS})");
        return Err(reader.error(program::NUMPROCS.entry.name, message));
    }
    Ok(numprocs)
}

fn is_auto(serverurl: &str) -> bool {
    serverurl.trim().eq_ignore_ascii_case("auto")
}

/// The pattern of the names, not expanded yet, though checked as if it were a name.
// Compat: name-checked-before-expansion
fn process_name(reader: &SectionReader<'_>) -> Result<String, ConfigError> {
    let option = &program::PROCESS_NAME;
    let written = reader.setting(option.entry.name).map_or(option.default_text(), |setting| &setting.value);
    name(written).map_err(|message| reader.error(option.entry.name, message))
}

fn own_environment(reader: &SectionReader<'_>) -> Result<Vec<(String, String)>, ConfigError> {
    let name = program::ENVIRONMENT.entry.name;
    let Some(setting) = reader.setting(name) else { return Ok(Vec::new()) };
    pairs(&reader.expand_again(name, &setting.value)?).map_err(|message| reader.error(name, message))
}

fn command(reader: &SectionReader<'_>, section: &str) -> Result<String, ConfigError> {
    let command = reader.read_optional(&program::COMMAND)?;
    command.ok_or_else(|| {
        let message = format!("program section {section} does not specify a command");
        reader.error(program::COMMAND.entry.name, message)
    })
}

#[cfg(test)]
mod tests;
