//! The text of a configuration after parsing: sections of options, each with the line it comes from.
//!
//! Values are as written, before any `%(...)s` is expanded: that happens when an option is read, since an
//! option that nobody reads may hold anything.

use std::collections::HashMap;

use crate::error::Origin;

/// The section whose options every other section falls back on.
const DEFAULT_SECTION: &str = "DEFAULT";

/// Everything that was read, from however many files.
#[derive(Debug, Default)]
pub struct Document {
    sections: Vec<Section>,
    by_name: HashMap<String, usize>,
    defaults: Section,
}

/// One section, with the options of all its appearances.
#[derive(Debug, Default)]
pub struct Section {
    /// What stands between the brackets.
    pub name: String,
    /// Where it first appears; `None` only for a `[DEFAULT]` that does not.
    pub origin: Option<Origin>,
    /// Its options in the order of their first appearance.
    pub settings: Vec<Setting>,
}

/// One option as written.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Its name, lower case.
    pub name: String,
    /// Its value; the lines of a longer one are joined by line feeds.
    pub value: String,
    /// The line that last set it.
    pub origin: Origin,
}

/// Which section a parser is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SectionId {
    Defaults,
    Numbered(usize),
}

impl Document {
    /// The sections in the order of their first appearance, without `[DEFAULT]`.
    pub fn sections(&self) -> impl Iterator<Item = &Section> {
        self.sections.iter()
    }

    /// The section of that name.
    #[must_use]
    pub fn section(&self, name: &str) -> Option<&Section> {
        self.by_name.get(name).map(|&index| &self.sections[index])
    }

    /// Where the section of that name first appears.
    #[must_use]
    pub fn section_origin(&self, name: &str) -> Option<&Origin> {
        self.section(name)?.origin.as_ref()
    }

    /// An option of a section, or else that of `[DEFAULT]`.
    #[must_use]
    pub fn setting(&self, section: &str, name: &str) -> Option<&Setting> {
        self.section(section)?.setting(name).or_else(|| self.defaults.setting(name))
    }

    /// All options of a section: its own, then those that only `[DEFAULT]` has.
    pub fn settings<'a>(&'a self, section: &'a Section) -> impl Iterator<Item = &'a Setting> {
        let inherited =
            self.defaults.settings.iter().filter(|setting| section.setting(&setting.name).is_none());
        section.settings.iter().chain(inherited)
    }

    /// Opens the section of that name, making it if it is new.
    pub(crate) fn open(&mut self, name: &str, origin: &Origin) -> SectionId {
        if let Some(&index) = self.by_name.get(name) {
            return SectionId::Numbered(index);
        }
        if name == DEFAULT_SECTION {
            self.defaults.origin.get_or_insert_with(|| origin.clone());
            return SectionId::Defaults;
        }
        let index = self.sections.len();
        self.by_name.insert(name.to_owned(), index);
        self.sections.push(Section {
            name: name.to_owned(),
            origin: Some(origin.clone()),
            settings: Vec::new(),
        });
        SectionId::Numbered(index)
    }

    /// Sets an option; a repeated one is overwritten where it stands.
    pub(crate) fn set(&mut self, section: SectionId, setting: Setting) {
        let settings = match section {
            SectionId::Defaults => &mut self.defaults.settings,
            SectionId::Numbered(index) => &mut self.sections[index].settings,
        };
        match settings.iter_mut().find(|known| known.name == setting.name) {
            Some(known) => *known = setting,
            None => settings.push(setting),
        }
    }
}

impl Section {
    /// The option of that name, `[DEFAULT]` left aside.
    #[must_use]
    pub fn setting(&self, name: &str) -> Option<&Setting> {
        self.settings.iter().find(|setting| setting.name == name)
    }
}
