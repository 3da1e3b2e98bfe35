//! Both sides read one configuration, and the readings are compared.

use std::fmt;
use std::io;

use crate::case::{Case, ROOT};
use crate::difference::{Difference, differences};
use crate::ours;
use crate::outcome::Outcome;
use crate::reference::Reference;
use crate::rules::{RULES, Readings};
use crate::scratch::Scratch;

/// Lets both sides read and says how the readings compare.
#[derive(Debug)]
pub struct Judge {
    reference: Reference,
    scratch: Scratch,
}

/// What comparing two readings has shown.
#[derive(Debug)]
pub struct Verdict {
    /// How the reference's reading ended.
    pub reference: Outcome,
    /// The deliberate differences that were met, by the names of their entries in COMPAT.md.
    pub named: Vec<&'static str>,
    /// The differences that no entry explains.
    pub unexplained: Vec<Difference>,
    root: String,
}

impl Judge {
    /// Starts the reference and makes the scratch directory.
    ///
    /// # Errors
    /// When either cannot be had.
    pub fn new() -> io::Result<Self> {
        Ok(Self { reference: Reference::start()?, scratch: Scratch::new()? })
    }

    /// Compares the readings of one configuration.
    ///
    /// # Errors
    /// When the files cannot be written or the reference is gone.
    pub fn judge(&mut self, case: &Case) -> io::Result<Verdict> {
        let root = self.scratch.root().to_owned();
        let (reference, ours) = self.read(case)?;
        let mut readings = Readings { case: case.clone(), reference, ours, judge: self };
        let mut named: Vec<&'static str> = Vec::new();
        // One rule may uncover what another has passed over.
        for rule in RULES.iter().chain(RULES) {
            if differences(&readings.reference, &readings.ours).is_empty() {
                break;
            }
            if (rule.explain)(&mut readings)? && !named.contains(&rule.name) {
                named.push(rule.name);
            }
        }
        let unexplained = differences(&readings.reference, &readings.ours);
        Ok(Verdict { reference: readings.reference, named, unexplained, root })
    }

    /// Both readings: the reference's and ours.
    ///
    /// # Errors
    /// As [`Self::judge`].
    pub fn read(&mut self, case: &Case) -> io::Result<(Outcome, Outcome)> {
        let placed = self.scratch.lay_out(case)?;
        let (reference, _) = self.reference.read(&placed)?;
        Ok((reference, ours::read(&placed)))
    }

    /// The scratch directory, which stands where a case says [`ROOT`].
    #[must_use]
    pub fn root(&self) -> &str {
        self.scratch.root()
    }
}

impl Verdict {
    /// Whether each difference, if any, is a deliberate one.
    #[must_use]
    pub fn is_explained(&self) -> bool {
        self.unexplained.is_empty()
    }
}

impl fmt::Display for Verdict {
    /// The differences, with [`ROOT`] in place of the scratch directory.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.named.is_empty() {
            writeln!(f, "named differences: {}", self.named.join(", "))?;
        }
        for difference in &self.unexplained {
            write!(f, "{}", difference.to_string().replace(&self.root, ROOT))?;
        }
        Ok(())
    }
}
