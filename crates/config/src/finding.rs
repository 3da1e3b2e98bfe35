//! What is said about a configuration: errors and warnings, each with its place and a hint.

use crate::codes::Code;
use crate::place::Place;
use crate::python::repr::repr;
use crate::secret::{MASK, masked};

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The daemon refuses the configuration, or something in it cannot work.
    Error,
    /// It works, but perhaps not as somebody expects.
    Warning,
}

/// One thing that is to be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// Which kind it is.
    pub code: Code,
    /// What is wrong. For errors that the reference knows these are the reference's words, in one or more lines.
    pub message: String,
    /// Where it is, if it is somewhere.
    pub place: Option<Place>,
    /// What to do about it.
    pub hint: Option<String>,
}

/// A fault or an oddity before its place is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Remark {
    pub(crate) code: Code,
    pub(crate) message: String,
    /// The piece of the value that it is about.
    pub(crate) part: Option<String>,
    pub(crate) hint: Option<String>,
}

impl Severity {
    /// Its name in a report.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

impl Finding {
    /// What is wrong, without secrets.
    pub(crate) fn masked_message(&self) -> String {
        let mut message = self.message.clone();
        for secret in self.place.iter().flat_map(|place| &place.secrets) {
            // Of a short one each letter would be masked wherever it stands.
            let is_told = secret.len() > 2 || *secret == self.message;
            for form in [secret.as_str(), repr(secret).trim_matches(['\'', '"'])] {
                if is_told && message.contains(form) {
                    message = message.replace(form, MASK);
                }
            }
        }
        masked(&message)
    }

    /// Masks a secret of the environment. The line itself cannot show it.
    pub(crate) fn hide(&mut self, secret: &str) {
        for text in [Some(&mut self.message), self.hint.as_mut()].into_iter().flatten() {
            if text.contains(secret) {
                *text = text.replace(secret, MASK);
            }
        }
    }
}

impl Remark {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), part: None, hint: None }
    }

    pub(crate) fn part(mut self, part: impl Into<String>) -> Self {
        self.part = Some(part.into());
        self
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds a hint if there is one.
    pub(crate) fn perhaps_hint(mut self, hint: Option<String>) -> Self {
        self.hint = hint.or(self.hint);
        self
    }

    pub(crate) fn at(self, severity: Severity, place: Option<Place>) -> Finding {
        let Self { code, message, hint, .. } = self;
        Finding { severity, code, message, place, hint: hint.map(|hint| masked(&hint)) }
    }
}
