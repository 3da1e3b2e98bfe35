//! Passwords in files that everybody can read.

use std::collections::HashMap;

use super::Check;
use super::environment::without_expansions;
use crate::codes::Code;
use crate::document::Setting;
use crate::environment::pairs;
use crate::finding::Remark;
use crate::options::kind_of;
use crate::place::{Piece, Place};
use crate::secret::{in_option, is_secret_name};

/// The permission of all others to read.
const WORLD_READABLE: u32 = 0o004;

/// How many variables of one list are named.
const NAMED_MAX: usize = 5;

pub(super) fn check(check: &Check<'_>) {
    let mut exposed: HashMap<String, bool> = HashMap::new();
    let host = check.examined.machine.host;
    let known = check.sections().filter(|section| kind_of(&section.name).is_some());
    for section in known.chain([check.examined.document.defaults()]) {
        for setting in &section.settings {
            let Some(what) = secret(setting) else { continue };
            let file = &setting.origin.file.path;
            let is_exposed = *exposed.entry(file.clone()).or_insert_with(|| {
                let mode = host.mode(&check.examined.machine.locate(file));
                mode.is_some_and(|mode| mode & WORLD_READABLE != 0)
            });
            if is_exposed {
                let message = format!("every user of this machine can read {what} of [{}]", section.name);
                let remark = Remark::new(Code::ExposedSecret, message)
                    .hint(format!("take the permission from others: `chmod o-r {file}`"));
                check.warn(Some(Place::of_setting(setting, Piece::Name)), remark);
            }
        }
    }
}

/// What is secret about an option, in words. What the environment provides is not in the file.
fn secret(setting: &Setting) -> Option<String> {
    if in_option(&setting.name, &setting.value).is_empty() {
        return None;
    }
    let names: Vec<String> = match setting.name.as_str() {
        "environment" => pairs(&without_expansions(&setting.value)).unwrap_or_default(),
        "password" | "readonly_password" => return Some("the password".to_owned()),
        _ => Vec::new(),
    }
    .into_iter()
    .filter(|(name, value)| is_secret_name(name) && !value.is_empty())
    .map(|(name, _)| name)
    .collect();
    Some(match names.as_slice() {
        [] => format!("a secret in `{}`", setting.name),
        [name] => format!("the variable {name}"),
        names if names.len() <= NAMED_MAX => format!("the variables {}", names.join(", ")),
        names => {
            let (named, others) = (names[..NAMED_MAX].join(", "), names.len() - NAMED_MAX);
            format!("the variables {named} and {others} more")
        }
    })
}
