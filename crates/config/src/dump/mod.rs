//! The effective configuration with where each value comes from, as a file that can be read again.

mod section;
mod value;

use std::fmt::Write as _;

use crate::error::ConfigError;
use crate::examined::Examined;
use crate::file::Origin;
use crate::host::{Host, Untouched};
use crate::json;
use crate::python::space::is_space;
use crate::report::Format;
use crate::supervisord::CommandLine;

/// The column in which comments begin, if values are short enough.
const COMMENT_COLUMN: usize = 48;

/// The effective configuration.
#[derive(Clone, Debug)]
pub struct Dump {
    path: String,
    sections: Vec<DumpedSection>,
    has_masks: bool,
}

#[derive(Clone, Debug)]
struct DumpedSection {
    name: String,
    options: Vec<DumpedOption>,
}

#[derive(Clone, Debug)]
struct DumpedOption {
    name: String,
    value: DumpedValue,
    source: ValueSource,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum DumpedValue {
    /// As it would be written, in one or more lines.
    Written(String),
    /// What holds although it cannot be written, in words.
    Described(String),
}

/// Where a value comes from.
#[derive(Clone, Debug)]
enum ValueSource {
    File(Origin),
    Default,
    CommandLine,
}

/// Whether secrets are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Secrets {
    Masked,
    #[cfg(test)]
    Shown,
}

impl CommandLine {
    /// The effective configuration. Nothing is touched, and no secret is shown.
    ///
    /// # Errors
    /// As [`CommandLine::load`].
    pub fn dump(&self, host: &dyn Host) -> Result<Dump, ConfigError> {
        self.dump_with(host, Secrets::Masked)
    }

    fn dump_with(&self, host: &dyn Host, secrets: Secrets) -> Result<Dump, ConfigError> {
        let host = Untouched(host);
        let examined = Examined::new(self, &host);
        if let Some(error) = examined.messages.refusal() {
            return Err(error);
        }
        let (sections, has_masks) = section::sections(self, &examined, secrets);
        Ok(Dump { path: self.config_path.clone(), sections, has_masks })
    }
}

impl Dump {
    /// The configuration, ending with a line feed.
    #[must_use]
    pub fn render(&self, format: Format) -> String {
        match format {
            Format::Text => self.ini(),
            Format::Json => self.json(),
        }
    }

    fn ini(&self) -> String {
        let mut text = format!("; What supervisord makes of {}\n", comment(&self.path));
        if self.has_masks {
            text.push_str("; Secrets are masked: put them back before you use this.\n");
        }
        for section in &self.sections {
            let _ = writeln!(text, "\n[{}]", section.name);
            for option in &section.options {
                option.write(&mut text);
            }
        }
        text
    }

    fn json(&self) -> String {
        let sections: Vec<String> = self.sections.iter().map(DumpedSection::json).collect();
        format!("{{\"file\": {}, \"sections\": [\n{}\n]}}\n", json::text(&self.path), sections.join(",\n"))
    }
}

impl DumpedSection {
    fn json(&self) -> String {
        let options: Vec<String> =
            self.options.iter().map(|option| format!("    {}", option.json())).collect();
        format!("  {{\"name\": {}, \"options\": [\n{}\n  ]}}", json::text(&self.name), options.join(",\n"))
    }
}

impl DumpedOption {
    fn write(&self, text: &mut String) {
        let source = self.source.words();
        match &self.value {
            DumpedValue::Described(words) => {
                let _ = writeln!(text, "{:COMMENT_COLUMN$} ; {source}: {words}", format!(";{}=", self.name));
            }
            DumpedValue::Written(value) => {
                let mut lines = value.split('\n');
                let first = format!("{}={}", self.name, lines.next().unwrap_or_default());
                let _ = writeln!(text, "{first:COMMENT_COLUMN$} ; {source}");
                for line in lines {
                    // A line of blanks would not be the same as an empty one.
                    let indent = if line.is_empty() { "" } else { "    " };
                    let _ = writeln!(text, "{indent}{line}");
                }
            }
        }
    }

    fn json(&self) -> String {
        let value = match &self.value {
            DumpedValue::Written(value) => Some(json::text(value)),
            DumpedValue::Described(_) => None,
        };
        let origin = match &self.source {
            ValueSource::File(origin) => Some(origin),
            ValueSource::Default | ValueSource::CommandLine => None,
        };
        json::object(&[
            ("name", json::text(&self.name)),
            ("value", json::optional(value)),
            ("source", json::text(self.source.name())),
            ("file", json::optional(origin.map(|origin| json::text(&origin.file.path)))),
            ("line", json::optional(origin.map(|origin| origin.line.to_string()))),
        ])
    }
}

impl ValueSource {
    fn name(&self) -> &'static str {
        match self {
            Self::File(_) => "file",
            Self::Default => "default",
            Self::CommandLine => "command line",
        }
    }

    fn words(&self) -> String {
        match self {
            Self::File(origin) => comment(&origin.to_string()),
            Self::Default | Self::CommandLine => self.name().to_owned(),
        }
    }
}

/// A path inside a comment. A blank before `#` or `;` in it could move the beginning of the comment.
fn comment(path: &str) -> String {
    path.replace(|c: char| is_space(c) || c.is_control(), "_")
}

#[cfg(test)]
mod tests;
