//! What reading a configuration has to say: faults, warnings, and lines for the log.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;

use crate::error::ConfigError;
use crate::finding::{Finding, Remark, Severity};
use crate::place::Place;

/// How many faults get hints that take searching.
const SEARCHED_HINTS_MAX: usize = 100;

/// How many findings are kept. More than that nobody reads, and each takes time to find its place.
pub(crate) const FINDINGS_MAX: usize = 2000;

/// Stands for a value that is missing because of a fault that has been reported.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reported(());

/// What reading something leads to. All faults go to [`Messages`], so that reading can go on after one.
pub(crate) type Read<T> = Result<T, Reported>;

/// The faults in the order in which the reference would find them, and what is said besides.
#[derive(Debug, Default)]
pub(crate) struct Messages {
    findings: RefCell<Vec<Finding>>,
    infos: RefCell<Vec<String>>,
    known: RefCell<HashSet<(String, usize, String)>>,
    headline: RefCell<Option<String>>,
    is_damaged: Cell<bool>,
    faults: Cell<usize>,
    unshown: Cell<usize>,
}

impl Messages {
    /// Takes a fault, unless it has been told before. `suffix` belongs to the message but does not make a fault
    /// a different one.
    pub(crate) fn refuse(&self, remark: Remark, place: Option<Place>, suffix: &str) -> Reported {
        if self.faults.get() >= FINDINGS_MAX {
            self.unshown.set(self.unshown.get() + 1);
            return Reported(());
        }
        let (path, line) =
            place.as_ref().map_or_else(Default::default, |place| (place.path.clone(), place.line));
        if self.known.borrow_mut().insert((path, line, remark.message.clone())) {
            let mut finding = remark.at(Severity::Error, place);
            finding.message.push_str(suffix);
            self.findings.borrow_mut().push(finding);
            self.faults.set(self.faults.get() + 1);
        }
        Reported(())
    }

    /// Takes lines that cannot be understood. The reference tells them all in one message.
    pub(crate) fn refuse_syntax(&self, headline: String, faults: impl IntoIterator<Item = (Remark, Place)>) {
        self.set_damaged();
        if self.faults.get() == 0 {
            *self.headline.borrow_mut() = Some(headline);
        }
        for (remark, place) in faults {
            self.refuse(remark, Some(place), "");
        }
    }

    /// Says that something could not be understood, so that anything may be missing because of that.
    pub(crate) fn set_damaged(&self) {
        self.is_damaged.set(true);
    }

    /// Leaves a fault untold that follows from one that was told.
    pub(crate) fn refuse_silently(&self) -> Reported {
        Reported(())
    }

    /// Takes something that the log is to say at level WARN.
    pub(crate) fn warn(&self, remark: Remark, place: Option<Place>) {
        self.findings.borrow_mut().push(remark.at(Severity::Warning, place));
    }

    /// Whether there are so many findings that it is no use to look for the places of more.
    pub(crate) fn is_full(&self) -> bool {
        self.findings.borrow().len() >= FINDINGS_MAX
    }

    /// How many faults were counted only.
    pub(crate) fn unshown(&self) -> usize {
        self.unshown.get()
    }

    /// Takes something that the log is to say at level INFO.
    pub(crate) fn inform(&self, line: String) {
        self.infos.borrow_mut().push(line);
    }

    /// Whether [`Self::set_damaged`] was called.
    pub(crate) fn is_damaged(&self) -> bool {
        self.is_damaged.get()
    }

    /// Whether there are still so few faults that it is worth searching for what was meant.
    pub(crate) fn wants_hints(&self) -> bool {
        self.known.borrow().len() < SEARCHED_HINTS_MAX
    }

    /// The faults as one error, if there are any.
    pub(crate) fn refusal(&self) -> Option<ConfigError> {
        let faults: Vec<Finding> = self.of(Severity::Error).collect();
        let first = faults.first()?.message.clone();
        let message = self.headline.borrow().clone().unwrap_or(first);
        Some(ConfigError { message, findings: faults })
    }

    /// The lines for the log at level WARN.
    pub(crate) fn warnings(&self) -> Vec<String> {
        self.of(Severity::Warning).map(|finding| finding.message).collect()
    }

    /// The lines for the log at level INFO.
    pub(crate) fn infos(&self) -> Vec<String> {
        self.infos.borrow().clone()
    }

    /// All faults and warnings in the order of reading.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        self.findings.borrow().clone()
    }

    fn of(&self, severity: Severity) -> impl Iterator<Item = Finding> {
        let findings = self.findings.borrow().clone();
        findings.into_iter().filter(move |finding| finding.severity == severity)
    }
}
