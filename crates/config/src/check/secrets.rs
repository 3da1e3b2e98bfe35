//! Passwords in files that everybody can read.

use std::collections::HashMap;

use super::Check;
use crate::codes::Code;
use crate::document::Setting;
use crate::environment::pairs;
use crate::finding::Remark;
use crate::options::{SectionKind, kind_of};
use crate::place::{Piece, Place};
use crate::secret::is_secret_name;

/// The permission of all others to read.
const WORLD_READABLE: u32 = 0o004;

pub(super) fn check(check: &Check<'_>) {
    let mut exposed: HashMap<String, bool> = HashMap::new();
    let host = check.examined.machine.host;
    for section in check.sections() {
        for setting in &section.settings {
            let Some(what) = secret(setting, kind_of(&section.name)) else { continue };
            let file = &setting.origin.file.path;
            let is_exposed = *exposed.entry(file.clone()).or_insert_with(|| {
                let mode = host.mode(&check.examined.machine.locate(file));
                mode.is_some_and(|mode| mode & WORLD_READABLE != 0)
            });
            if is_exposed {
                let message = format!("every user of this machine can read {what} of [{}]", section.name);
                let remark = Remark::new(Code::ExposedSecret, message)
                    .hint(format!("take the permission from others: `chmod o-r {file}`"));
                check.warn(Some(Place::of_setting(setting, Piece::NameOfSecret)), remark);
            }
        }
    }
}

/// What is secret about an option, in words.
fn secret(setting: &Setting, kind: Option<SectionKind>) -> Option<String> {
    // What the environment provides is not in the file.
    let is_written = |value: &str| !value.is_empty() && !value.contains("%(ENV_");
    match (setting.name.as_str(), kind?) {
        (
            "password" | "readonly_password",
            SectionKind::UnixHttpServer | SectionKind::InetHttpServer | SectionKind::Supervisorctl,
        ) => is_written(&setting.value).then(|| "the password".to_owned()),
        ("environment", _) => {
            let pairs = pairs(&setting.value).ok()?;
            let (name, _) =
                pairs.into_iter().find(|(name, value)| is_secret_name(name) && is_written(value))?;
            Some(format!("the variable {name}"))
        }
        _ => None,
    }
}
