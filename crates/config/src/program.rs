//! The processes of one program-like section.

use supervisor_core::signal::Signal;
use supervisor_core::spec::{AutoRestart, ChannelSpec, LogTarget, ProcessSpec, User};

use crate::environment::{merge, pairs};
use crate::error::ConfigError;
use crate::options::{Defaulted, program};
use crate::python::repr::repr;
use crate::reader::{SectionReader, Source};
use crate::scope::{EnvironmentVariables, Scope, Variable};
use crate::source::Messages;
use crate::value::{Boolean, ByteSize, ChildLog, ChildLogFile, Integer, name};

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
    stdout: Capture,
    stderr: Capture,
    serverurl: Option<String>,
    user: Option<User>,
    umask: Option<u32>,
    process_name: String,
    ignore_sigpipe: bool,
}

/// What a channel's output is watched for.
struct Capture {
    maxbytes: i64,
    events_enabled: bool,
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
            stdout: Capture::read(reader, &STDOUT)?,
            stderr: Capture::read(reader, &STDERR)?,
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

    /// One process. Its environment variables stay in the reader's scope, so that later processes of the section
    /// can use them.
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
        let stdout = self.channel(&STDOUT, &self.stdout, reader, section, messages)?;
        let mut stderr = self.channel(&STDERR, &self.stderr, reader, section, messages)?;
        if self.redirect_stderr {
            if matches!(stderr.logfile, LogTarget::File(_)) {
                messages.warnings.push(format!(
                    "For [{section}], redirect_stderr=true but stderr_logfile has also been set to a filename, \
                     the filename has been ignored"
                ));
            }
            stderr.logfile = LogTarget::None;
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

    fn channel(
        &self,
        options: &ChannelOptions,
        capture: &Capture,
        reader: &SectionReader<'_>,
        section: &str,
        messages: &mut Messages,
    ) -> Result<ChannelSpec, ConfigError> {
        let name = options.logfile.entry.name;
        let log = log_file(reader, options.logfile)?;
        let backups = reader.read(options.backups)?;
        let maxbytes = reader.read(options.maxbytes)?;
        let mut syslog = reader.read(options.syslog)?;
        let logfile = match log {
            ChildLog::None => LogTarget::None,
            ChildLog::Auto => LogTarget::Auto,
            ChildLog::File(path) => LogTarget::File(path),
            ChildLog::Syslog => {
                let instead = options.syslog.entry.name;
                messages.warnings.push(format!(
                    "For [{section}], {name}=syslog but this is deprecated and will be removed.  \
                     Use {instead}=true to enable syslog instead."
                ));
                syslog = true;
                LogTarget::None
            }
        };
        if logfile == LogTarget::Auto && maxbytes == 0 {
            messages.warnings.push(format!(
                "For [{section}], AUTO logging used for {name} without rollover, set maxbytes > 0 to avoid \
                 filling up filesystem unintentionally"
            ));
        }
        let Capture { maxbytes: capture_maxbytes, events_enabled } = *capture;
        Ok(ChannelSpec { logfile, maxbytes, backups, capture_maxbytes, events_enabled, syslog })
    }
}

/// The options of one output channel.
struct ChannelOptions {
    logfile: &'static Defaulted<ChildLogFile>,
    backups: &'static Defaulted<Integer>,
    maxbytes: &'static Defaulted<ByteSize>,
    syslog: &'static Defaulted<Boolean>,
    capture_maxbytes: &'static Defaulted<ByteSize>,
    events_enabled: &'static Defaulted<Boolean>,
}

const STDOUT: ChannelOptions = ChannelOptions {
    logfile: &program::STDOUT_LOGFILE,
    backups: &program::STDOUT_LOGFILE_BACKUPS,
    maxbytes: &program::STDOUT_LOGFILE_MAXBYTES,
    syslog: &program::STDOUT_SYSLOG,
    capture_maxbytes: &program::STDOUT_CAPTURE_MAXBYTES,
    events_enabled: &program::STDOUT_EVENTS_ENABLED,
};

const STDERR: ChannelOptions = ChannelOptions {
    logfile: &program::STDERR_LOGFILE,
    backups: &program::STDERR_LOGFILE_BACKUPS,
    maxbytes: &program::STDERR_LOGFILE_MAXBYTES,
    syslog: &program::STDERR_SYSLOG,
    capture_maxbytes: &program::STDERR_CAPTURE_MAXBYTES,
    events_enabled: &program::STDERR_EVENTS_ENABLED,
};

impl Capture {
    fn read(reader: &SectionReader<'_>, options: &ChannelOptions) -> Result<Self, ConfigError> {
        Ok(Self {
            maxbytes: reader.read(options.capture_maxbytes)?,
            events_enabled: reader.read(options.events_enabled)?,
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

/// The path of a log is expanded twice.
// Compat: log-paths-are-expanded-twice
fn log_file(reader: &SectionReader<'_>, option: &Defaulted<ChildLogFile>) -> Result<ChildLog, ConfigError> {
    let name = option.entry.name;
    match reader.text(name)? {
        Some(text) => reader.convert::<ChildLogFile>(name, &reader.expand_again(name, &text)?),
        None => reader.convert::<ChildLogFile>(name, option.default_text()),
    }
}

/// An empty path is no log, but counts as a path where `redirect_stderr` is checked.
fn without_empty_path(mut channel: ChannelSpec) -> ChannelSpec {
    if matches!(&channel.logfile, LogTarget::File(path) if path.is_empty()) {
        channel.logfile = LogTarget::None;
    }
    channel
}

fn command(reader: &SectionReader<'_>, section: &str) -> Result<String, ConfigError> {
    let command = reader.read_optional(&program::COMMAND)?;
    command.ok_or_else(|| {
        let message = format!("program section {section} does not specify a command");
        reader.error(program::COMMAND.entry.name, message)
    })
}
