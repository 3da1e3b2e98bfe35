//! How a reading ends.

use serde_json::Value;

/// How one side's reading of a configuration ends.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// With a configuration.
    Understood(Value),
    /// With a message on standard error, empty if there is none, and an exit status.
    Ended {
        /// The exit status.
        status: i64,
        /// The message.
        message: String,
    },
    /// With a traceback: the error's type and text.
    Crashed(String),
}

impl Outcome {
    /// The message it was refused with, without the line on help that follows it.
    #[must_use]
    pub fn refusal(&self) -> Option<&str> {
        let Self::Ended { message, .. } = self else { return None };
        let message = message.strip_prefix("Error: ")?;
        message.rsplit_once("\nFor help, use ").map(|(message, _)| message)
    }

    /// The same refusal with another message.
    #[must_use]
    pub fn with_refusal(&self, refusal: &str) -> Self {
        match (self, self.refusal()) {
            (Self::Ended { status, message }, Some(old)) => {
                let message = message.replacen(old, refusal, 1);
                Self::Ended { status: *status, message }
            }
            _ => self.clone(),
        }
    }

    /// The configuration.
    #[must_use]
    pub fn understood(&self) -> Option<&Value> {
        match self {
            Self::Understood(value) => Some(value),
            _ => None,
        }
    }

    /// The configuration, to be changed.
    pub fn understood_mut(&mut self) -> Option<&mut Value> {
        match self {
            Self::Understood(value) => Some(value),
            _ => None,
        }
    }
}
