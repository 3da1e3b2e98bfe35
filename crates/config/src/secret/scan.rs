//! Where secrets stand in a text: a command, a list of variables, a URL, a message.

use std::ops::Range;

use super::{is_reference, is_secret_name, is_secret_option};
use crate::python::space::is_space;

/// Options of common programs that take `user:password`.
const LOGIN_OPTIONS: [&str; 4] = ["-u", "-U", "--user", "--proxy-user"];

/// Words in front of what lets somebody in.
const SCHEMES: [&str; 4] = ["bearer", "basic", "digest", "token"];

/// Programs with an option of one letter that takes a password, which may be glued to it.
const PASSWORD_OPTIONS: [(&str, &str); 6] = [
    ("sshpass", "-p"),
    ("redis-cli", "-a"),
    ("mysql", "-p"),
    ("mysqldump", "-p"),
    ("mysqladmin", "-p"),
    ("mariadb", "-p"),
];

/// The secrets in a text, in order.
pub(crate) fn in_text(text: &str) -> Vec<Range<usize>> {
    Scan::new(text, false).run()
}

/// The secrets in the value of an option, in order.
pub(crate) fn in_option(name: &str, value: &str) -> Vec<Range<usize>> {
    if name != "environment" && is_secret_option(name) {
        let start = value.len() - value.trim_start_matches(is_space).len();
        let end = value.trim_end_matches(is_space).len();
        let is_written = start < end && !is_reference(&value[start..end]);
        return is_written.then_some(start..end).into_iter().collect();
    }
    Scan::new(value, name == "environment").run()
}

struct Scan<'a> {
    text: &'a str,
    /// Whether the text is a list of variables: then values end before the next name.
    is_list: bool,
    at: usize,
    /// The quote that is not closed yet.
    quote: Option<char>,
    password_option: Option<&'static str>,
    found: Vec<Range<usize>>,
}

impl<'a> Scan<'a> {
    fn new(text: &'a str, is_list: bool) -> Self {
        Self { text, is_list, at: 0, quote: None, password_option: None, found: Vec::new() }
    }

    fn run(mut self) -> Vec<Range<usize>> {
        while let Some(c) = self.text[self.at..].chars().next() {
            if is_name(c) {
                self.word();
            } else {
                self.at += c.len_utf8();
                self.pass(c);
            }
        }
        self.found
    }

    /// Notices quotes.
    fn pass(&mut self, c: char) {
        match self.quote {
            None if is_quote(c) => self.quote = Some(c),
            Some(quote) if quote == c => self.quote = None,
            _ => {}
        }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// A run of the letters of names, and what it says about what follows it.
    fn word(&mut self) {
        let start = self.at;
        let rest = self.rest();
        self.at += rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        let word = &self.text[start..self.at];
        let rest = self.rest();
        if rest.starts_with("://") {
            self.at += "://".len();
            self.url(word);
        } else if is_secret_name(word) && self.assignment() || self.is_list {
            // Whatever else stands in the values of a list, its names are all that counts, and URLs.
        } else if word.starts_with('-') && rest.starts_with(is_space) && is_secret_name(word) {
            self.next_word(|_| 0);
        } else if LOGIN_OPTIONS.contains(&word) && rest.starts_with([' ', '=', '\t']) {
            self.next_word(|value| match value.split_once(':') {
                Some((user, password)) if !password.chars().all(|c| c.is_ascii_digit()) => user.len() + 1,
                _ => value.len(),
            });
        } else if word.eq_ignore_ascii_case("bearer") && rest.starts_with(' ') {
            self.next_word(|_| 0);
        } else {
            self.short_option(start, word);
        }
    }

    fn short_option(&mut self, start: usize, word: &'a str) {
        if let Some((_, option)) = PASSWORD_OPTIONS.iter().find(|(program, _)| *program == word) {
            self.password_option = Some(option);
        } else if let Some(option) = self.password_option {
            if word == option && (option != "-p" || self.text[..start].contains("sshpass")) {
                self.password_option = None;
                self.next_word(|_| 0);
            } else if let Some(glued) = word.strip_prefix(option).filter(|glued| !glued.is_empty()) {
                self.at -= glued.len();
                let end = self.end_of_value();
                self.take(self.at, end);
            }
        }
    }

    /// `=` or `:` after a secret name, and the value. Whether there is one.
    fn assignment(&mut self) -> bool {
        let rest = self.rest();
        let after = rest.strip_prefix(['"', '\'']).unwrap_or(rest).trim_start_matches([' ', '\t']);
        let Some(delimiter) = after.chars().next().filter(|c| matches!(c, '=' | ':')) else { return false };
        let value = after[1..].trim_start_matches([' ', '\t']);
        if delimiter == ':' && (self.is_list || after.starts_with("::")) {
            return false;
        }
        let start = self.text.len() - value.len();
        self.skip_to(start);
        let is_header = delimiter == ':' && self.quote.is_some() && !value.starts_with(['"', '\'']);
        let mut end = if is_header {
            let quote = self.quote.unwrap_or('"');
            start + value.find(quote).unwrap_or(value.len())
        } else {
            self.end_of_value()
        };
        let scheme = &self.text[start..end];
        if delimiter == ':' && SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
            self.skip_to(end);
            let blanks = self.rest().len() - self.rest().trim_start_matches(' ').len();
            self.skip_to(end + blanks);
            end = self.end_of_value();
        }
        self.take(start, end);
        true
    }

