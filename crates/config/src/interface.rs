//! `[rpcinterface:x]`: what clients can call besides the methods of `system`. The factories that are known by name
//! are built in; a program of somebody's own answers what is called in any other namespace.

mod extension;
mod factory;

use crate::codes::Code;
use crate::document::{Document, Section};
use crate::finding::Remark;
use crate::messages::Read;
use crate::options::{Entry, plugin, program};
use crate::program::suffix;
use crate::reader::{SectionReader, Source};
use crate::scope::{EnvironmentVariables, Scope};
pub use extension::{ExtensionAddress, ExtensionSpec};
pub(crate) use extension::{address_of, socket_of};

/// What the names of these sections begin with.
pub(crate) const PREFIX: &str = "rpcinterface:";

/// The namespace that is there in any case.
const SYSTEM: &str = "system";

/// A namespace to offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterfaceSpec {
    /// Its name: what follows the colon of the section's name.
    pub name: String,
    /// Where its methods come from.
    pub kind: InterfaceKind,
    /// The options of its factory, expanded.
    pub options: Vec<(String, String)>,
}

/// Where the methods of a namespace come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InterfaceKind {
    /// They are Supervisor's own.
    Supervisor,
    /// They are those of supervisor_twiddler.
    Twiddler {
        /// The methods that may be called; if there is none, all of them.
        whitelist: Vec<String>,
    },
    /// They are those of supervisor_cache.
    Cache,
    /// They are those of mr.laforge.
    Laforge,
    /// A program has them.
    Extension(ExtensionSpec),
}

impl InterfaceSpec {
    /// Its factory, if it has one.
    #[must_use]
    pub fn factory(&self) -> Option<&'static str> {
        factory::name_of(&self.kind)
    }
}

/// How a section says where its methods come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// By a factory, or it does not say.
    Factory,
    /// By `command=`, perhaps with `socket=`.
    Program,
    /// By `socket=` alone.
    Socket,
}

impl Form {
    pub(crate) fn of(document: &Document, section: &Section) -> Self {
        let is_given = |entry: &Entry| section.setting(entry.name).is_some();
        if document.setting_of(section, plugin::RPC_FACTORY.entry.name).is_some() {
            Self::Factory
        } else if is_given(&plugin::RPC_COMMAND.entry) {
            Self::Program
        } else if is_given(&plugin::RPC_SOCKET.entry) {
            Self::Socket
        } else {
            Self::Factory
        }
    }

    /// The options that a section of this form has.
    pub(crate) fn options(self) -> Vec<&'static Entry> {
        let extension = [&plugin::RPC_SOCKET.entry, &plugin::RPC_TIMEOUT.entry];
        match self {
            Self::Factory => vec![&plugin::RPC_FACTORY.entry],
            Self::Socket => extension.to_vec(),
            Self::Program => {
                let own = [&plugin::RPC_COMMAND.entry].into_iter().chain(extension);
                let shared = program::OPTIONS.iter().copied().filter(|entry| entry.name != "command");
                own.chain(shared).collect()
            }
        }
    }
}

/// What it takes to read these sections.
pub(crate) struct Reading<'a> {
    pub(crate) source: Source<'a>,
    pub(crate) environment: &'a EnvironmentVariables,
    /// What the paths of private sockets begin with.
    pub(crate) socket_base: &'a str,
    /// Leave out what is not known, with a warning.
    pub(crate) ignore_unknown: bool,
}

/// The namespaces in file order.
// Differs: python-plugins
pub(crate) fn interfaces(reading: &Reading<'_>) -> Read<Vec<InterfaceSpec>> {
    let sections = reading.source.document.sections().filter(|section| section.name.starts_with(PREFIX));
    let interfaces: Vec<Read<Option<InterfaceSpec>>> =
        sections.map(|section| reading.interface(section)).collect();
    interfaces.into_iter().filter_map(Read::transpose).collect()
}

impl Reading<'_> {
    fn interface(&self, section: &Section) -> Read<Option<InterfaceSpec>> {
        match Form::of(self.source.document, section) {
            Form::Factory => factory::interface(self, section),
            // Differs: extensions-without-python
            Form::Program | Form::Socket => self.extension(section).map(Some),
        }
    }

    fn extension(&self, section: &Section) -> Read<InterfaceSpec> {
        let reader = SectionReader::new(self.source, &section.name, Scope::new(self.environment));
        let name = crate::value::name(suffix(&section.name))
            .map_err(|message| reader.refuse_section(crate::program::bad_name(message)));
        let name = name.and_then(|name| if name == SYSTEM { Err(taken(&reader)) } else { Ok(name) });
        let name = name.and_then(|name| {
            if name.is_empty() || name.contains('.') {
                let message = format!("nobody can call a method of [{}]", section.name);
                let remark =
                    Remark::new(Code::BadValue, message).hint("write a name without a dot after the colon");
                return Err(reader.refuse_section(remark));
            }
            Ok(name)
        });
        let address = address_of(&reader, self.socket_base, self.source.machine);
        let timeout_seconds = extension::timeout(&reader);
        let spec = ExtensionSpec { address: address?, timeout_seconds: timeout_seconds? };
        Ok(InterfaceSpec { name: name?, kind: InterfaceKind::Extension(spec), options: Vec::new() })
    }
}

fn taken(reader: &SectionReader<'_>) -> crate::messages::Reported {
    let remark =
        Remark::new(Code::Conflict, format!("the name {SYSTEM} is taken by the methods about methods"));
    reader.refuse_section(remark.hint("write another name after the colon"))
}

#[cfg(test)]
mod tests;
