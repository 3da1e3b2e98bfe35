//! How people write the name of a process: `name`, `group:name`, `group:*`.

use std::fmt;

/// What a written name refers to.
///
/// The forms are those of `supervisorctl` and of the XML-RPC methods that take a name:
/// `name` is the process `name` of the group `name`; `group:name` is one process of a group;
/// `group:*` and `group:` are every process of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Namespec<'a> {
    /// One process.
    Process {
        /// The group the process belongs to.
        group: &'a str,
        /// The process within the group.
        process: &'a str,
    },
    /// Every process of the group.
    Group(&'a str),
}

impl<'a> Namespec<'a> {
    /// Reads a name as typed. Every text is a name; whether it exists is another question.
    #[must_use]
    pub fn parse(text: &'a str) -> Self {
        match text.split_once(':') {
            None => Self::Process { group: text, process: text },
            Some((group, "" | "*")) => Self::Group(group),
            Some((group, process)) => Self::Process { group, process },
        }
    }
}

/// A process name as shown to people: `name` where the group has the same name, else `group:name`.
#[derive(Clone, Copy, Debug)]
pub struct DisplayName<'a> {
    /// The group the process belongs to.
    pub group: &'a str,
    /// The process within the group.
    pub process: &'a str,
}

impl fmt::Display for DisplayName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.group == self.process {
            f.write_str(self.process)
        } else {
            write!(f, "{}:{}", self.group, self.process)
        }
    }
}

/// Whether a text is like a pattern, in which `*` stands for any characters or none.
#[must_use]
pub fn matches(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(pieces.next().unwrap_or_default()) else { return false };
    let Some(last) = pieces.next_back() else { return rest.is_empty() };
    for piece in pieces {
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_name_is_a_process_of_the_group_of_that_name() {
        assert_eq!(Namespec::parse("cat"), Namespec::Process { group: "cat", process: "cat" });
    }

    #[test]
    fn a_star_or_nothing_after_the_colon_is_the_whole_group() {
        assert_eq!(Namespec::parse("web:*"), Namespec::Group("web"));
        assert_eq!(Namespec::parse("web:"), Namespec::Group("web"));
    }

    #[test]
    fn only_the_first_colon_separates() {
        assert_eq!(Namespec::parse("a:b:c"), Namespec::Process { group: "a", process: "b:c" });
    }

    #[test]
    fn a_process_is_shown_with_its_group_unless_the_names_are_equal() {
        assert_eq!(DisplayName { group: "cat", process: "cat" }.to_string(), "cat");
        assert_eq!(DisplayName { group: "web", process: "cat" }.to_string(), "web:cat");
    }
}
