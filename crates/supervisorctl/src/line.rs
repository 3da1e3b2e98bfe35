//! A line of commands: an action and its argument.

/// What a line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Line<'a> {
    /// Nothing.
    Empty,
    /// An action, and what follows it.
    Action {
        /// Its name; it may not exist.
        name: &'a str,
        /// The rest, without blanks around it.
        argument: &'a str,
    },
    /// Something that no action can be called.
    Unknown,
}

impl<'a> Line<'a> {
    /// Reads a line. An action is what letters, digits and `_` it begins with, so `version;version` is
    /// `version` with the argument `;version`; `?x` is short for `help x`.
    pub(crate) fn parse(text: &'a str) -> Self {
        let text = text.trim();
        if text.is_empty() {
            return Self::Empty;
        }
        if let Some(topic) = text.strip_prefix('?') {
            return Self::Action { name: "help", argument: topic.trim() };
        }
        let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
        match text.split_at(end) {
            ("", _) => Self::Unknown,
            (name, rest) => Self::Action { name, argument: rest.trim() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action<'a>(name: &'a str, argument: &'a str) -> Line<'a> {
        Line::Action { name, argument }
    }

    #[test]
    fn an_action_is_the_longest_prefix_of_identifier_characters() {
        assert_eq!(Line::parse("  start  a b "), action("start", "a b"));
        assert_eq!(Line::parse("version;version"), action("version", ";version"));
        assert_eq!(Line::parse("status"), action("status", ""));
    }

    #[test]
    fn a_question_mark_asks_for_help() {
        assert_eq!(Line::parse("?start"), action("help", "start"));
        assert_eq!(Line::parse("? "), action("help", ""));
    }

    #[test]
    fn other_lines_are_empty_or_unknown() {
        assert_eq!(Line::parse(" \t"), Line::Empty);
        assert_eq!(Line::parse("!ls"), Line::Unknown);
        assert_eq!(Line::parse("état"), Line::Unknown);
    }
}
