//! File name patterns of `[include] files`, as Python's `glob` and `fnmatch` understand them: `*`, `?`,
//! `[..]` and `[!..]`, none of which matches a slash; `**` is like `*`; what begins with a dot is only
//! matched by a dot.

use crate::host::Host;
use crate::python::path::{join, split};

/// The existing paths that match `pattern`, sorted by code point. A relative pattern is looked up in `base`,
/// in which nothing counts as a pattern, and its matches begin with `base`.
pub(crate) fn glob(host: &dyn Host, base: &str, pattern: &str) -> Vec<String> {
    let search = Search { host, base };
    let mut matches: Vec<String> =
        search.paths(pattern, Wanted::Anything).into_iter().map(|path| join(base, &path)).collect();
    matches.sort_unstable();
    matches
}

/// Whether a text is like a pattern from its beginning to its end. Neither dots nor slashes are special.
#[must_use]
pub fn fnmatch(pattern: &str, text: &str) -> bool {
    Pattern::new(pattern).fits(text)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Anything,
    Directories,
}

struct Search<'a> {
    host: &'a dyn Host,
    base: &'a str,
}

impl Search<'_> {
    fn paths(&self, pattern: &str, wanted: Wanted) -> Vec<String> {
        let (directory, name) = split(pattern);
        if !has_magic(pattern) {
            let exists = if name.is_empty() { self.is_dir(directory) } else { self.exists(pattern) };
            return if exists { vec![pattern.to_owned()] } else { Vec::new() };
        }
        let directories = if directory != pattern && has_magic(directory) {
            self.paths(directory, Wanted::Directories)
        } else {
            vec![directory.to_owned()]
        };
        let names_in = |directory: &String| {
            let names = self.names(directory, name, wanted);
            names.into_iter().map(|name| join(directory, &name)).collect::<Vec<String>>()
        };
        directories.iter().flat_map(names_in).collect()
    }

    fn names(&self, directory: &str, pattern: &str, wanted: Wanted) -> Vec<String> {
        if pattern.is_empty() {
            return if self.is_dir(directory) { vec![String::new()] } else { Vec::new() };
        }
        if !has_magic(pattern) {
            let exists = self.exists(&join(directory, pattern));
            return if exists { vec![pattern.to_owned()] } else { Vec::new() };
        }
        let pattern = Pattern::new(pattern);
        let mut names = self.host.list_dir(&join(self.base, directory));
        names.retain(|name| pattern.matches(name));
        if wanted == Wanted::Directories {
            names.retain(|name| self.is_dir(&join(directory, name)));
        }
        names
    }

    fn exists(&self, path: &str) -> bool {
        self.host.exists(&join(self.base, path))
    }

    fn is_dir(&self, path: &str) -> bool {
        self.host.is_dir(&join(self.base, path))
    }
}

fn has_magic(pattern: &str) -> bool {
    pattern.contains(['*', '?', '['])
}

/// A pattern for one name.
struct Pattern {
    parts: Vec<Part>,
    hidden: bool,
}

enum Part {
    Any,
    One,
    Literal(char),
    Set { negated: bool, ranges: Vec<(char, char)> },
}

impl Pattern {
    fn new(pattern: &str) -> Self {
        let chars: Vec<char> = pattern.chars().collect();
        let mut parts = Vec::new();
        let mut index = 0;
        while let Some(&c) = chars.get(index) {
            index += 1;
            parts.push(match c {
                '*' => Part::Any,
                '?' => Part::One,
                '[' => match set_end(&chars, index) {
                    Some(end) => {
                        let set = set(&chars[index..end]);
                        index = end + 1;
                        set
                    }
                    None => Part::Literal('['),
                },
                c => Part::Literal(c),
            });
        }
        Self { parts, hidden: pattern.starts_with('.') }
    }

    /// Names that begin with a dot need a pattern that does.
    fn matches(&self, name: &str) -> bool {
        (!name.starts_with('.') || self.hidden) && self.fits(name)
    }

    /// Goes back to the last star only, so that the time is bounded by the product of both lengths.
    fn fits(&self, name: &str) -> bool {
        let name: Vec<char> = name.chars().collect();
        let (mut part, mut at) = (0, 0);
        let mut star: Option<(usize, usize)> = None;
        while at < name.len() {
            match self.parts.get(part) {
                Some(Part::Any) => {
                    star = Some((part, at));
                    part += 1;
                }
                Some(one) if one.matches(name[at]) => {
                    part += 1;
                    at += 1;
                }
                _ => {
                    let Some((star_part, star_at)) = star else { return false };
                    star = Some((star_part, star_at + 1));
                    part = star_part + 1;
                    at = star_at + 1;
                }
            }
        }
        self.parts[part..].iter().all(|rest| matches!(rest, Part::Any))
    }
}

