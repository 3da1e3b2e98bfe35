//! What is wrong with a configuration.

use std::fmt;

use crate::finding::Finding;

/// Why a configuration was refused. It displays as the reference's message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The reference's message for the first fault, possibly of several lines.
    pub message: String,
    /// All faults, in the order in which the reference would meet them.
    pub findings: Vec<Finding>,
}

impl ConfigError {
    /// A fault that is not in a file.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), findings: Vec::new() }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ConfigError {}

impl From<String> for ConfigError {
    fn from(message: String) -> Self {
        Self::new(message)
    }
}

impl From<ConfigError> for String {
    fn from(error: ConfigError) -> Self {
        error.message
    }
}
