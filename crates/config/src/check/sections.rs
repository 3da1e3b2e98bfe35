//! Sections that nothing reads, and sections in several pieces.

use super::{Check, whereabouts};
use crate::codes::Code;
use crate::document::Document;
use crate::finding::Remark;
use crate::options::{SectionKind, kind_of, section_names};
use crate::place::{Piece, Place};
use crate::source::INCLUDE_SECTION;
use crate::spelling::{closest, did_you_mean};

pub(super) fn check(check: &Check<'_>) {
    for section in check.sections().filter(|section| kind_of(&section.name).is_none()) {
        let message = format!("[{}] is not a section that supervisord knows", section.name);
        let remark = Remark::new(Code::UnknownSection, message).perhaps_hint(meant(&section.name));
        check.warn(check.header(&section.name), remark);
    }
    included(check);
    repeated(check);
}

// Differs: look-alike-sections
/// What the log of the daemon says of sections that nothing reads but that look as if something should.
pub(crate) fn look_alikes(document: &Document) -> Vec<String> {
    let unknown = document.sections().filter(|section| kind_of(&section.name).is_none());
    let misspelt = unknown.filter_map(|section| {
        let meant = meant(&section.name)?;
        Some(format!("[{}] is not a section that supervisord knows: {meant}", section.name))
    });
    let settings = document.sections().flat_map(|section| &section.settings);
    let unclosed = settings.filter(|setting| setting.name.starts_with('[')).map(|setting| {
        let (name, place) = (&setting.name, whereabouts(setting));
        format!("`{name}` in {place} is read as the name of an option: no bracket closes the section's name")
    });
    misspelt.chain(unclosed).collect()
}

fn meant(name: &str) -> Option<String> {
    let known = section_names();
    if let Some((kind, rest)) = name.split_once(':') {
        let kinds = known.iter().filter_map(|name| name.strip_suffix(":x"));
        return closest(kind.trim(), kinds).map(|kind| format!("did you mean [{kind}:{}]?", rest.trim()));
    }
    let bare = name.trim();
    if known.iter().any(|name| name.strip_suffix(":x") == Some(&bare.to_lowercase())) {
        return Some(format!("did you mean [{}:NAME]?", bare.to_lowercase()));
    }
    did_you_mean(bare, known.iter().copied().filter(|name| !name.contains(':')))
}

/// `[include]` in an included file is not followed, and supervisorctl reads its section in the main file only.
fn included(check: &Check<'_>) {
    let Some(main) = &check.examined.main else { return };
    for section in check.sections() {
        let why = match kind_of(&section.name) {
            Some(SectionKind::Include) => "an included file includes nothing itself",
            Some(SectionKind::Supervisorctl) => "supervisorctl reads the main file only",
            _ => continue,
        };
        for setting in section.settings.iter().filter(|setting| setting.origin.file.path != main.path) {
            let message = format!("`{}` of [{}] has no effect here: {why}", setting.name, section.name);
            let remark = Remark::new(Code::IgnoredSection, message).hint(format!("move it to {}", main.path));
            check.warn(Some(Place::of_setting(setting, Piece::Name)), remark);
        }
    }
}

fn repeated(check: &Check<'_>) {
    for repeat in check.examined.document.repeats() {
        let same_file = repeat.earlier.file.path == repeat.later.file.path;
        if same_file && repeat.earlier.line == repeat.later.line {
            continue; // The file was read twice.
        }
        let section = &repeat.section;
        let earlier = format!("line {} of {}", repeat.earlier.line, repeat.earlier.file.path);
        match &repeat.option {
            Some(option) if same_file => {
                let message =
                    format!("`{option}` of [{section}] was set before, in {earlier}; this line counts");
                check.warn(
                    Some(Place::of_line(&repeat.later)),
                    Remark::new(Code::RepeatedOption, message).hint("take one of the two out"),
                );
            }
            None if is_for_itself(section) => {
                let message =
                    format!("[{section}] began before, in {earlier}; the options of both are merged");
                // Only a name after a colon is free.
                let hint = if section.contains(':') {
                    "give one of the two another name"
                } else {
                    "write all its options in one place"
                };
                check.warn(
                    Some(Place::of_header(&repeat.later)),
                    Remark::new(Code::MergedSection, message).hint(hint),
                );
            }
            _ => {}
        }
    }
}

/// Whether a section is usually written in one piece.
fn is_for_itself(section: &str) -> bool {
    section != INCLUDE_SECTION && !matches!(kind_of(section), None | Some(SectionKind::Supervisord))
}
