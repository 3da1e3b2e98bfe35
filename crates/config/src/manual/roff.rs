//! What manual pages consist of.

use std::fmt::Write as _;

use crate::usage::OptionText;

/// The text so that nothing in it is a command.
#[must_use]
pub fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-").replace('"', "\\(dq");
    if text.starts_with(['.', '\'']) { format!("\\&{text}") } else { text }
}

/// A paragraph for each option.
#[must_use]
pub fn options(options: &[OptionText]) -> String {
    let mut text = String::new();
    for option in options {
        let argument = option.argument.map(|name| format!(" \\fI{name}\\fR")).unwrap_or_default();
        let forms: Vec<String> =
            option.spellings().iter().map(|form| format!("\\fB{}\\fR{argument}", escaped(form))).collect();
        let _ = write!(text, ".TP\n{}\n{}\n", forms.join(", "), escaped(option.doc));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_a_command() {
        assert_eq!(escaped(".x"), "\\&.x");
        assert_eq!(escaped("a-\"b\"\\"), "a\\-\\(dqb\\(dq\\e");
    }

    #[test]
    fn an_option_has_all_its_spellings() {
        let option = OptionText { short: Some('c'), long: "check", argument: Some("X"), doc: "what for" };
        assert_eq!(
            options(&[option]),
            ".TP\n\\fB\\-c\\fR \\fIX\\fR, \\fB\\-\\-check\\fR \\fIX\\fR\nwhat for\n"
        );
    }
}
