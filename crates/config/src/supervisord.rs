//! What `supervisord` starts from: its command line, and the configuration that this leads to.

use std::collections::HashSet;

use supervisor_core::spec::GroupSpec;

use crate::document::Document;
use crate::error::{ConfigError, SourceFile};
use crate::getopt::{Flag, Given, getopt};
use crate::groups::groups;
use crate::host::Host;
use crate::machine::Machine;
use crate::options::plugin;
use crate::plugins::{PluginSpec, RPC_FACTORIES, plugins};
use crate::program::Common;
use crate::python::path;
use crate::python::repr::{repr, repr_list};
use crate::reader::{SectionReader, Source};
use crate::scope::{EnvironmentVariables, Scope};
use crate::servers::{ServerSpec, fallback_url, servers};
use crate::settings::{FileSettings, Overrides, SECTION, Settings};
use crate::source::{INCLUDE_SECTION, Messages, read_included, read_main};
use crate::usage::{UsageError, option_lines, program_name, search_list};
use crate::value::{ByteSize, ExistingDirectory, FilePath, Integer, Level, List, Octal, ValueType};

/// What a command line asks for.
#[derive(Debug)]
pub enum Parsed {
    /// Print this text and exit with status 0.
    Help(String),
    /// Print the version and exit with status 0.
    Version,
    /// Run the daemon.
    Run(Box<CommandLine>),
}

/// A command line that the daemon can run with, and the directory it was given in.
#[derive(Clone, Debug)]
pub struct CommandLine {
    program: String,
    start_dir: String,
    config_path: String,
    root_without_configuration: bool,
    overrides: Overrides,
}

/// A configuration that can be put to work.
#[derive(Clone, Debug)]
pub struct Config {
    /// The main file, absolute.
    pub path: String,
    /// The daemon's own settings, the command line considered.
    pub settings: Settings,
    /// The HTTP servers: those on ports, then those on sockets.
    pub servers: Vec<ServerSpec>,
    /// The RPC interfaces. Without any, only the methods of `system` are there.
    pub interfaces: Vec<PluginSpec>,
    /// The groups in the order of their start: by priority, then by name.
    pub groups: Vec<GroupSpec>,
    /// What to log at level WARN as soon as the log is open.
    pub warnings: Vec<String>,
    /// What to log at level INFO after that.
    pub infos: Vec<String>,
    /// The address of the daemon for its children, unless a program has its own.
    pub server_url: Option<String>,
    /// Root has not named the configuration: print [`ROOT_WITHOUT_CONFIGURATION`] as a warning.
    pub root_without_configuration: bool,
}

/// What root is told who lets the daemon search for its configuration.
pub const ROOT_WITHOUT_CONFIGURATION: &str = "Supervisord is running as root and it is searching for its \
configuration file in default locations (including its current working directory); you probably want to specify a \
\"-c\" argument specifying an absolute path to a configuration file for improved security.";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Meaning {
    Configuration,
    NoDaemon,
    Silent,
    Help,
    Version,
    User,
    Umask,
    Directory,
    LogFile,
    LogFileMaxBytes,
    LogFileBackups,
    LogLevel,
    PidFile,
    Identifier,
    ChildLogDir,
    NoCleanup,
    MinFds,
    StripAnsi,
    MinProcs,
    ProfileOptions,
}

macro_rules! flags {
    ($( $meaning:ident $([$short:literal])? $(--$long:literal)? $(<$argument:literal>)? => $doc:literal; )+) => {
        &[$( Flag {
            meaning: Meaning::$meaning,
            short: flags!(@option $($short)?),
            long: &[$($long)?],
            argument: flags!(@option $($argument)?),
            doc: $doc,
        } ),+]
    };
    (@option $value:literal) => { Some($value) };
    (@option) => { None };
}

