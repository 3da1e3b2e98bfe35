//! Reading the options of one section: found, expanded, converted.

use crate::document::{Document, Setting};
use crate::error::{ConfigError, Origin};
use crate::format::expand;
use crate::machine::Machine;
use crate::options::{Defaulted, Optional};
use crate::scope::{Names, Scope};
use crate::value::ValueType;

/// What every section is read from.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) machine: &'a Machine<'a>,
    pub(crate) document: &'a Document,
    /// The main file's directory.
    pub(crate) main_dir: &'a str,
    /// Whether an `[include]` section was obeyed.
    pub(crate) has_include: bool,
}

/// One section and the names that its values can use.
#[derive(Clone)]
pub(crate) struct SectionReader<'a> {
    source: Source<'a>,
    section: &'a str,
    pub(crate) scope: Scope<'a>,
    knows_here: bool,
}

impl<'a> SectionReader<'a> {
    /// A section whose values can use `here` besides the names of `scope`.
    pub(crate) fn new(source: Source<'a>, section: &'a str, scope: Scope<'a>) -> Self {
        Self { source, section, scope, knows_here: true }
    }

    /// A section whose values cannot use `here`, unless the file has an `[include]` section: then the
    /// reference replaces it everywhere.
    // Compat: here-with-include
    pub(crate) fn without_here(source: Source<'a>, section: &'a str, scope: Scope<'a>) -> Self {
        Self { source, section, scope, knows_here: source.has_include }
    }

    /// The option as written.
    pub(crate) fn setting(&self, name: &str) -> Option<&'a Setting> {
        self.source.document.setting(self.section, name)
    }

    /// The line an option comes from, or else that of the section.
    pub(crate) fn origin(&self, name: &str) -> Option<&'a Origin> {
        let section = || self.source.document.section_origin(self.section);
        self.setting(name).map(|setting| &setting.origin).or_else(section)
    }

    /// An error about one option.
    pub(crate) fn error(&self, name: &str, message: impl Into<String>) -> ConfigError {
        ConfigError::at(self.origin(name), message)
    }

    /// The names a value can use; `here` is where the value stands, or the main file's directory.
    // Differs: here-belongs-to-its-file
    pub(crate) fn names<'s>(&'s self, setting: Option<&'s Setting>) -> Names<'s> {
        let here = setting.map_or(self.source.main_dir, |setting| &setting.origin.file.directory);
        self.scope.seen_from(self.knows_here.then_some(here))
    }

    /// The option's text, expanded; `None` if it is not given.
    pub(crate) fn text(&self, name: &str) -> Result<Option<String>, ConfigError> {
        let Some(setting) = self.setting(name) else { return Ok(None) };
        let place = format!("{}.{name}", self.section);
        let expanded = expand(&setting.value, self.names(Some(setting)), &place);
        expanded.map(Some).map_err(|message| self.error(name, message))
    }

    /// Expands a text that comes from the option `name`, which is all that messages name.
    pub(crate) fn expand_again(&self, name: &str, text: &str) -> Result<String, ConfigError> {
        expand(text, self.names(self.setting(name)), name).map_err(|message| self.error(name, message))
    }

    /// The value of an option that has a default.
    pub(crate) fn read<T: ValueType>(&self, option: &Defaulted<T>) -> Result<T::Value, ConfigError> {
        let name = option.entry.name;
        match self.text(name)? {
            Some(text) => self.convert::<T>(name, &text),
            None => self.convert::<T>(name, option.default_text()),
        }
    }

    /// The value of an option that may be missing.
    pub(crate) fn read_optional<T: ValueType>(
        &self,
        option: &Optional<T>,
    ) -> Result<Option<T::Value>, ConfigError> {
        let name = option.entry.name;
        self.text(name)?.map(|text| self.convert::<T>(name, &text)).transpose()
    }

    /// As [`Self::read_optional`], but a wrong value is refused as `Invalid WHAT value V`.
    pub(crate) fn read_named<T: ValueType>(
        &self,
        option: &Optional<T>,
        what: &str,
    ) -> Result<Option<T::Value>, ConfigError> {
        let name = option.entry.name;
        let Some(text) = self.text(name)? else { return Ok(None) };
        let value = T::parse(&text, self.source.machine);
        value.map(Some).map_err(|_| self.error(name, format!("Invalid {what} value {text}")))
    }

    /// Converts a text that comes from the option `name`.
    pub(crate) fn convert<T: ValueType>(&self, name: &str, text: &str) -> Result<T::Value, ConfigError> {
        T::parse(text, self.source.machine).map_err(|message| self.error(name, message))
    }
}