    /// A secret in the next word, from some byte of the word on.
    fn next_word(&mut self, from: impl FnOnce(&str) -> usize) {
        let rest = self.rest();
        let start = self.text.len() - rest.trim_start_matches(|c| is_space(c) || c == '=').len();
        self.skip_to(start);
        let end = self.end_of_value();
        let word = &self.text[start..end];
        if word.starts_with('-') || word.is_empty() {
            return;
        }
        let from = from(word);
        self.take(start + from, end);
    }

    /// What stands between the slashes and the host.
    fn url(&mut self, scheme: &str) {
        let rest = self.rest();
        let word = &rest[..rest.find(|c| is_space(c) || is_quote(c)).unwrap_or(rest.len())];
        let authority = word.split(['/', '?', '#']).next().unwrap_or_default();
        let after_colon = authority.split_once(':').map(|(_, after)| after);
        let is_port = after_colon.is_none_or(|port| port.chars().all(|c| c.is_ascii_digit()));
        // A password with a slash in it makes no URL, but is one.
        let of_word = || if is_port { None } else { word.rsplit_once('@') };
        let Some((login, _)) = authority.rsplit_once('@').or_else(of_word) else { return };
        let range = match login.split_once(':') {
            Some((user, _)) => user.len() + 1..login.len(),
            None if scheme.starts_with("http") => 0..login.len(),
            None => return,
        };
        let start = self.at;
        self.take(start + range.start, start + range.end);
    }

    /// Where the value that begins here ends.
    fn end_of_value(&self) -> usize {
        let rest = self.rest();
        let enclosing = self.quote;
        let mut quote: Option<char> = None;
        let mut characters = rest.char_indices();
        while let Some((at, c)) = characters.next() {
            match quote {
                Some(open) if open == c => {
                    quote = None;
                    let after = rest[at + 1..].chars().next();
                    if !self.is_list && after.is_some_and(|c| !is_name(c) && !is_quote(c)) {
                        return self.at + at + 1;
                    }
                }
                Some(_) => {}
                None if c == '\\' => {
                    characters.next();
                }
                None if Some(c) == enclosing => return self.at + at,
                None if is_quote(c) => quote = Some(c),
                None if self.is_list && is_before_name(&rest[at..]) => return self.at + at,
                None if !self.is_list && (is_space(c) || matches!(c, '&' | '}' | '`')) => {
                    return self.at + at;
                }
                None => {}
            }
        }
        self.at
            + if self.is_list {
                rest.trim_end_matches([' ', '\t', '\n', '\r', ',']).len()
            } else {
                rest.len()
            }
    }

    fn skip_to(&mut self, to: usize) {
        let passed = &self.text[self.at..to];
        passed.chars().for_each(|c| self.pass(c));
        self.at = to;
    }

    /// Takes a secret, without the quotes around it, unless nothing is there.
    fn take(&mut self, start: usize, end: usize) {
        let written = &self.text[start..end];
        let quote = written.chars().next().filter(|&c| is_quote(c));
        let inside = match quote {
            Some(quote) => written[1..].strip_suffix(quote).unwrap_or(&written[1..]),
            None => written,
        };
        let from = start + usize::from(quote.is_some());
        if !inside.is_empty() && !is_reference(inside) {
            self.found.push(from..from + inside.len());
        }
        self.at = end.max(self.at);
    }
}