const FLAGS: &[Flag<Meaning>] = flags! {
    Configuration ['c'] --"configuration" <"FILENAME"> => "the configuration file (searched for if not given)";
    NoDaemon ['n'] --"nodaemon" => "stay in the foreground (like 'nodaemon=true' in the file)";
    Silent ['s'] --"silent" => "do not repeat the log on stdout (like 'silent=true' in the file)";
    Help ['h'] --"help" => "print this text and exit";
    Help ['?'] => "";
    Version ['v'] --"version" => "print the version number and exit";
    User ['u'] --"user" <"USER"> => "become this user (a login name or a user id)";
    Umask ['m'] --"umask" <"UMASK"> => "the umask of the daemon (default is 022)";
    Directory ['d'] --"directory" <"DIRECTORY"> => "the directory to go to when leaving the terminal";
    LogFile ['l'] --"logfile" <"FILENAME"> => "the path of the log";
    LogFileMaxBytes ['y'] --"logfile_maxbytes" <"BYTES"> => "the size at which the log is rotated";
    LogFileBackups ['z'] --"logfile_backups" <"NUM"> => "how many rotated logs to keep";
    LogLevel ['e'] --"loglevel" <"LEVEL"> => "what to log (debug,info,warn,error,critical)";
    PidFile ['j'] --"pidfile" <"FILENAME"> => "the file for the process id of the daemon";
    Identifier ['i'] --"identifier" <"STR"> => "the name of this supervisord among others";
    ChildLogDir ['q'] --"childlogdir" <"DIRECTORY"> => "the directory for automatic child logs";
    NoCleanup ['k'] --"nocleanup" => "keep the automatic child logs of earlier runs";
    MinFds ['a'] --"minfds" <"NUM"> => "the number of open files that must be possible at the start";
    StripAnsi ['t'] --"strip_ansi" => "take ANSI escape sequences out of child logs";
    MinProcs --"minprocs" <"NUM"> => "the number of processes that must be possible at the start";
    ProfileOptions --"profile_options" <"OPTIONS"> => "accepted for compatibility, without effect";
};

impl CommandLine {
    /// Reads a command line, the program's name included, and finds the configuration file.
    ///
    /// # Errors
    /// The first fault of the command line, or that there is no configuration file.
    pub fn parse(arguments: &[String], host: &dyn Host) -> Result<Parsed, UsageError> {
        let start_dir = host.current_dir();
        let program = program_name(host, &start_dir, arguments.first(), "supervisord");
        let refuse = |message: String| UsageError::new(&program, message);
        let (given, words) = getopt(FLAGS, arguments.get(1..).unwrap_or_default()).map_err(refuse)?;
        if !words.is_empty() {
            return Err(refuse(format!("positional arguments are not supported: {}", repr_list(&words))));
        }
        let machine = Machine { host, start_dir: &start_dir };
        let mut overrides = Overrides::default();
        let mut configuration = None;
        let mut seen = HashSet::new();
        for option in given {
            match option.meaning {
                Meaning::Help => return Ok(Parsed::Help(usage(&program))),
                Meaning::Version => return Ok(Parsed::Version),
                Meaning::Configuration => configuration = Some(option.value.clone()),
                _ => overrides.set(&option, &machine).map_err(|message| {
                    let Given { spelling, value, .. } = &option;
                    refuse(format!("invalid value for {spelling} {}: {message}", repr(value)))
                })?,
            }
            if !seen.insert(option.meaning) {
                return Err(refuse(format!("conflicting command line option {}", repr(&option.spelling))));
            }
        }
        let root_without_configuration = configuration.is_none() && host.effective_uid() == 0;
        let config_path = match configuration {
            Some(path) => path,
            None => find_configuration(&program, &machine).map_err(refuse)?,
        };
        let parsed = Self { program, start_dir, config_path, root_without_configuration, overrides };
        Ok(Parsed::Run(Box::new(parsed)))
    }

    /// Reads the configuration. It can be read again at any time: the file stays the same, and relative paths go on
    /// meaning what they meant at the start, wherever the daemon has gone since.
    ///
    /// # Errors
    /// The first fault.
    pub fn load(&self, host: &dyn Host) -> Result<Config, ConfigError> {
        let machine = Machine { host, start_dir: &self.start_dir };
        let mut environment = EnvironmentVariables::default();
        environment.extend(host.environment());
        let hostname = host.hostname();
        let mut messages = Messages::default();
        let mut document = Document::default();
        let main = read_main(&machine, &self.config_path, &mut document, &mut messages)?;
        let has_include = document.section(INCLUDE_SECTION).is_some();
        let scope = Scope::new(&environment).text("host_node_name", &hostname);
        read_included(&machine, &main, &scope, &mut document, &mut messages)?;
        let source =
            Source { machine: &machine, document: &document, main_dir: &main.directory, has_include };
        self.evaluate(source, &main, environment, &hostname, messages)
    }

