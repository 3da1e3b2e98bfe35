//! What is wrong with a configuration, and where it says so.

use std::fmt;
use std::sync::Arc;

/// A configuration file that was read.
#[derive(Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Its path as given on the command line, found in the search list, or matched by an include.
    pub path: String,
    /// Its directory, absolute: what `%(here)s` stands for inside it.
    pub directory: String,
}

/// The place in a configuration file that something comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The file.
    pub file: Arc<SourceFile>,
    /// The line, counted from 1.
    pub line: usize,
}

impl fmt::Display for Origin {
    /// `PATH:LINE`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file.path, self.line)
    }
}

/// Why a configuration was refused. It displays as the reference's message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The message, possibly of several lines.
    pub message: String,
    /// The line of the option or section at fault, where there is one.
    pub origin: Option<Origin>,
}

impl ConfigError {
    /// A fault of no particular line.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), origin: None }
    }

    /// A fault of one line.
    #[must_use]
    pub fn at(origin: Option<&Origin>, message: impl Into<String>) -> Self {
        Self { message: message.into(), origin: origin.cloned() }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ConfigError {}

impl From<ConfigError> for String {
    fn from(error: ConfigError) -> Self {
        error.message
    }
}
