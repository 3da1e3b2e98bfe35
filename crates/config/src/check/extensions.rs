//! Whether the extensions of supervisorctl can be had.

use super::Check;
use super::commands::Command;
use crate::ctlplugin::Offer;

pub(super) fn check(check: &Check<'_>) {
    for plugin in check.examined.ctl_plugins() {
        match plugin.offer {
            Offer::BuiltIn(_) => {}
            Offer::Program(words) => {
                let section = format!("ctlplugin:{}", plugin.name);
                Command { check, section: &section, own_path: None }.words(&words);
            }
            Offer::Refused(finding) => check.take(finding),
        }
    }
}
