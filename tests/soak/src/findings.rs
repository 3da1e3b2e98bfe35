//! What is wrong, as it is found.

use std::sync::{Mutex, PoisonError};

/// So many are told; the others are counted.
const TOLD_MAX: usize = 40;

/// Everything found so far.
#[derive(Debug, Default)]
pub struct Findings(Mutex<(Vec<String>, usize)>);

impl Findings {
    /// Adds one.
    pub fn add(&self, what: impl Into<String>) {
        let mut found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        found.1 += 1;
        if found.0.len() < TOLD_MAX {
            found.0.push(what.into());
        }
    }

    /// How many there are, and the first of them.
    #[must_use]
    pub fn all(&self) -> (usize, Vec<String>) {
        let found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (found.1, found.0.clone())
    }
}
