//! Lists of environment variables that are not read as they look.

use super::Check;
use crate::codes::Code;
use crate::environment::{Oddity, oddities};
use crate::finding::Remark;
use crate::place::{Piece, Place};
use crate::python::repr::repr;

/// How many oddities of one list are told.
const SHOWN_MAX: usize = 20;

pub(super) fn check(check: &Check<'_>) {
    let settings = check.sections().filter_map(|section| Some((section, section.setting("environment")?)));
    for (section, setting) in settings {
        for oddity in oddities(&without_expansions(&setting.value)).into_iter().take(SHOWN_MAX) {
            let (message, part, hint) = match oddity {
                Oddity::QuotedKey(key) => {
                    let message = format!("the quotes in {} are part of the variable's name", repr(&key));
                    (message, key, "write names without quotes")
                }
                Oddity::Separator { key, value, separator } => {
                    let message = format!(
                        "the value of {key} ends with {}: {} after it counts as a separator",
                        repr(&value),
                        repr(&separator)
                    );
                    (message, key, "put the value in double quotes, and commas between variables")
                }
            };
            let message = format!("[{}]: {message}", section.name);
            let place = Place::of_setting(setting, Piece::Part(&part));
            check.warn(Some(place), Remark::new(Code::OddEnvironment, message).hint(hint));
        }
    }
}

/// The list with a word in the place of each `%(name)s`.
pub(super) fn without_expansions(text: &str) -> String {
    let mut rest = text;
    let mut plain = String::with_capacity(text.len());
    while let Some(start) = rest.find("%(") {
        let Some(end) = rest[start..].find(')').map(|end| start + end) else { break };
        plain.push_str(&rest[..start]);
        plain.push('x');
        let after = rest[end + 1..].trim_start_matches(|c: char| c.is_ascii_digit() || "-+ #.".contains(c));
        let mut letters = after.chars();
        letters.next();
        rest = letters.as_str();
    }
    plain.push_str(rest);
    plain.replace("%%", "x")
}
