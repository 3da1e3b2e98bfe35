//! Words and lists of words.

use std::fmt;

use super::{Described, ValueType};
use crate::environment;
use crate::machine::Machine;
use crate::python::repr::repr;
use crate::python::space::strip;

/// Any text.
#[derive(Debug)]
pub struct Text;

impl Described for Text {
    const FORM: &'static str = "text";
}

impl ValueType for Text {
    type Value = String;

    fn parse(text: &str, _: &Machine<'_>) -> Result<String, String> {
        Ok(text.to_owned())
    }
}

/// Items between commas.
#[derive(Debug)]
pub struct List;

impl Described for List {
    const FORM: &'static str = "a list separated by commas";
}

impl ValueType for List {
    type Value = Vec<String>;

    fn parse(text: &str, _: &Machine<'_>) -> Result<Vec<String>, String> {
        if text.is_empty() {
            return Ok(Vec::new());
        }
        Ok(text.split(',').map(|item| strip(item).to_owned()).collect())
    }
}

/// The name of a process or group, trimmed.
#[derive(Debug)]
pub struct Name;

impl Described for Name {
    const FORM: &'static str = "a name without space, colon and slash";
}

impl ValueType for Name {
    type Value = String;

    fn parse(text: &str, _: &Machine<'_>) -> Result<String, String> {
        name(text)
    }
}

/// Checks and trims a name.
pub(crate) fn name(text: &str) -> Result<String, String> {
    let trimmed = strip(text);
    match [' ', ':', '/'].into_iter().find(|&c| trimmed.contains(c)) {
        Some(c) => {
            Err(format!("Invalid name: {} because of character: {}", repr(text), repr(&c.to_string())))
        }
        None => Ok(trimmed.to_owned()),
    }
}

/// Environment variables: `KEY=value,KEY2="other value"`.
#[derive(Debug)]
pub struct Pairs;

impl Described for Pairs {
    const FORM: &'static str = "a list of the form KEY=value,KEY2=\"other value\"";
}

impl ValueType for Pairs {
    type Value = Vec<(String, String)>;

    fn parse(text: &str, _: &Machine<'_>) -> Result<Vec<(String, String)>, String> {
        environment::pairs(text)
    }
}

/// How much the main log says. Higher levels are more urgent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// The inner life of the event loop.
    Blather,
    /// The inner life of requests.
    Trace,
    /// What programs write, and how signals come and go.
    Debug,
    /// What happens to programs.
    Info,
    /// What somebody may want to look at.
    Warn,
    /// What went wrong.
    Error,
    /// What must be looked at.
    Critical,
}

impl LogLevel {
    /// Every level, the most talkative first.
    pub const ALL: [Self; 7] =
        [Self::Blather, Self::Trace, Self::Debug, Self::Info, Self::Warn, Self::Error, Self::Critical];

    /// The level of that name, in any case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        Self::ALL.into_iter().find(|level| level.name() == name)
    }

    /// Its name in a configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Blather => "blather",
            Self::Trace => "trace",
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
            Self::Critical => "critical",
        }
    }

    /// The four letters of it in the log.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Blather => "BLAT",
            Self::Trace => "TRAC",
            Self::Debug => "DEBG",
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERRO",
            Self::Critical => "CRIT",
        }
    }
}

impl fmt::Display for LogLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A [`LogLevel`] by name.
#[derive(Debug)]
pub struct Level;

impl Described for Level {
    const FORM: &'static str = "critical, error, warn, info, debug, trace or blather";
}

impl ValueType for Level {
    type Value = LogLevel;

    fn parse(text: &str, _: &Machine<'_>) -> Result<LogLevel, String> {
        LogLevel::from_name(text).ok_or_else(|| format!("bad logging level name {}", repr(text)))
    }
}
