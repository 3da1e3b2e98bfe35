//! Differences that go away when one side reads the configuration in other words: only then are they
//! recognised.

use std::io;

use supervisor_config::options;

use super::Readings;
use super::reports::take;
use crate::case::{Case, Face};
use crate::difference::differences;
use crate::outcome::Outcome;

const BYTE_ORDER_MARK: &str = "\u{feff}";
const MARK_IGNORED: &str = "Ignored the byte order mark at the beginning of ";
const HERE: &str = "%(here)s";

/// The reference takes the mark for text before the first section. Without it, it reads what ours reads.
pub(super) fn byte_order_mark(readings: &mut Readings<'_>) -> io::Result<bool> {
    let complaint = match &readings.reference {
        Outcome::Crashed(text) => text.strip_prefix("MissingSectionHeaderError: "),
        reference => reference.refusal(),
    };
    let is_complaint =
        |text: &str| text.starts_with("File contains no section headers.") && text.contains("\\ufeff");
    if !complaint.is_some_and(is_complaint) {
        return Ok(false);
    }
    let unmarked = readings.case.with_texts(|_, text| text.trim_start_matches(BYTE_ORDER_MARK).to_owned());
    let (reference, _) = readings.judge.read(&unmarked)?;
    if let Some(ours) = readings.ours.understood_mut() {
        take(ours, "warnings", |text| text.starts_with(MARK_IGNORED));
    }
    readings.case = unmarked;
    readings.reference = reference;
    Ok(true)
}

/// With an `[include]` section the reference replaces the text of `%(here)s` before anything else, so that
/// `%%(here)s` breaks, messages show the directory, `here` is not among the names they list, and what stands
/// in `[DEFAULT]` belongs to each file that uses it.
pub(super) fn here_belongs_to_its_file(readings: &mut Readings<'_>) -> io::Result<bool> {
    let case = &readings.case;
    if case.face == Face::Client || !case.contains("[include]") {
        return Ok(false);
    }
    let is_inherited = case.contains("[DEFAULT]") && case.contains(HERE);
    if readings.reference.refusal().is_none() && !case.contains("%%(here)s") && !is_inherited {
        return Ok(false);
    }
    let before = (readings.reference.clone(), readings.ours.clone());
    let replaced = case.with_texts(|directory, text| text.replace(HERE, directory));
    let (reference, ours) = readings.judge.read(&replaced)?;
    if is_inherited || differences(&readings.reference, &reference).is_empty() {
        (readings.reference, readings.ours) = (reference, ours);
        readings.case = replaced;
    }
    let names_here = |refusal: &&str| refusal.contains(" which cannot be expanded. Available names: ");
    if let Some(refusal) = readings.ours.refusal().filter(names_here) {
        let unlisted = readings.ours.with_refusal(&refusal.replace(", here", ""));
        if unlisted == readings.reference {
            readings.ours = unlisted;
        }
    }
    Ok((&readings.reference, &readings.ours) != (&before.0, &before.1))
}

/// The reference ignores options that only ours has. Under another name ours ignores them, too.
pub(super) fn options_of_ours(readings: &mut Readings<'_>) -> io::Result<bool> {
    let unnamed = readings.case.with_texts(|_, text| {
        let mut section = String::new();
        let lines = text.split_inclusive(['\n', '\r']).map(|line| {
            if let Some((name, _)) = line.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
                name.clone_into(&mut section);
            }
            let name = line.split(['=', ':']).next().unwrap_or_default().trim();
            let is_ours = |kind| {
                options::of(kind)
                    .any(|entry| entry.since.starts_with("ours") && entry.name == name.to_lowercase())
            };
            match options::kind_of(&section) {
                Some(kind) if is_ours(kind) => line.replacen(&name[..1], "x", 1),
                _ => line.to_owned(),
            }
        });
        lines.collect()
    });
    if unnamed.files == readings.case.files {
        return Ok(false);
    }
    let (reference, ours) = readings.judge.read(&unnamed)?;
    let matters = !differences(&readings.ours, &ours).is_empty();
    readings.reference = reference;
    readings.ours = ours;
    readings.case = unnamed;
    Ok(matters)
}

/// The reference's client does not look at what is included.
pub(super) fn ctlplugins_in_included_files(readings: &mut Readings<'_>) -> io::Result<bool> {
    let case = &readings.case;
    if case.face != Face::Client || !case.contains("[include]") {
        return Ok(false);
    }
    let alone = case.with_texts(|_, text| text.replace("[include]", "[includes]"));
    let (_, ours) = readings.judge.read(&alone)?;
    let matters = !differences(&readings.ours, &ours).is_empty();
    readings.ours = ours;
    Ok(matters)
}

/// The reference expands `[supervisord] environment` twice, and knows `host_node_name` the second time only.
pub(super) fn environment_expanded_once(readings: &mut Readings<'_>) -> io::Result<bool> {
    if readings.case.face == Face::Client {
        return Ok(false);
    }
    let is_place = |refusal: &&str| refusal.contains(" for 'supervisord.environment' contains names (");
    if let Some(refusal) = readings.ours.refusal().filter(is_place) {
        let without_name = refusal.replace(", host_node_name", "");
        let ours = readings.ours.with_refusal(&without_name);
        if ours == readings.reference {
            readings.ours = ours;
            return Ok(true);
        }
    }
    // What ends a line does not matter to either side.
    let plain = readings.case.with_texts(|_, text| text.replace("\r\n", "\n").replace('\r', "\n"));
    let twice = twice_quoted(&plain);
    if twice.files == plain.files {
        return Ok(false);
    }
    let (reference, _) = readings.judge.read(&twice)?;
    let matters = reference != readings.reference;
    readings.reference = reference;
    Ok(matters)
}

/// The case with the percent signs of `[supervisord] environment` quoted once more, where that matters.
fn twice_quoted(case: &Case) -> Case {
    case.with_texts(|_, text| {
        let (mut section, mut in_option) = ("", false);
        let (mut quoted, mut inherited) = (String::with_capacity(text.len()), String::new());
        for line in text.split_inclusive('\n') {
            let content = line.trim_start();
            let is_continued = in_option && (content.is_empty() || line.len() > content.len());
            if !is_continued {
                in_option = content.to_lowercase().starts_with("environment");
                if let Some((name, _)) = content.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
                    section = name;
                }
            }
            let twice = line.replace("%%", "%%%%").replace("%(host_node_name)", "%%(host_node_name)");
            match section {
                "supervisord" if in_option => quoted.push_str(&twice),
                "DEFAULT" if in_option && twice != line => {
                    inherited.push_str(&twice);
                    quoted.push_str(line);
                }
                _ => quoted.push_str(line),
            }
        }
        if inherited.is_empty() { quoted } else { format!("{quoted}\n[supervisord]\n{inherited}") }
    })
}
