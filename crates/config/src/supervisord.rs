//! What `supervisord` starts from: its command line, and the configuration that this leads to.

mod flags;

use supervisor_core::spec::GroupSpec;

use crate::codes::Code;
use crate::error::ConfigError;
use crate::examined::Examined;
use crate::finding::{Remark, Severity};
use crate::getopt::{getopt, obey};
use crate::host::{Host, Untouched};
use crate::interface::InterfaceSpec;
use crate::machine::Machine;
use crate::place::{Piece, Place};
use crate::python::repr::repr_list;
use crate::report::Format;
use crate::servers::ServerSpec;
use crate::settings::{Overrides, Settings};
use crate::usage::{OptionText, UsageError, option_texts, program_name, search_list};
use flags::{FLAGS, Meaning, usage};

/// What a command line asks for.
#[derive(Debug)]
pub enum Parsed {
    /// Print this text and exit with status 0.
    Help(String),
    /// Print the version and exit with status 0.
    Version,
    /// Run the daemon.
    Run(Box<CommandLine>),
    /// Print what [`CommandLine::check`] finds and exit with the report's status.
    Check(Box<CommandLine>, Format),
    /// Print what [`CommandLine::dump`] makes of the configuration and exit with status 0.
    Dump(Box<CommandLine>, Format),
}

/// A command line that the daemon can run with, and the directory it was given in.
#[derive(Clone, Debug)]
pub struct CommandLine {
    program: String,
    pub(crate) start_dir: String,
    pub(crate) config_path: String,
    pub(crate) root_without_configuration: bool,
    pub(crate) overrides: Overrides,
    /// The settings among the options given, by their names in the file.
    given: Vec<(&'static str, String)>,
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
    pub interfaces: Vec<InterfaceSpec>,
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
    configuration file in default locations (including its current working directory); you probably want to \
    specify a \"-c\" argument specifying an absolute path to a configuration file for improved security.";

/// Every option that the usage text names, in its order.
#[must_use]
pub fn options() -> Vec<OptionText> {
    option_texts(FLAGS)
}

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
        let machine = Machine::new(host, &start_dir);
        let mut overrides = Overrides::default();
        let mut settings = Vec::new();
        let mut configuration = None;
        let mut task = Task::default();
        let end = obey(&given, |option| {
            match option.meaning {
                Meaning::Help => return Ok(Some(Parsed::Help(usage(&program)))),
                Meaning::Version => return Ok(Some(Parsed::Version)),
                Meaning::Configuration => configuration = Some(option.value.clone()),
                Meaning::Check => task.check = true,
                Meaning::DumpConfig => task.dump = true,
                Meaning::Format => task.format = Some(format(&option.value)?),
                meaning => {
                    overrides.set(option, &machine)?;
                    settings.extend(flags::setting(meaning, &option.value));
                }
            }
            Ok(None)
        });
        if let Some(end) = end.map_err(refuse)? {
            return Ok(end);
        }
        task.is_sensible().map_err(refuse)?;
        let root_without_configuration = configuration.is_none() && host.effective_uid() == 0;
        let config_path = match configuration {
            Some(path) => path,
            None => find_configuration(&program, &machine).map_err(refuse)?,
        };
        let parsed =
            Self { program, start_dir, config_path, root_without_configuration, overrides, given: settings };
        Ok(task.of(Box::new(parsed)))
    }

    /// Reads the configuration. It can be read again at any time: the file stays the same, and relative paths
    /// go on meaning what they meant at the start, wherever the daemon has gone since.
    ///
    /// # Errors
    /// All faults; the message is that of the first.
    pub fn load(&self, host: &dyn Host) -> Result<Config, ConfigError> {
        let examined = Examined::new(self, host);
        match (examined.messages.refusal(), examined.config) {
            (None, Some(config)) => Ok(config),
            (Some(error), _) => Err(error),
            (None, None) => Err(ConfigError::new("the configuration cannot be read")),
        }
    }

    /// What to print, before exiting with status 2, when the first [`Self::load`] fails.
    #[must_use]
    pub fn usage_error(&self, error: &ConfigError) -> UsageError {
        UsageError::of_configuration(&self.program, error)
    }

    /// Something in the configuration that the system refuses: the section and the option that ask for it, and what
    /// to do.
    #[must_use]
    pub fn refused_at(
        &self,
        host: &dyn Host,
        message: String,
        (section, option): (&str, &str),
        (code, hint): (Code, String),
    ) -> ConfigError {
        let host = Untouched(host);
        let examined = Examined::new(self, &host);
        let written = examined.document.setting(section, option).filter(|_| self.given(option).is_none());
        let place = written.map(|setting| Place::of_setting(setting, Piece::Value));
        let finding = Remark::new(code, message.clone()).hint(hint).at(Severity::Error, place);
        ConfigError { message, findings: vec![finding] }
    }

    /// What the command line says about an option of `[supervisord]`.
    pub(crate) fn given(&self, option: &str) -> Option<&str> {
        self.given.iter().find(|(name, _)| *name == option).map(|(_, value)| value.as_str())
    }

    /// The program's name, as messages show it.
    #[must_use]
    pub fn program(&self) -> &str {
        &self.program
    }
}

/// What to do instead of running.
#[derive(Default)]
struct Task {
    check: bool,
    dump: bool,
    format: Option<Format>,
}

impl Task {
    fn is_sensible(&self) -> Result<(), String> {
        match self {
            Self { check: true, dump: true, .. } => {
                Err("--check and --dump-config exclude each other".to_owned())
            }
            Self { check: false, dump: false, format: Some(_) } => {
                Err("--format needs --check or --dump-config".to_owned())
            }
            _ => Ok(()),
        }
    }

    fn of(&self, command_line: Box<CommandLine>) -> Parsed {
        let format = self.format.unwrap_or_default();
        match self {
            Self { check: true, .. } => Parsed::Check(command_line, format),
            Self { dump: true, .. } => Parsed::Dump(command_line, format),
            _ => Parsed::Run(command_line),
        }
    }
}

fn format(name: &str) -> Result<Format, String> {
    match name {
        "text" => Ok(Format::Text),
        "json" => Ok(Format::Json),
        _ => Err("write text or json".to_owned()),
    }
}

fn find_configuration(program: &str, machine: &Machine<'_>) -> Result<String, String> {
    let searched = search_list(program);
    match searched.iter().find(|path| machine.exists(path)) {
        Some(path) => Ok(path.clone()),
        None => Err(format!(
            "No config file found at default paths ({}); use the -c option to specify a config file at a \
             different path",
            searched.join(", ")
        )),
    }
}

#[cfg(test)]
mod tests;
