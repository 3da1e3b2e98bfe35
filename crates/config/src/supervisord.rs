//! What `supervisord` starts from: its command line, and the configuration that this leads to.

mod flags;

use supervisor_core::spec::GroupSpec;

use crate::document::Document;
use crate::error::{ConfigError, SourceFile};
use crate::getopt::{getopt, obey};
use crate::groups::groups;
use crate::host::Host;
use crate::machine::Machine;
use crate::options::plugin;
use crate::plugins::{PluginSpec, RPC_FACTORIES, plugins};
use crate::program::Common;
use crate::python::path;
use crate::python::repr::repr_list;
use crate::reader::{SectionReader, Source};
use crate::scope::{EnvironmentVariables, Scope};
use crate::servers::{ServerSpec, fallback_url, servers};
use crate::settings::{FileSettings, Overrides, SECTION, Settings};
use crate::source::{INCLUDE_SECTION, Messages, read_included, read_main};
use crate::usage::{UsageError, program_name, search_list};
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
    configuration file in default locations (including its current working directory); you probably want to \
    specify a \"-c\" argument specifying an absolute path to a configuration file for improved security.";

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
        let end = obey(&given, |option| {
            match option.meaning {
                Meaning::Help => return Ok(Some(Parsed::Help(usage(&program)))),
                Meaning::Version => return Ok(Some(Parsed::Version)),
                Meaning::Configuration => configuration = Some(option.value.clone()),
                _ => overrides.set(option, &machine)?,
            }
            Ok(None)
        });
        if let Some(end) = end.map_err(refuse)? {
            return Ok(end);
        }
        let root_without_configuration = configuration.is_none() && host.effective_uid() == 0;
        let config_path = match configuration {
            Some(path) => path,
            None => find_configuration(&program, &machine).map_err(refuse)?,
        };
        let parsed = Self { program, start_dir, config_path, root_without_configuration, overrides };
        Ok(Parsed::Run(Box::new(parsed)))
    }

    /// Reads the configuration. It can be read again at any time: the file stays the same, and relative paths
    /// go on meaning what they meant at the start, wherever the daemon has gone since.
    ///
    /// # Errors
    /// The first fault.
    pub fn load(&self, host: &dyn Host) -> Result<Config, ConfigError> {
        let machine = Machine { host, start_dir: &self.start_dir };
        // Differs: removed-environment-is-forgotten
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
