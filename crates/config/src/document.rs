//! The text of a configuration after parsing: sections of options, each with the line it comes from.
//!
//! Values are as written, before any `%(...)s` is expanded: that happens when an option is read, since an
//! option that nobody reads may hold anything.

use std::collections::HashMap;

use crate::file::Origin;

/// The section whose options every other section falls back on.
const DEFAULT_SECTION: &str = "DEFAULT";

/// From how many options on a section keeps an index of them.
const MANY_SETTINGS: usize = 32;

/// Everything that was read, from however many files.
#[derive(Debug, Default)]
pub struct Document {
    sections: Vec<Section>,
    by_name: HashMap<String, usize>,
    defaults: Section,
    repeats: Vec<Repeat>,
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
    /// Places of options by name, once there are many.
    index: HashMap<String, usize>,
    is_damaged: bool,
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
    /// The last line of its value.
    pub last_line: usize,
}

/// An option or a section that appears again.
#[derive(Clone, Debug)]
pub struct Repeat {
    /// The section.
    pub section: String,
    /// The option; `None` if it is the section itself.
    pub option: Option<String>,
    /// Where it was before.
    pub earlier: Origin,
    /// Where it is again.
    pub later: Origin,
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
        self.setting_of(self.section(section)?, name)
    }

    /// An option of this section, or else that of `[DEFAULT]`.
    pub(crate) fn setting_of<'a>(&'a self, section: &'a Section, name: &str) -> Option<&'a Setting> {
        section.setting(name).or_else(|| self.defaults.setting(name))
    }

    /// All options of a section: its own, then those that only `[DEFAULT]` has.
    pub fn settings<'a>(&'a self, section: &'a Section) -> impl Iterator<Item = &'a Setting> {
        let inherited =
            self.defaults.settings.iter().filter(|setting| section.setting(&setting.name).is_none());
        section.settings.iter().chain(inherited)
    }

    /// The section whose options all others fall back on.
    #[must_use]
    pub fn defaults(&self) -> &Section {
        &self.defaults
    }

    /// What appears more than once, in the order of reading.
    #[must_use]
    pub fn repeats(&self) -> &[Repeat] {
        &self.repeats
    }

    /// Opens the section of that name, making it if it is new.
    pub(crate) fn open(&mut self, name: &str, origin: &Origin) -> SectionId {
        if let Some(&index) = self.by_name.get(name) {
            self.repeats.extend(self.sections[index].origin.as_ref().map(|earlier| Repeat {
                section: name.to_owned(),
                option: None,
                earlier: earlier.clone(),
                later: origin.clone(),
            }));
            return SectionId::Numbered(index);
        }
        if name == DEFAULT_SECTION {
            name.clone_into(&mut self.defaults.name);
            self.defaults.origin.get_or_insert_with(|| origin.clone());
            return SectionId::Defaults;
        }
        let index = self.sections.len();
        self.by_name.insert(name.to_owned(), index);
        self.sections.push(Section {
            name: name.to_owned(),
            origin: Some(origin.clone()),
            ..Section::default()
        });
        SectionId::Numbered(index)
    }

    /// Sets an option; a repeated one is overwritten where it stands.
    pub(crate) fn set(&mut self, id: SectionId, setting: Setting) {
        let section = match id {
            SectionId::Defaults => &mut self.defaults,
            SectionId::Numbered(index) => &mut self.sections[index],
        };
        if let Some(index) = section.position(&setting.name) {
            self.repeats.push(Repeat {
                section: section.name.clone(),
                option: Some(setting.name.clone()),
                earlier: section.settings[index].origin.clone(),
                later: setting.origin.clone(),
            });
            section.settings[index] = setting;
        } else {
            section.push(setting);
        }
    }

    /// Whether a line of a section could not be understood, so that anything may be missing from it.
    pub(crate) fn is_damaged(&self, section: &Section) -> bool {
        section.is_damaged || self.defaults.is_damaged
    }

    /// Remembers that a line of a section could not be understood.
    pub(crate) fn damage(&mut self, id: SectionId) {
        match id {
            SectionId::Defaults => self.defaults.is_damaged = true,
            SectionId::Numbered(index) => self.sections[index].is_damaged = true,
        }
    }
}

impl Section {
    /// The option of that name, `[DEFAULT]` left aside.
    #[must_use]
    pub fn setting(&self, name: &str) -> Option<&Setting> {
        self.position(name).map(|index| &self.settings[index])
    }

    fn position(&self, name: &str) -> Option<usize> {
        if self.index.is_empty() {
            self.settings.iter().position(|setting| setting.name == name)
        } else {
            self.index.get(name).copied()
        }
    }

    fn push(&mut self, setting: Setting) {
        if self.settings.len() == MANY_SETTINGS {
            let places = self.settings.iter().enumerate();
            self.index = places.map(|(index, setting)| (setting.name.clone(), index)).collect();
        }
        if self.settings.len() >= MANY_SETTINGS {
            self.index.insert(setting.name.clone(), self.settings.len());
        }
        self.settings.push(setting);
    }
}
