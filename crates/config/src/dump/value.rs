//! One value as it would be written, expanded as far as it can be, without its secrets.

use std::sync::Arc;

use super::Secrets;
use crate::document::{Document, Setting};
use crate::environment::{pairs, written};
use crate::file::SourceFile;
use crate::format::expand_some;
use crate::ini;
use crate::messages::Messages;
use crate::place::MASK;
use crate::python::space::strip;
use crate::scope::{EnvironmentVariables, Scope};
use crate::secret::{is_secret_name, masked};

/// The names whose values are put in their place.
pub(super) struct Fixed<'a> {
    pub(super) scope: Scope<'a>,
    /// The environment variables that processes have of their own, so that they are not the same everywhere;
    /// `None` if that cannot be told.
    pub(super) own_variables: Option<Vec<String>>,
}

impl<'a> Fixed<'a> {
    pub(super) fn new(environment: &'a EnvironmentVariables, hostname: &str) -> Self {
        let scope = Scope::new(environment).text("host_node_name", hostname);
        Self { scope, own_variables: Some(Vec::new()) }
    }

    /// For the processes of one section.
    pub(super) fn of_program(self, program_name: &str, environment: Option<&Setting>) -> Self {
        let own_variables = environment.map_or(Some(Vec::new()), |setting| {
            let names: Vec<String> = pairs(&setting.value).ok()?.into_iter().map(|(name, _)| name).collect();
            names.iter().all(|name| !name.contains('%')).then_some(names)
        });
        Self { scope: self.scope.text("program_name", strip(program_name)), own_variables }
    }

    fn has(&self, name: &str) -> bool {
        match name.strip_prefix("ENV_") {
            Some(variable) => {
                !is_secret_name(variable)
                    && self.own_variables.as_ref().is_some_and(|own| own.iter().all(|name| name != variable))
            }
            None => matches!(name, "here" | "host_node_name" | "program_name"),
        }
    }

    /// A value with everything in its place that can be. What cannot be written in a file stays a name.
    pub(super) fn value(&self, setting: &Setting) -> String {
        let names = self.scope.seen_from(Some(&setting.origin.file.directory));
        let all = |name: &str| self.has(name);
        let here = |name: &str| name == "here";
        let tries = [expand_some(&setting.value, names, &all), expand_some(&setting.value, names, &here)];
        let mut tries = tries.into_iter().flatten();
        tries.find(|value| can_be_written(value)).unwrap_or_else(|| setting.value.clone())
    }
}

/// A text as it is written so that it expands to itself, if it can be written at all.
pub(super) fn literal(text: &str) -> Option<String> {
    let literal = text.replace('%', "%%");
    can_be_written(&literal).then_some(literal)
}

/// Whether a value is read from a file as it is written there.
fn can_be_written(value: &str) -> bool {
    if value.is_empty() {
        return true;
    }
    let lines: Vec<String> = value
        .split('\n')
        .map(|line| if line.is_empty() { String::new() } else { format!(" {line}") })
        .collect();
    let text = format!("[s]\nv={}", lines.join("\n"));
    let file = Arc::new(SourceFile::new(String::new(), String::new(), text));
    let mut document = Document::default();
    ini::parse(&mut document, &file, &Messages::default());
    let sections: Vec<usize> = document.sections().map(|section| section.settings.len()).collect();
    sections == [1] && document.setting("s", "v").is_some_and(|setting| setting.value == value)
}

/// The value of an option without its secrets; `None` if they cannot be told from the rest.
pub(super) fn without_secrets(name: &str, value: &str, secrets: Secrets) -> Option<String> {
    if secrets != Secrets::Masked {
        return Some(value.to_owned());
    }
    match name {
        "password" | "readonly_password" if !value.is_empty() && !is_reference(value) => {
            Some(MASK.to_owned())
        }
        "password" | "readonly_password" => Some(value.to_owned()),
        "environment" => environment_without_secrets(value),
        _ => Some(masked(value)),
    }
}

/// Whether a value is nothing but the name of a variable.
fn is_reference(value: &str) -> bool {
    value.starts_with("%(ENV_") && value.ends_with(")s") && value.matches('%').count() == 1
}

fn environment_without_secrets(value: &str) -> Option<String> {
    let (plain, conversions) = with_placeholders(value);
    let Ok(mut list) = pairs(&plain) else {
        let words = value.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        return words.into_iter().all(|word| !is_secret_name(word)).then(|| masked(value));
    };
    let mut has_secrets = false;
    for (name, value) in &mut list {
        let is_written = !value.is_empty() && conversions.iter().all(|(placeholder, _)| value != placeholder);
        if is_secret_name(name) && is_written {
            MASK.clone_into(value);
            has_secrets = true;
        }
    }
    if !has_secrets {
        return Some(masked(value));
    }
    let mut text = written(&list);
    for (placeholder, conversion) in &conversions {
        text = text.replace(placeholder, conversion);
    }
    Some(masked(&text))
}

/// A list with words in the place of conversions, so that it can be taken apart as if these had their values; and
/// which word stands for what.
fn with_placeholders(text: &str) -> (String, Vec<(String, String)>) {
    let mut conversions = Vec::new();
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('%') {
        plain.push_str(&rest[..start]);
        let length = conversion_length(&rest[start..]);
        let conversion = &rest[start..start + length];
        let placeholder = format!("_placeholder_{}_", conversions.len());
        plain.push_str(&placeholder);
        conversions.push((placeholder, conversion.to_owned()));
        rest = &rest[start + length..];
    }
    plain.push_str(rest);
    (plain, conversions)
}

/// The length of the conversion that a text begins with: `%%`, or `%(name)` with flags and a letter.
fn conversion_length(text: &str) -> usize {
    let Some(close) = text.strip_prefix("%(").and_then(|rest| rest.find(')')) else {
        return text.chars().take(2).map(char::len_utf8).sum();
    };
    let after = close + "%()".len();
    let letter = text[after..].find(char::is_alphabetic).unwrap_or_default();
    let width = text[after + letter..].chars().next().map_or(0, char::len_utf8);
    after + letter + width
}
