//! `[ctlplugin:x]`: further actions of supervisorctl. The reference makes them with Python code; here they are a
//! program of somebody's own, or those of a public extension, which are built in.

use crate::codes::Code;
use crate::command_line;
use crate::document::Section;
use crate::finding::{Finding, Remark, Severity};
use crate::messages::{Messages, Read};
use crate::options::plugin::{CTL_COMMAND, CTL_FACTORY};
use crate::program::suffix;
use crate::reader::{SectionReader, Source};
use crate::scope::{EnvironmentVariables, Scope};
use crate::spelling::did_you_mean;
use crate::value::Integer;

const PREFIX: &str = "ctlplugin:";

/// The actions that Supervisor 4.3.0 has. No extension can replace one.
pub const STOCK_ACTIONS: [&str; 23] = [
    "EOF", "add", "avail", "clear", "exit", "fg", "help", "maintail", "open", "pid", "quit", "reload",
    "remove", "reread", "restart", "shutdown", "signal", "start", "status", "stop", "tail", "update",
    "version",
];

/// One extension of supervisorctl.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CtlPlugin {
    /// What follows the colon of the section's name.
    pub name: String,
    /// What it adds.
    pub offer: Offer,
}

impl CtlPlugin {
    /// Why it adds nothing, if so.
    pub(crate) fn finding(&self) -> Option<&Finding> {
        match &self.offer {
            Offer::Refused(finding) => Some(finding),
            _ => None,
        }
    }
}

/// What an extension adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offer {
    /// Actions that are built in.
    BuiltIn(BuiltIn),
    /// An action with the extension's name: this program, with these arguments before those of the action.
    Program(Vec<String>),
    /// Nothing, and why.
    Refused(Finding),
}

/// The extensions whose actions are built in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BuiltIn {
    /// Supervisor's own actions.
    Stock,
    /// `quickstart`, `quickstop`, `quickrestart`.
    Quick {
        /// How many tenths of a second a state is awaited.
        retries: u32,
    },
    /// `mstart`, `mstop`, `mrestart`.
    Wildcards {
        /// Patterns are compared with `GROUP:NAME`, not with `NAME`.
        match_group: bool,
    },
    /// `serialrestart`.
    SerialRestart,
    /// `cache_store` and its like.
    Cache,
    /// `kill`.
    Laforge,
}

/// How many tenths of a second the quick actions wait unless told otherwise.
pub const QUICK_RETRIES: u32 = 600;

/// The packages whose extensions are built in, and the Python functions that make these.
const KNOWN: [(&str, &str); 6] = [
    ("supervisor-quick", "supervisor_quick:make_quick_controllerplugin"),
    ("supervisor-wildcards", "supervisorwildcards.controllerplugin:make_wildcards_controllerplugin"),
    (
        "supervisor-serialrestart",
        "supervisorserialrestart.controllerplugin:make_serialrestart_controllerplugin",
    ),
    ("supervisor_cache", "supervisor_cache.controllerplugin:make_cache_controllerplugin"),
    ("mr.laforge", "mr.laforge.controllerplugin:make_laforge_controllerplugin"),
    ("supervisor", "supervisor.supervisorctl:DefaultControllerPlugin"),
];

/// The extensions of all files, in their order. What is wrong with one is part of it.
// Differs: ctlplugins-in-python
pub(crate) fn ctl_plugins(source: Source<'_>, environment: &EnvironmentVariables) -> Vec<CtlPlugin> {
    let sections = source.document.sections().filter(|section| section.name.starts_with(PREFIX));
    let plugins = sections.map(|section| {
        let name = suffix(&section.name).to_owned();
        let messages = Messages::default();
        let extension = Extension { source: Source { messages: &messages, ..source }, section, environment };
        let offer = extension.offer(&name).unwrap_or_else(|_| Offer::Refused(finding(&messages, section)));
        CtlPlugin { name, offer }
    });
    plugins.collect()
}

/// Why a section offers nothing.
fn finding(messages: &Messages, section: &Section) -> Finding {
    messages.findings().into_iter().next().unwrap_or_else(|| {
        let message = format!("[{}] cannot be understood", section.name);
        Remark::new(Code::Syntax, message).at(Severity::Error, None)
    })
}

