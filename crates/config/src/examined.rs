//! A configuration as the daemon reads it, with all that came up on the way.

use std::sync::Arc;

use crate::check::sections::look_alikes;
use crate::codes::Code;
use crate::ctlplugin::{CtlPlugin, ctl_plugins};
use crate::document::Document;
use crate::error::ConfigError;
use crate::file::SourceFile;
use crate::finding::Remark;
use crate::groups::{Member, groups};
use crate::host::Host;
use crate::interface::{self, interfaces, refuse_options};
use crate::machine::Machine;
use crate::messages::{Messages, Read};
use crate::program::{Common, Room};
use crate::python::path;
use crate::reader::{SectionReader, Source};
use crate::scope::{EnvironmentVariables, Scope};
use crate::servers::{ServerSpec, fallback_url, servers};
use crate::settings::{self, FileSettings, SECTION};
use crate::source::{INCLUDE_SECTION, Reading};
use crate::spelling::closest;
use crate::supervisorctl::{Layer, SECTION as CLIENT_SECTION, read_file};
use crate::supervisord::{CommandLine, Config};

/// What came of reading a configuration, be it sound or not.
pub(crate) struct Examined<'a> {
    pub(crate) machine: Machine<'a>,
    pub(crate) document: Document,
    pub(crate) messages: Messages,
    /// The main file, if it could be read.
    pub(crate) main: Option<Arc<SourceFile>>,
    pub(crate) hostname: String,
    /// The daemon's own environment.
    pub(crate) inherited: EnvironmentVariables,
    /// That, and `[supervisord] environment`.
    pub(crate) variables: EnvironmentVariables,
    /// The configuration, if there is no fault.
    pub(crate) config: Option<Config>,
    /// The processes of all groups that are sound, with their sections.
    pub(crate) members: Vec<Member>,
    /// The servers that are sound.
    pub(crate) servers: Vec<ServerSpec>,
}

impl<'a> Examined<'a> {
    /// Reads the configuration that a command line names.
    pub(crate) fn new(command_line: &'a CommandLine, host: &'a dyn Host) -> Self {
        let mut inherited = EnvironmentVariables::default();
        inherited.extend(host.environment());
        let mut examined = Self {
            machine: Machine::new(host, &command_line.start_dir),
            document: Document::default(),
            messages: Messages::default(),
            main: None,
            hostname: host.hostname(),
            // Differs: removed-environment-is-forgotten
            variables: inherited.clone(),
            inherited,
            config: None,
            members: Vec::new(),
            servers: Vec::new(),
        };
        if let Ok(main) = examined.read_files(command_line) {
            examined.main = Some(Arc::clone(&main));
            examined.config = examined.evaluate(command_line, &main).ok();
        }
        examined
    }

    fn read_files(&mut self, command_line: &CommandLine) -> Read<Arc<SourceFile>> {
        let Self { machine, document, messages, .. } = self;
        let mut reading = Reading { machine, messages, document };
        let main = reading.main(&command_line.config_path)?;
        let scope = Scope::new(&self.inherited).text("host_node_name", &self.hostname);
        reading.included(&main, &scope);
        Ok(main)
    }

    /// What sections are read from.
    pub(crate) fn source<'s>(&'s self, main: &'s SourceFile) -> Source<'s> {
        Source {
            machine: &self.machine,
            document: &self.document,
            messages: &self.messages,
            main_path: &main.path,
            main_dir: &main.directory,
            has_include: self.document.section(INCLUDE_SECTION).is_some(),
        }
    }

    /// What supervisorctl makes of the main file; nothing if that is not meant for it.
    pub(crate) fn client(&self) -> Option<Result<Layer, ConfigError>> {
        let main = self.main.as_ref()?;
        let origin = self.document.section_origin(CLIENT_SECTION)?;
        if origin.file.path != main.path {
            return None; // It has no effect there, which is told elsewhere.
        }
        Some(read_file(&main.path, &self.machine))
    }

