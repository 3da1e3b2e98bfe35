//! What an operator should know about a configuration before the daemon works with it. Nothing is touched.
//!
//! The faults for which the daemon would refuse the configuration come from reading it; the files below look for
//! what would go wrong later, and for what somebody may not have meant.

mod commands;
mod daemon;
mod environment;
mod extensions;
mod groups;
mod logs;
mod numbers;
mod options;
mod paths;
mod secrets;
pub(crate) mod sections;
mod servers;

use std::cell::{Cell, RefCell};
use std::collections::HashSet;

use crate::document::{Section, Setting};
use crate::examined::Examined;
use crate::finding::{Finding, Remark, Severity};
use crate::groups::Member;
use crate::host::{Host, Untouched};
use crate::messages::FINDINGS_MAX;
use crate::place::{Piece, Place};
use crate::python::path;
use crate::report::Report;
use crate::spelling::did_you_mean;
use crate::supervisord::CommandLine;

impl CommandLine {
    /// Reads the configuration, what it includes too, and looks for all that is wrong or odd about it. Nothing is
    /// touched.
    #[must_use]
    pub fn check(&self, host: &dyn Host) -> Report {
        let host = Untouched(host);
        let examined = Examined::new(self, &host);
        let check = Check { examined: &examined, findings: RefCell::default(), unshown: Cell::new(0) };
        sections::check(&check);
        options::check(&check);
        groups::check(&check);
        commands::check(&check);
        extensions::check(&check);
        environment::check(&check);
        paths::check(&check);
        logs::check(&check);
        numbers::check(&check);
        servers::check(&check);
        secrets::check(&check);
        daemon::check(&check);
        let mut unshown = examined.messages.unshown() + check.unshown.get();
        let mut findings = check.finish();
        unshown += findings.len().saturating_sub(FINDINGS_MAX);
        findings.truncate(FINDINGS_MAX);
        Report { path: self.config_path.clone(), findings, unshown }
    }
}

/// A configuration that was read, and what has been found in it.
struct Check<'a> {
    examined: &'a Examined<'a>,
    findings: RefCell<Vec<Finding>>,
    unshown: Cell<usize>,
}

impl<'a> Check<'a> {
    fn warn(&self, place: Option<Place>, remark: Remark) {
        self.take(remark.at(Severity::Warning, place));
    }

    fn refuse(&self, place: Option<Place>, remark: Remark) {
        self.take(remark.at(Severity::Error, place));
    }

    fn take(&self, finding: Finding) {
        if self.is_full() {
            self.unshown.set(self.unshown.get() + 1);
        } else {
            self.findings.borrow_mut().push(finding);
        }
    }

    /// Whether further findings are counted only, so that it is no use to look for their places.
    fn is_full(&self) -> bool {
        self.findings.borrow().len() >= FINDINGS_MAX
    }

    /// `did you mean …?`, unless nobody will see it.
    fn meant<'w>(&self, word: &str, known: impl IntoIterator<Item = &'w str>) -> Option<String> {
        if self.is_full() { None } else { did_you_mean(word, known) }
    }

    /// An option as written.
    fn setting(&self, section: &str, option: &str) -> Option<&'a Setting> {
        self.examined.document.setting(section, option)
    }

    /// The place of an option's value, or of the section if the option is not given.
    fn place(&self, section: &str, option: &str) -> Option<Place> {
        self.piece(section, option, Piece::Value)
    }

    /// The place of a piece of an option, or of the section if the option is not given.
    fn piece(&self, section: &str, option: &str, piece: Piece<'_>) -> Option<Place> {
        match self.setting(section, option) {
            _ if self.is_full() => None,
            Some(setting) => Some(Place::of_setting(setting, piece)),
            None => self.header(section),
        }
    }

    fn header(&self, section: &str) -> Option<Place> {
        self.examined.document.section_origin(section).map(Place::of_header)
    }

    fn sections(&self) -> impl Iterator<Item = &'a Section> {
        self.examined.document.sections()
    }

    /// The processes; of those that differ in their number only, the first.
    fn programs(&self) -> impl Iterator<Item = &'a Member> {
        let mut seen = HashSet::new();
        self.examined.members.iter().filter(move |member| seen.insert(member.section.as_str()))
    }

    /// The absolute form of a path in the configuration.
    fn absolute(&self, written: &str) -> String {
        path::absolute(self.examined.machine.start_dir, written)
    }

    /// Whether the daemon would go on as the user who runs this check, so that what this user may not do the daemon
    /// may not, either.
    fn is_same_user(&self) -> bool {
        let Some(config) = &self.examined.config else { return false };
        let uid = self.examined.machine.host.effective_uid();
        uid != 0 && config.settings.user.as_ref().is_none_or(|user| user.uid == uid)
    }

    /// All findings, each once: the errors, then the warnings, each file by file and line by line.
    fn finish(self) -> Vec<Finding> {
        let mut findings = self.examined.messages.findings();
        findings.extend(self.findings.into_inner());
        // What the environment keeps secret may have come into a message by an expansion.
        let kept = self.examined.variables.secrets();
        for finding in &mut findings {
            finding.message = finding.masked_message();
            kept.iter().for_each(|secret| finding.hide(secret));
        }
        let mut seen = HashSet::new();
        findings.retain(|finding| {
            let place = finding.place.as_ref().map(|place| (place.path.clone(), place.line, place.column));
            seen.insert((finding.code, place, finding.message.clone()))
        });
        let main = self.examined.main.as_ref().map(|main| main.path.clone());
        findings.sort_by_cached_key(|finding| {
            let place = finding.place.as_ref();
            let is_included = place.map(|place| Some(&place.path) != main.as_ref());
            let position = place.map(|place| (place.path.clone(), place.line, place.column));
            (finding.severity, is_included, position)
        });
        findings
    }
}

/// The end of a message about an option: `, in line 3 of FILE`.
fn whereabouts(setting: &Setting) -> String {
    format!("line {} of {}", setting.origin.line, setting.origin.file.path)
}

#[cfg(test)]
mod tests;
