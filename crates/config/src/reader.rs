//! Reading the options of one section: found, expanded, converted. What is wrong goes to [`Messages`].

use crate::codes::Code;
use crate::document::{Document, Section, Setting};
use crate::file::Origin;
use crate::finding::Remark;
use crate::format::{At, expand};
use crate::machine::Machine;
use crate::messages::{Messages, Read, Reported};
use crate::options::plugin::RPC_FACTORY;
use crate::options::{Defaulted, Entry, Optional};
use crate::place::{Piece, Place};
use crate::python::repr::repr;
use crate::scope::{Names, Scope};
use crate::spelling::closest;
use crate::value::{Advice, ValueType};

/// What every section is read from.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) machine: &'a Machine<'a>,
    pub(crate) document: &'a Document,
    pub(crate) messages: &'a Messages,
    /// The main file as messages name it.
    pub(crate) main_path: &'a str,
    /// The main file's directory.
    pub(crate) main_dir: &'a str,
    /// Whether an `[include]` section was obeyed.
    pub(crate) has_include: bool,
}

/// One section and the names that its values can use.
#[derive(Clone)]
pub(crate) struct SectionReader<'a> {
    source: Source<'a>,
    name: &'a str,
    section: Option<&'a Section>,
    pub(crate) scope: Scope<'a>,
    knows_here: bool,
    names_section: bool,
}

impl<'a> SectionReader<'a> {
    /// A section whose values can use `here` besides the names of `scope`.
    pub(crate) fn new(source: Source<'a>, name: &'a str, scope: Scope<'a>) -> Self {
        let section = source.document.section(name);
        Self { source, name, section, scope, knows_here: true, names_section: false }
    }

    /// A section whose values cannot use `here`, unless the file has an `[include]` section: then the
    /// reference replaces it everywhere.
    // Compat: here-with-include
    pub(crate) fn without_here(source: Source<'a>, name: &'a str, scope: Scope<'a>) -> Self {
        Self { knows_here: source.has_include, ..Self::new(source, name, scope) }
    }