/// A section while it is read.
struct Extension<'a> {
    source: Source<'a>,
    section: &'a Section,
    environment: &'a EnvironmentVariables,
}

impl Extension<'_> {
    fn offer(&self, name: &str) -> Read<Offer> {
        let Self { source, section, environment } = *self;
        let here = SectionReader::new(source, &section.name, Scope::new(environment));
        // What all sections inherit is for programs.
        if section.setting(CTL_COMMAND.entry.name).is_some()
            && let Some(command) = here.read_optional(&CTL_COMMAND)?
        {
            return self.program(&here, name, &command);
        }
        let plain = SectionReader::without_here(source, &section.name, Scope::new(environment));
        let key = CTL_FACTORY.entry.name;
        let factory = plain.read_optional(&CTL_FACTORY)?.ok_or_else(|| {
            plain.missing(&CTL_FACTORY.entry, format!("section [{}] does not specify a {key}", section.name))
        })?;
        let Some((package, _)) = KNOWN.iter().find(|(_, known)| *known == factory) else {
            let message = format!("{factory} cannot be resolved within [{}]", section.name);
            let meant = did_you_mean(&factory, KNOWN.iter().map(|(_, known)| *known));
            let remark = Remark::new(Code::UnknownExtension, message).hint(instead(&factory));
            return Err(plain.refuse(key, remark.perhaps_hint(meant)));
        };
        for option in source.document.settings(section) {
            plain.text(&option.name)?;
        }
        let number = |name| plain.text(name)?.map(|text| plain.convert::<Integer>(name, &text)).transpose();
        let retries = |given: i64| u32::try_from(given.max(0)).unwrap_or(u32::MAX);
        Ok(Offer::BuiltIn(match *package {
            "supervisor-quick" => {
                BuiltIn::Quick { retries: number("retries")?.map_or(QUICK_RETRIES, retries) }
            }
            "supervisor-wildcards" => {
                BuiltIn::Wildcards { match_group: number("match_group")?.is_some_and(|number| number != 0) }
            }
            "supervisor-serialrestart" => BuiltIn::SerialRestart,
            "supervisor_cache" => BuiltIn::Cache,
            "mr.laforge" => BuiltIn::Laforge,
            _ => BuiltIn::Stock,
        }))
    }

    fn program(&self, reader: &SectionReader<'_>, name: &str, command: &str) -> Read<Offer> {
        let section = &self.section.name;
        if STOCK_ACTIONS.contains(&name) {
            let message = format!("[{section}] has no effect: {name:?} is an action that Supervisor has");
            let remark = Remark::new(Code::IgnoredSection, message).hint("give the section another name");
            reader.warn(CTL_COMMAND.entry.name, remark);
            return Ok(Offer::Refused(finding(self.source.messages, self.section)));
        }
        if name.is_empty() || name.contains(char::is_whitespace) || name.starts_with('?') {
            let message = format!("{name:?} of [{section}] cannot be the name of an action");
            let remark = Remark::new(Code::BadValue, message).hint("the name must be one word");
            return Err(reader.refuse_section(remark));
        }
        command_line::split(command).map(Offer::Program).map_err(|reason| {
            let remark = Remark::new(Code::BadCommand, format!("[{section}]: {reason}"))
                .hint("words are taken apart as a shell does it; quotes must be closed");
            reader.refuse(CTL_COMMAND.entry.name, remark)
        })
    }
}

/// What can be done where Python code is asked for.
fn instead(factory: &str) -> String {
    if factory.starts_with("supvisors.") {
        return "Supvisors works on the insides of the Python daemon: stay with that one for it".to_owned();
    }
    let packages: Vec<&str> =
        KNOWN.iter().map(|(package, _)| *package).filter(|name| *name != "supervisor").collect();
    format!(
        "Python code cannot be loaded: write `command=` and a program in any language instead \
         (docs/extensions.md); built in are the actions of {}",
        packages.join(", ")
    )
}

#[cfg(test)]
mod tests;
