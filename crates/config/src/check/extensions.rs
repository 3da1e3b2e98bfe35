//! Whether the extensions of supervisorctl can be had.

use super::Check;
use super::commands::Command;
use crate::codes::Code;
use crate::ctlplugin::Offer;
use crate::finding::{Finding, Severity};

pub(super) fn check(check: &Check<'_>) {
    for plugin in check.examined.ctl_plugins() {
        match plugin.offer {
            Offer::BuiltIn(_) => {}
            Offer::Program(words) => {
                let section = format!("ctlplugin:{}", plugin.name);
                Command { check, section: &section, own_path: None }.words(&words);
            }
            Offer::Refused(finding) if finding.code == Code::UnknownExtension => {
                // The daemon does not read it, and supervisorctl goes on without it.
                check.take(Finding { severity: Severity::Warning, ..finding });
            }
            Offer::Refused(finding) => check.take(finding),
        }
    }
}