/// Whether a separator and the name of the next variable follow.
fn is_before_name(text: &str) -> bool {
    let after = text.trim_start_matches([' ', '\t', '\n', '\r', ',', ';']);
    let name = after.len() - after.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_').len();
    after.len() < text.len()
        && name > 0
        && after[name..].trim_start_matches([' ', '"', '\'']).starts_with('=')
}

fn is_quote(c: char) -> bool {
    matches!(c, '\'' | '"')
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::secret::{in_option, masked, with_masks};

    proptest! {
        #[test]
        fn any_text_can_be_searched(text in "([ =:'\"@/&\\\\,-]|://|PASS|-u|Bearer|mysql|-p|é|\u{205f}|[a-c\n]){0,20}") {
            for name in ["environment", "password", "command"] {
                let found = in_option(name, &text);
                prop_assert!(found.windows(2).all(|pair| pair[0].end <= pair[1].start), "{:?}", found);
                prop_assert!(found.iter().all(|range| text.get(range.clone()).is_some()), "{:?}", found);
            }
        }
    }

    #[test]
    fn secrets_inside_a_text_are_masked() {
        for (text, shown) in [
            ("run --db postgres://me:geheim@host/x -v", "run --db postgres://me:********@host/x -v"),
            ("run postgres://me:ge/heim@host/x", "run postgres://me:********@host/x"),
            ("run --password=geheim --user=me", "run --password=******** --user=me"),
            ("run --password geheim -v", "run --password ******** -v"),
            ("run --no-password -v", "run --no-password -v"),
            ("run --api-key='geheim x' -v", "run --api-key='********' -v"),
            ("curl -u root:geheim http://h", "curl -u root:******** http://h"),
            ("docker run -u 1000:1000", "docker run -u 1000:1000"),
            ("curl https://geheim@h/x", "curl https://********@h/x"),
            ("git clone ssh://git@h/x", "git clone ssh://git@h/x"),
            ("curl 'http://h/?a=1&token=geheim&b=2'", "curl 'http://h/?a=1&token=********&b=2'"),
            ("curl -H 'Authorization: Bearer geheim' h", "curl -H 'Authorization: ********' h"),
            ("curl -H Authorization:Basic geheim", "curl -H Authorization:********"),
            ("run Bearer geheim", "run Bearer ********"),
            ("sh -c \"DB_PASSWORD=geheim x\"", "sh -c \"DB_PASSWORD=******** x\""),
            ("env DB_PASSWORD=\"geheim x\" y", "env DB_PASSWORD=\"********\" y"),
            ("x '{\"password\": \"geheim\"}'", "x '{\"password\": \"********\"}'"),
            ("java -Ddb.password=geheim -jar x", "java -Ddb.password=******** -jar x"),
            ("sshpass -p geheim ssh h -p 22", "sshpass -p ******** ssh h -p 22"),
            ("mysql -u me -pgeheim db", "mysql -u me -p******** db"),
            (
                "run --password=%(ENV_P)s redis://:%(ENV_P)s@h",
                "run --password=%(ENV_P)s redis://:%(ENV_P)s@h",
            ),
            ("run http://host:80/a@b  x", "run http://host:80/a@b  x"),
        ] {
            assert_eq!(masked(text), shown);
        }
    }

    #[test]
    fn secrets_of_options_are_found_in_lists_that_cannot_be_read_too() {
        for (name, value, shown) in [
            ("environment", "A=1,DB_PASS=\"a, b\",C=2", "A=1,DB_PASS=\"********\",C=2"),
            ("environment", "DB_PASS=a b@c,C=2", "DB_PASS=********,C=2"),
            ("environment", "DB_PASS=\"a b@c,C=2", "DB_PASS=\"********"),
            ("environment", "TOKEN=it's,B=2,C='x'", "TOKEN=********"),
            ("environment", "\"TOKEN\"=x\nB=2", "\"TOKEN\"=********\nB=2"),
            ("environment", "TOKEN=%(ENV_T)s,U=http://a:b@h", "TOKEN=%(ENV_T)s,U=http://a:********@h"),
            ("password", " geheim ", " ******** "),
            ("pasword", "geheim", "********"),
            ("api_token", "geheim", "********"),
            ("password", "%(ENV_P)s", "%(ENV_P)s"),
            ("username", "me", "me"),
            ("command", "cat", "cat"),
        ] {
            assert_eq!(with_masks(value, &in_option(name, value)), shown);
        }
    }
}
