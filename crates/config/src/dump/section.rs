//! The sections of the effective configuration and their options.

use super::value::{Fixed, literal, without_secrets};
use super::{DumpedOption, DumpedSection, DumpedValue, Secrets, ValueSource};
use crate::document::{Document, Section, Setting};
use crate::examined::Examined;
use crate::ini;
use crate::interface::Form;
use crate::messages::Messages;
use crate::options::{self, DefaultValue, Entry, SectionKind, kind_of};
use crate::program::suffix;
use crate::scope::EnvironmentVariables;
use crate::settings::{MainLog, Settings};
use crate::supervisord::CommandLine;

/// All sections that something reads, in the order of the files, and whether secrets were masked. Included files
/// are merged, so `[include]` is left out.
pub(super) fn sections(
    command_line: &CommandLine,
    examined: &Examined<'_>,
    secrets: Secrets,
) -> (Vec<DumpedSection>, bool) {
    // The client reads its section in the main file only.
    let mut main = Document::default();
    if let Some(file) = &examined.main {
        ini::parse(&mut main, file, &Messages::default());
    }
    let mut writer = Writer { command_line, examined, main, secrets, has_masks: false };
    let mut dumped = Vec::new();
    for section in examined.document.sections() {
        let options = match kind_of(&section.name) {
            None | Some(SectionKind::Include) => continue,
            Some(SectionKind::Supervisord) => writer.daemon(section),
            Some(kind @ SectionKind::Supervisorctl) => match writer.client(&section.name, kind) {
                Some(options) => options,
                None => continue,
            },
            Some(kind @ SectionKind::CtlPlugin) => {
                writer.plain(&examined.document, section, kind, &examined.inherited)
            }
            Some(kind) => writer.plain(&examined.document, section, kind, &examined.variables),
        };
        dumped.push(DumpedSection { name: section.name.clone(), options });
    }
    (dumped, writer.has_masks)
}

struct Writer<'a> {
    command_line: &'a CommandLine,
    examined: &'a Examined<'a>,
    main: Document,
    secrets: Secrets,
    has_masks: bool,
}

impl Writer<'_> {
    fn client(&mut self, name: &str, kind: SectionKind) -> Option<Vec<DumpedOption>> {
        let main = std::mem::take(&mut self.main);
        let options =
            main.section(name).map(|section| self.plain(&main, section, kind, &self.examined.inherited));
        self.main = main;
        options
    }

    fn plain(
        &mut self,
        document: &Document,
        section: &Section,
        kind: SectionKind,
        environment: &EnvironmentVariables,
    ) -> Vec<DumpedOption> {
        let mut fixed = Fixed::new(environment, &self.examined.hostname);
        let form = Form::of(document, section);
        if is_like_program(kind) || kind == SectionKind::RpcInterface && form == Form::Program {
            let environment = document.setting_of(section, "environment");
            fixed = fixed.of_program(suffix(&section.name), environment);
        }
        let mut dumped = Vec::new();
        let known: Vec<&Entry> = match kind {
            SectionKind::RpcInterface => form.options(),
            kind => options::of(kind).collect(),
        };
        for entry in &known {
            let option = match document.setting_of(section, entry.name) {
                Some(setting) => self.written(setting, &fixed),
                None => default_option(entry),
            };
            dumped.push(option);
        }
        if matches!(kind, SectionKind::RpcInterface | SectionKind::CtlPlugin) {
            let is_further = |setting: &&Setting| known.iter().all(|entry| entry.name != setting.name);
            let further = document.settings(section).filter(is_further);
            dumped.extend(further.map(|setting| self.written(setting, &fixed)));
        }
        dumped
    }

    fn written(&mut self, setting: &Setting, fixed: &Fixed<'_>) -> DumpedOption {
        // The name of a process is checked before it is expanded, so it must stay as it is.
        let value = if setting.name == "process_name" { setting.value.clone() } else { fixed.value(setting) };
        self.option(&setting.name, &value, ValueSource::File(setting.origin.clone()))
    }

    fn option(&mut self, name: &str, value: &str, source: ValueSource) -> DumpedOption {
        let shown = without_secrets(name, value, self.secrets);
        self.has_masks |= shown.as_deref() != Some(value);
        let value = shown.map_or_else(
            || DumpedValue::Described("not shown, as its secrets cannot be told from the rest".to_owned()),
            DumpedValue::Written,
        );
        DumpedOption { name: name.to_owned(), value, source }
    }

    /// `[supervisord]`, over which the command line goes. Paths are those that count in the end.
    fn daemon(&mut self, section: &Section) -> Vec<DumpedOption> {
        let examined = self.examined;
        let fixed = Fixed::new(&examined.inherited, &examined.hostname);
        let settings = examined.config.as_ref().map(|config| &config.settings);
        let mut dumped = Vec::new();
        for entry in options::of(SectionKind::Supervisord) {
            let setting = examined.document.setting_of(section, entry.name);
            let given = self.command_line.given(entry.name);
            let (value, source) = match (given, setting) {
                (Some(given), _) => (literal(given), ValueSource::CommandLine),
                (None, Some(setting)) => {
                    (Some(fixed.value(setting)), ValueSource::File(setting.origin.clone()))
                }
                (None, None) => (None, ValueSource::Default),
            };
            let path = settings.and_then(|settings| path(settings, entry.name));
            dumped.push(match path.and_then(|path| literal(&path)).or(value) {
                Some(value) => self.option(entry.name, &value, source),
                None => default_option(entry),
            });
        }
        dumped
    }
}

fn is_like_program(kind: SectionKind) -> bool {
    matches!(kind, SectionKind::Program | SectionKind::EventListener | SectionKind::FcgiProgram)
}

/// A path of the daemon, as it is after everything was considered.
fn path(settings: &Settings, option: &str) -> Option<String> {
    match option {
        "logfile" => Some(match &settings.logfile {
            MainLog::Syslog => "syslog".to_owned(),
            MainLog::File(path) => path.clone(),
        }),
        "pidfile" => Some(settings.pidfile.clone()),
        "childlogdir" => Some(settings.childlogdir.clone()),
        "directory" => settings.directory.clone(),
        _ => None,
    }
}

fn default_option(entry: &Entry) -> DumpedOption {
    let value = match entry.default {
        // Written down it would count for each process, too, whose default is another.
        DefaultValue::Written(text) if is_listener_priority(entry) => {
            DumpedValue::Described(format!("{text} for the group"))
        }
        DefaultValue::Written(text) => DumpedValue::Written(text.to_owned()),
        DefaultValue::Described(words) => DumpedValue::Described(words.to_owned()),
        DefaultValue::Required => DumpedValue::Described("none".to_owned()),
    };
    DumpedOption { name: entry.name.to_owned(), value, source: ValueSource::Default }
}

fn is_listener_priority(entry: &Entry) -> bool {
    entry.section == SectionKind::EventListener && entry.name == "priority"
}
