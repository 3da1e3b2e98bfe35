//! Findings as text for people and as JSON for programs.

use std::fmt::Write as _;

use crate::finding::{Finding, Severity};
use crate::json;
use crate::place::{Place, harmless};

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
    /// How many more there are, which are not shown.
    pub unshown: usize,
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
            let message = harmless_lines(message);
            let _ = writeln!(text, "{}[{code}]: {message}\n{}", severity.name(), block(finding));
        }
        let counted = |severity: Severity| match self.count(severity) {
            1 => format!("1 {}", severity.name()),
            count => format!("{count} {}s", severity.name()),
        };
        let (errors, warnings) = (counted(Severity::Error), counted(Severity::Warning));
        let _ = writeln!(text, "{}: {errors}, {warnings}", self.path);
        if self.unshown > 0 {
            let _ = writeln!(text, "{} more are not shown", self.unshown);
        }
        text
    }

    fn json(&self) -> String {
        let mut items: Vec<String> =
            self.findings.iter().map(|finding| format!("  {}", object(finding))).collect();
        if self.unshown > 0 {
            let message = format!("{} more are not shown", self.unshown);
            let words = json::object(&[
                ("severity", json::text(Severity::Warning.name())),
                ("code", json::text("not-shown")),
                ("message", json::text(&message)),
            ]);
            items.push(format!("  {words}"));
        }
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
        let Place { path, line, column, excerpt, indent, marked, .. } = place;
        let shown = (*marked).min(excerpt.chars().count().saturating_sub(*indent).max(1));
        let path = harmless_lines(path);
        let _ = writeln!(block, "{:margin$}--> {path}:{line}:{column}", "");
        let _ = writeln!(block, "{:margin$} |\n{line} | {excerpt}", "");
        let _ = writeln!(block, "{:margin$} | {:indent$}{}", "", "", "^".repeat(shown));
    }
    if let Some(hint) = &finding.hint {
        let _ = writeln!(block, "{:margin$} = help: {}", "", harmless_lines(hint));
    }
    block
}

/// A text of one or more lines as it can be shown without harm to a terminal.
fn harmless_lines(text: &str) -> String {
    text.chars().map(|c| if c == '\n' { c } else { harmless(c) }).collect()
}

#[cfg(test)]
mod tests;