    /// The section's name.
    pub(crate) fn name(&self) -> &'a str {
        self.name
    }

    /// Lets every fault name the section and the file in which it first appears.
    pub(crate) fn naming_section(self) -> Self {
        Self { names_section: true, ..self }
    }

    /// The option as written.
    pub(crate) fn setting(&self, name: &str) -> Option<&'a Setting> {
        self.source.document.setting_of(self.section?, name)
    }

    /// Where the section begins.
    pub(crate) fn origin(&self) -> Option<&'a Origin> {
        self.section?.origin.as_ref()
    }

    /// The place of an option, or of the section if it is not given.
    pub(crate) fn place(&self, name: &str, piece: Piece<'_>) -> Option<Place> {
        match self.setting(name) {
            _ if self.source.messages.is_full() => None,
            Some(setting) => Some(Place::of_setting(setting, piece)),
            None => self.origin().map(Place::of_header),
        }
    }

    /// Takes a fault of an option.
    pub(crate) fn refuse(&self, name: &str, remark: Remark) -> Reported {
        let piece = remark.part.as_deref().map_or(Piece::Value, Piece::Part);
        self.refuse_at(self.place(name, piece), remark)
    }

    /// Takes a fault of an option, whatever its value.
    pub(crate) fn refuse_name(&self, name: &str, remark: Remark) -> Reported {
        self.refuse_at(self.place(name, Piece::Name), remark)
    }

    /// Takes a fault of the section as a whole.
    pub(crate) fn refuse_section(&self, remark: Remark) -> Reported {
        self.refuse_at(self.origin().map(Place::of_header), remark)
    }

    /// Takes a fault of some place in the section.
    pub(crate) fn refuse_at(&self, place: Option<Place>, remark: Remark) -> Reported {
        self.source.messages.refuse(remark, place, &self.suffix())
    }

    /// Takes an oddity of an option.
    pub(crate) fn warn(&self, name: &str, remark: Remark) {
        self.source.messages.warn(remark, self.place(name, Piece::Value));
    }

    fn suffix(&self) -> String {
        if !self.names_section {
            return String::new();
        }
        let file = self.origin().map_or(self.source.main_path, |origin| &origin.file.path);
        format!(" in section {} (file: {})", repr(self.name), repr(file))
    }

    /// The names a value can use; `here` is where the value stands, or the main file's directory.
    // Differs: here-belongs-to-its-file
    pub(crate) fn names<'s>(&'s self, setting: Option<&'s Setting>) -> Names<'s> {
        let here = setting.map_or(self.source.main_dir, |setting| &setting.origin.file.directory);
        self.scope.seen_from(self.knows_here.then_some(here))
    }

    /// The option's text, expanded; `None` if it is not given.
    pub(crate) fn text(&self, name: &str) -> Read<Option<String>> {
        let Some(setting) = self.setting(name) else { return Ok(None) };
        if !setting.value.contains('%') {
            return Ok(Some(setting.value.clone()));
        }
        let place = format!("{}.{name}", self.name);
        self.expanded(name, &setting.value, &place).map(Some)
    }

    /// Expands a text that comes from the option `name`, which is all that messages name.
    pub(crate) fn expand_again(&self, name: &str, text: &str) -> Read<String> {
        self.expanded(name, text, name)
    }

    fn expanded(&self, name: &str, text: &str, shown: &str) -> Read<String> {
        let at = At { name: shown, wants_hints: self.source.messages.wants_hints() };
        expand(text, self.names(self.setting(name)), at).map_err(|remark| {
            let names_environment = remark.part.as_deref().is_some_and(|part| part.starts_with("%(ENV_"));
            let is_unknown = remark.code == Code::UnknownVariable;
            if is_unknown && names_environment && self.scope.is_incomplete() {
                return self.source.messages.refuse_silently();
            }
            self.refuse(name, remark)
        })
    }

    /// The value of an option that has a default.
    pub(crate) fn read<T: ValueType>(&self, option: &Defaulted<T>) -> Read<T::Value> {
        let name = option.entry.name;
        match self.text(name)? {
            Some(text) => self.convert::<T>(name, &text),
            None => self.convert::<T>(name, option.default_text()),
        }
    }

    /// The value of an option that may be missing.
    pub(crate) fn read_optional<T: ValueType>(&self, option: &Optional<T>) -> Read<Option<T::Value>> {
        let name = option.entry.name;
        self.text(name)?.map(|text| self.convert::<T>(name, &text)).transpose()
    }

    /// The value of an option that must be given; `message` says so if it is not.
    pub(crate) fn read_required<T: ValueType>(
        &self,
        option: &Optional<T>,
        message: impl FnOnce() -> String,
    ) -> Read<T::Value> {
        let value = self.read_optional(option)?;
        value.ok_or_else(|| self.missing(&option.entry, message()))
    }

    /// As [`Self::read_optional`], but a wrong value is refused as `Invalid WHAT value V`.
    pub(crate) fn read_named<T: ValueType>(
        &self,
        option: &Optional<T>,
        what: &str,
    ) -> Read<Option<T::Value>> {
        let name = option.entry.name;
        let Some(text) = self.text(name)? else { return Ok(None) };
        let value = T::parse(&text, self.source.machine);
        value.map(Some).map_err(|_| self.wrong::<T>(name, &text, format!("Invalid {what} value {text}")))
    }

    /// Converts a text that comes from the option `name`.
    pub(crate) fn convert<T: ValueType>(&self, name: &str, text: &str) -> Read<T::Value> {
        T::parse(text, self.source.machine).map_err(|message| self.wrong::<T>(name, text, message))
    }

    fn wrong<T: ValueType>(&self, name: &str, text: &str, message: String) -> Reported {
        let Advice { code, part, hint } = T::advice(text);
        let hint = hint.unwrap_or_else(|| format!("`{name}` takes {}", T::FORM));
        self.refuse(name, Remark { code, message, part, hint: Some(hint) })
    }

    /// Takes the fault that an option is not given, or is empty. It is no news if a line of the section could
    /// not be understood.
    pub(crate) fn missing(&self, entry: &Entry, message: impl Into<String>) -> Reported {
        if self.section.is_some_and(|section| self.source.document.is_damaged(section)) {
            return self.source.messages.refuse_silently();
        }
        let written = self.section.iter().flat_map(|section| &section.settings);
        let names = written.map(|setting| setting.name.as_str());
        let is_meant = |name: &&str| closest(name, [entry.name]).is_some();
        let meant = names.into_iter().find(is_meant).and_then(|name| self.setting(name));
        let hint = match meant.filter(|setting| setting.name != entry.name) {
            Some(setting) => {
                format!(
                    "did you mean `{}` by `{}` in line {}?",
                    entry.name, setting.name, setting.origin.line
                )
            }
            None if entry.name == RPC_FACTORY.entry.name => format!(
                "add `{}=`: {}; or `command=` or `socket=`, for a program of your own that answers",
                entry.name, entry.form
            ),
            None => format!("add `{}=`: {}", entry.name, entry.form),
        };
        self.refuse(entry.name, Remark::new(Code::OptionMissing, message).hint(hint))
    }
}