    /// What to print, before exiting with status 2, when the first [`Self::load`] fails.
    #[must_use]
    pub fn usage_error(&self, error: &ConfigError) -> UsageError {
        UsageError::new(&self.program, error.message.clone())
    }

    /// The program's name, as messages show it.
    #[must_use]
    pub fn program(&self) -> &str {
        &self.program
    }

    fn evaluate(
        &self,
        source: Source<'_>,
        main: &SourceFile,
        mut environment: EnvironmentVariables,
        hostname: &str,
        mut messages: Messages,
    ) -> Result<Config, ConfigError> {
        if source.document.section(SECTION).is_none() {
            return Err(ConfigError::new(".ini file does not include supervisord section"));
        }
        let reader = SectionReader::new(source, SECTION, Scope::new(&environment));
        let settings = FileSettings::read(&reader, source.machine, hostname)?;
        environment.extend(settings.environment.iter().cloned());
        let interfaces = plugins(source, &environment, "rpcinterface:", &plugin::RPC_FACTORY, RPC_FACTORIES)?;
        let common = Common {
            source,
            variables: &environment,
            environment: &settings.environment,
            hostname,
            main_path: &main.path,
        };
        let groups = groups(&common, &mut messages)?;
        let servers = servers(source, &environment)?;
        Ok(Config {
            path: path::absolute(&self.start_dir, &self.config_path),
            server_url: fallback_url(&servers),
            settings: settings.overridden(&self.overrides, source.machine)?,
            servers,
            interfaces,
            groups,
            warnings: messages.warnings,
            infos: messages.infos,
            root_without_configuration: self.root_without_configuration,
        })
    }
}

impl Overrides {
    fn set(&mut self, option: &Given<Meaning>, machine: &Machine<'_>) -> Result<(), String> {
        let text = &option.value;
        match option.meaning {
            Meaning::Configuration | Meaning::Help | Meaning::Version => {}
            Meaning::NoDaemon => self.nodaemon = true,
            Meaning::Silent => self.silent = true,
            Meaning::NoCleanup => self.nocleanup = true,
            Meaning::StripAnsi => self.strip_ansi = true,
            Meaning::User => self.user = Some(text.clone()),
            Meaning::Identifier => self.identifier = Some(text.clone()),
            Meaning::Umask => self.umask = Some(Octal::parse(text, machine)?),
            Meaning::Directory => self.directory = Some(ExistingDirectory::parse(text, machine)?),
            Meaning::ChildLogDir => self.childlogdir = Some(ExistingDirectory::parse(text, machine)?),
            Meaning::LogFile => self.logfile = Some(FilePath::parse(text, machine)?),
            Meaning::PidFile => self.pidfile = Some(FilePath::parse(text, machine)?),
            Meaning::LogFileMaxBytes => self.logfile_maxbytes = Some(ByteSize::parse(text, machine)?),
            Meaning::LogFileBackups => self.logfile_backups = Some(Integer::parse(text, machine)?),
            Meaning::LogLevel => self.loglevel = Some(Level::parse(text, machine)?),
            Meaning::MinFds => self.minfds = Some(Integer::parse(text, machine)?),
            Meaning::MinProcs => self.minprocs = Some(Integer::parse(text, machine)?),
            Meaning::ProfileOptions => {
                self.profile_options = Some(List::parse(&text.to_lowercase(), machine)?);
            }
        }
        Ok(())
    }
}

fn find_configuration(program: &str, machine: &Machine<'_>) -> Result<String, String> {
    let searched = search_list(program);
    match searched.iter().find(|path| machine.exists(path)) {
        Some(path) => Ok(path.clone()),
        None => Err(format!(
            "No config file found at default paths ({}); use the -c option to specify a config file at a different path",
            searched.join(", ")
        )),
    }
}

fn usage(program: &str) -> String {
    format!(
        "supervisord -- run a set of applications as daemons.\n\nUsage: {program} [options]\n\nOptions:\n{}\n",
        option_lines(FLAGS)
    )
}

#[cfg(test)]
mod tests;