    /// What supervisorctl makes of its extensions.
    pub(crate) fn ctl_plugins(&self) -> Vec<CtlPlugin> {
        self.main.as_ref().map_or_else(Vec::new, |main| ctl_plugins(self.source(main), &self.inherited))
    }

    /// Makes a configuration of what was read. The order is that in which the reference meets faults.
    fn evaluate(&mut self, command_line: &CommandLine, main: &SourceFile) -> Read<Config> {
        let source = self.source(main);
        let has_section = self.section_is_there();
        let reader = SectionReader::new(source, SECTION, Scope::new(&self.inherited));
        let settings = FileSettings::read(&reader, &self.machine);
        let environment = settings::environment(&reader, &self.hostname);
        let mut variables = self.inherited.clone();
        match &environment {
            Ok(environment) => variables.extend(environment.iter().cloned()),
            Err(_) => variables.set_incomplete(),
        }
        let overrides = &command_line.overrides;
        let known = settings.as_ref().ok();
        let socket_base = known.map(|settings| settings.socket_base(overrides, &self.machine));
        let socket_base = socket_base.unwrap_or_default();
        let interfaces = interfaces(&interface::Reading {
            source,
            environment: &variables,
            socket_base: &socket_base,
            ignore_unknown: known.is_some_and(|settings| settings.ignore_unknown_plugins),
        });
        let common = Common {
            source,
            variables: &variables,
            environment: environment.as_deref().unwrap_or_default(),
            hostname: &self.hostname,
            socket_base: &socket_base,
            room: Room::new(),
        };
        // Groups must keep apart from the servers, but faults of servers are told after those of groups.
        let unheard = Messages::default();
        let early = servers(Source { messages: &unheard, ..source }, &variables);
        let (groups, members) = groups(&common, &early.into_iter().flatten().collect::<Vec<_>>());
        let servers = servers(source, &variables);
        let servers_known: Vec<ServerSpec> = servers.iter().flatten().cloned().collect();
        let user = settings
            .as_ref()
            .map_err(|reported| *reported)
            .and_then(|settings| settings::user(&reader, settings, overrides, &self.machine, &self.messages));
        let interfaces = match interfaces {
            Ok(interfaces) if !servers_known.is_empty() => {
                refuse_options(source, &interfaces, &variables).map(|()| interfaces)
            }
            interfaces => interfaces,
        };
        self.variables = variables;
        self.members = members;
        self.servers = servers_known;
        has_section?;
        let servers = servers.into_iter().collect::<Read<Vec<_>>>()?;
        Ok(Config {
            path: path::absolute(&command_line.start_dir, &command_line.config_path),
            server_url: fallback_url(&servers),
            settings: settings?.overridden(environment?, user?, overrides, &self.machine),
            servers,
            interfaces: interfaces?,
            groups: groups?,
            warnings: self.messages.warnings().into_iter().chain(look_alikes(&self.document)).collect(),
            infos: self.messages.infos(),
            root_without_configuration: command_line.root_without_configuration,
        })
    }

    fn section_is_there(&self) -> Read<()> {
        if self.document.section(SECTION).is_some() {
            return Ok(());
        }
        if self.messages.is_damaged() {
            return Err(self.messages.refuse_silently());
        }
        let sections = self.document.sections().map(|section| section.name.as_str());
        let meant = closest(SECTION, sections.filter(|name| !name.contains(':') && *name != CLIENT_SECTION));
        let hint = match meant.and_then(|name| self.document.section_origin(name)) {
            Some(origin) => format!("did you mean [{SECTION}] in line {}?", origin.line),
            None => format!(
                "add a line `[{SECTION}]`; a file that others include is read with the one that includes it"
            ),
        };
        let message = ".ini file does not include supervisord section";
        let remark = Remark::new(Code::SectionMissing, message).hint(hint);
        Err(self.messages.refuse(remark, None, ""))
    }
}