impl Part {
    fn matches(&self, c: char) -> bool {
        match self {
            Self::Any => false,
            Self::One => true,
            Self::Literal(literal) => *literal == c,
            Self::Set { negated, ranges } => {
                ranges.iter().any(|&(first, last)| (first..=last).contains(&c)) != *negated
            }
        }
    }
}

/// The index of the bracket that closes the set whose inside begins at `start`: the first one that is not the
/// set's first character.
fn set_end(chars: &[char], start: usize) -> Option<usize> {
    let mut index = start;
    if chars.get(index) == Some(&'!') {
        index += 1;
    }
    if chars.get(index) == Some(&']') {
        index += 1;
    }
    chars[index.min(chars.len())..].iter().position(|&c| c == ']').map(|offset| index + offset)
}

fn set(inside: &[char]) -> Part {
    let (negated, members) = match inside {
        ['!', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let mut ranges = Vec::new();
    let mut rest = members;
    while let [first, after @ ..] = rest {
        if let ['-', last, after @ ..] = after {
            ranges.push((*first, *last));
            rest = after;
        } else {
            ranges.push((*first, *first));
            rest = after;
        }
    }
    Part::Set { negated, ranges }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::MemoryHost;

    fn host() -> MemoryHost {
        [
            "/c/a.conf",
            "/c/b.conf",
            "/c/.hidden.conf",
            "/c/d/x.ini",
            "/c/e/y.ini",
            "/c/[s]/z.ini",
            "/c/10",
            "/c/B.conf",
        ]
        .into_iter()
        .fold(MemoryHost::new(), |host, path| host.with_file(path, ""))
    }

    fn found(pattern: &str) -> Vec<String> {
        glob(&host(), "/c", pattern)
    }

    #[test]
    fn matches_are_sorted_by_code_point_and_begin_with_the_base() {
        assert_eq!(found("*.conf"), ["/c/B.conf", "/c/a.conf", "/c/b.conf"]);
        assert_eq!(found("/c/*.conf"), found("*.conf"));
    }

    #[test]
    fn a_directory_may_be_a_pattern() {
        assert_eq!(found("[de]/*.ini"), ["/c/d/x.ini", "/c/e/y.ini"]);
        assert_eq!(found("*/*.ini"), ["/c/[s]/z.ini", "/c/d/x.ini", "/c/e/y.ini"]);
        assert_eq!(found("**/x.ini"), ["/c/d/x.ini"]);
        assert_eq!(found("?/"), ["/c/d/", "/c/e/"]);
    }

    #[test]
    fn hidden_files_need_a_dot() {
        assert_eq!(found(".*"), ["/c/.hidden.conf"]);
    }

    #[test]
    fn without_magic_it_need_only_exist() {
        assert_eq!(found("a.conf"), ["/c/a.conf"]);
        assert_eq!(found("d"), ["/c/d"]);
        assert_eq!(found("missing"), Vec::<String>::new());
    }

    #[test]
    fn nothing_in_the_base_is_a_pattern() {
        assert_eq!(glob(&host(), "/c/[s]", "*.ini"), ["/c/[s]/z.ini"]);
    }

    #[test]
    fn sets_have_ranges_and_negation() {
        for (pattern, name, expected) in [
            ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false),
            ("[]]", "]", true),
            ("[!]]", "a", true),
            ("[a-]", "-", true),
            ("[c-a]", "b", false),
            ("[a", "[a", true),
            ("[]", "[]", true),
            ("a*b*c", "axxbyyc", true),
            ("a*b*c", "axxbyy", false),
            ("*", "", true),
        ] {
            assert_eq!(Pattern::new(pattern).matches(name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn a_text_is_no_file_name() {
        assert!(fnmatch("*:a?", ".x/y:ab"));
        assert!(!fnmatch("a", "ab"));
    }

    #[test]
    fn many_stars_do_not_take_for_ever() {
        let pattern = Pattern::new(&"*a".repeat(200));
        assert!(!pattern.matches(&"a".repeat(199)));
    }
}
