//! Findings as text for people and as JSON for programs.

use std::fmt::Write as _;

use crate::finding::{Finding, Severity};
use crate::json;
use crate::place::Place;

/// How much of a line is shown.
const SHOWN_WIDTH: usize = 120;

/// How much of a long line is shown before the piece that is meant.
const SHOWN_BEFORE: usize = 40;

/// How something is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// What a check of a configuration found.
#[derive(Clone, Debug)]
pub struct Report {
    /// The file that was checked.
    pub path: String,
    /// The errors, then the warnings; within each the order of reading.
    pub findings: Vec<Finding>,
}

impl Report {
    /// The exit status that tells it: 2 if there are errors, else 0.
    #[must_use]
    pub fn status(&self) -> u8 {
        if self.count(Severity::Error) > 0 { 2 } else { 0 }
    }

    /// How many findings are of that severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }

    /// The report, ending with a line feed.
    #[must_use]
    pub fn render(&self, format: Format) -> String {
        match format {
            Format::Text => self.text(),
            Format::Json => self.json(),
        }
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for finding in &self.findings {
            let Finding { severity, code, message, .. } = finding;
            let _ = writeln!(text, "{}[{code}]: {message}\n{}", severity.name(), block(finding));
        }
        let counted = |severity: Severity| match self.count(severity) {
            1 => format!("1 {}", severity.name()),
            count => format!("{count} {}s", severity.name()),
        };
        let (errors, warnings) = (counted(Severity::Error), counted(Severity::Warning));
        let _ = writeln!(text, "{}: {errors}, {warnings}", self.path);
        text
    }

    fn json(&self) -> String {
        let items: Vec<String> =
            self.findings.iter().map(|finding| format!("  {}", object(finding))).collect();
        if items.is_empty() { "[]\n".to_owned() } else { format!("[\n{}\n]\n", items.join(",\n")) }
    }
}

fn object(finding: &Finding) -> String {
    let place = finding.place.as_ref();
    json::object(&[
        ("severity", json::text(finding.severity.name())),
        ("code", json::text(finding.code.name())),
        ("message", json::text(&finding.message)),
        ("file", json::optional(place.map(|place| json::text(&place.path)))),
        ("line", json::optional(place.map(|place| place.line.to_string()))),
        ("column", json::optional(place.map(|place| place.column.to_string()))),
        ("hint", json::optional(finding.hint.as_deref().map(json::text))),
    ])
}

/// Where a finding is, the line with a marker, and the hint; each of these lines ends with a line feed. Empty if
/// there is nothing to show.
pub(crate) fn block(finding: &Finding) -> String {
    let mut block = String::new();
    let margin = finding.place.as_ref().map_or(1, |place| place.line.to_string().len());
    if let Some(place) = &finding.place {
        let (line, marker) = shown(place);
        let Place { path, line: number, column, .. } = place;
        let _ = writeln!(block, "{:margin$}--> {path}:{number}:{column}", "");
        let _ = writeln!(block, "{:margin$} |\n{number} | {line}\n{:margin$} | {marker}", "", "");
    }
    if let Some(hint) = &finding.hint {
        let _ = writeln!(block, "{:margin$} = help: {hint}", "");
    }
    block
}

/// The line and the marker below it. Of a long line only the surroundings of the piece are shown; what would move
/// a terminal's cursor is replaced.
fn shown(place: &Place) -> (String, String) {
    let characters: Vec<char> = place.text.chars().collect();
    let start = (place.column - 1).min(characters.len());
    let first = if characters.len() > SHOWN_WIDTH { start.saturating_sub(SHOWN_BEFORE) } else { 0 };
    let last = characters.len().min(first + SHOWN_WIDTH);
    let length = place.length.min((last - start).max(1));
    let harmless = |c: &char| match *c {
        '\t' => ' ',
        c if c.is_control() => '\u{fffd}',
        c => c,
    };
    let (before, after) =
        (if first > 0 { "..." } else { "" }, if last < characters.len() { "..." } else { "" });
    let line: String = characters[first..last].iter().map(harmless).collect();
    let indent = before.len() + start - first;
    (format!("{before}{line}{after}"), format!("{:indent$}{}", "", "^".repeat(length)))
}

#[cfg(test)]
mod tests;
