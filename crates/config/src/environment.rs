//! The value of `environment=`: `KEY=value,KEY2="other value"`.
//!
//! The reference splits it with Python's `shlex` in its old mode, in which quotes stay part of a token and
//! nothing is escaped, and then takes the tokens four at a time: key, `=`, value, separator.
// Compat: environment-syntax

use std::collections::HashMap;

/// Reads the pairs; of a key given twice the last value counts, at the place of the first.
///
/// # Errors
/// The reference's message: a quotation is not closed, or four tokens are not a pair.
pub(crate) fn pairs(text: &str) -> Result<Vec<(String, String)>, String> {
    let tokens = Tokens::new(text).collect::<Result<Vec<String>, String>>()?;
    let mut pairs = Vec::with_capacity(tokens.len() / 4 + 1);
    for group in tokens.chunks(4) {
        match group {
            [key, equals, value, ..] if equals == "=" => {
                pairs.push((key.clone(), unquoted(value).to_owned()));
            }
            _ => return Err(format!("Unexpected end of key/value pairs in value '{text}'")),
        }
    }
    Ok(last_of_each_key(pairs))
}

/// What to say to who writes it wrong.
pub(crate) const HINT: &str = "write NAME=\"value\",NAME2=\"value\": quotes are needed around all but letters, \
    digits and _/.+-():, and nothing can be escaped inside them";

/// The piece of a list at which reading it ends.
pub(crate) fn first_fault(text: &str) -> Option<String> {
    let Ok(tokens) = Tokens::new(text).collect::<Result<Vec<String>, String>>() else {
        let quote = text.rfind(is_quote)?;
        return Some(text[quote..].lines().next().unwrap_or_default().to_owned());
    };
    let is_wrong = |group: &[String]| group.len() < 3 || group[1] != "=";
    let index = tokens.chunks(4).position(is_wrong)? * 4;
    // What begins with the delimiter has lost its name to the variable before, which lacks a comma.
    let first = if tokens[index] == "=" { index.saturating_sub(1) } else { index };
    tokens.get(first).map(|key| key.trim_end_matches(is_quote).to_owned())
}

/// What a list says that nobody would expect it to say.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Oddity {
    /// After the value of this key stands neither a comma nor the end: the value may have been cut off.
    Separator { key: String, value: String, separator: String },
    /// This key has quotes in it.
    QuotedKey(String),
}

/// All that is odd about a list that can be read.
pub(crate) fn oddities(text: &str) -> Vec<Oddity> {
    let Ok(tokens) = Tokens::new(text).collect::<Result<Vec<String>, String>>() else { return Vec::new() };
    let mut oddities = Vec::new();
    for group in tokens.chunks(4) {
        let [key, equals, value, separator @ ..] = group else { break };
        if equals != "=" {
            break; // What follows is a fault, not an oddity.
        }
        if key.contains(is_quote) {
            oddities.push(Oddity::QuotedKey(key.clone()));
        }
        if let Some(separator) = separator.first().filter(|separator| *separator != ",") {
            let (key, value) = (key.clone(), unquoted(value).to_owned());
            oddities.push(Oddity::Separator { key, value, separator: separator.clone() });
        }
    }
    oddities
}

/// A list as it would be written.
pub(crate) fn written(pairs: &[(String, String)]) -> String {
    let quoted = |value: &str| match (value.contains('"'), value.contains('\'')) {
        (false, _) => format!("\"{value}\""),
        (true, false) => format!("'{value}'"),
        (true, true) => value.to_owned(),
    };
    let items: Vec<String> = pairs.iter().map(|(key, value)| format!("{key}={}", quoted(value))).collect();
    items.join(",")
}

/// Overrides `base` with `own`.
pub(crate) fn merge(base: &[(String, String)], own: &[(String, String)]) -> Vec<(String, String)> {
    if own.is_empty() {
        return base.to_vec();
    }
    last_of_each_key(base.iter().chain(own).cloned().collect())
}

/// Of pairs with one key the last one counts, at the place of the first.
fn last_of_each_key(pairs: Vec<(String, String)>) -> Vec<(String, String)> {
    let mut kept: Vec<(String, String)> = Vec::with_capacity(pairs.len());
    let mut places: HashMap<String, usize> = HashMap::new();
    for (key, value) in pairs {
        match places.get(&key) {
            Some(&place) => kept[place].1 = value,
            None => {
                places.insert(key.clone(), kept.len());
                kept.push((key, value));
            }
        }
    }
    kept
}

fn unquoted(value: &str) -> &str {
    value.trim_matches(['\'', '"'])
}

/// The tokens of Python's `shlex.shlex(text)` with `/.+-():` added to the characters of words.
struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    fn new(text: &'a str) -> Self {
        Self { rest: text }
    }

    fn take(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let c = chars.next()?;
        self.rest = chars.as_str();
        Some(c)
    }

    fn skip_line(&mut self) {
        self.rest = self.rest.split_once('\n').map_or("", |(_, rest)| rest);
    }

    fn quotation(&mut self, quote: char) -> Result<String, String> {
        let end = self.rest.find(quote).ok_or("No closing quotation")?;
        let (inside, rest) = self.rest.split_at(end + quote.len_utf8());
        self.rest = rest;
        Ok(format!("{quote}{inside}"))
    }

    /// A word goes on through quotes, and through comments into the next line.
    fn word(&mut self, first: char) -> String {
        let mut word = String::from(first);
        while let Some(c) = self.rest.chars().next() {
            if c == '#' {
                self.skip_line();
            } else if is_word(c) || is_quote(c) {
                word.push(c);
                self.take();
            } else {
                break;
            }
        }
        word
    }
}

impl Iterator for Tokens<'_> {
    type Item = Result<String, String>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.take()? {
                ' ' | '\t' | '\r' | '\n' => {}
                '#' => self.skip_line(),
                c if is_quote(c) => return Some(self.quotation(c)),
                c if is_word(c) => return Some(Ok(self.word(c))),
                c => return Some(Ok(c.to_string())),
            }
        }
    }
}

fn is_quote(c: char) -> bool {
    matches!(c, '\'' | '"')
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_/.+-():".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        match pairs(text) {
            Ok(pairs) => {
                let pairs: Vec<String> = pairs.iter().map(|(key, value)| format!("{key}={value}")).collect();
                pairs.join("|")
            }
            Err(message) => message,
        }
    }

    #[test]
    fn pairs_are_read_as_the_reference_reads_them() {
        for (text, expected) in [
            ("", ""),
            ("A=1", "A=1"),
            ("A=\"x y\",B='q\"r'", "A=x y|B=q\"r"),
            ("A=\"\",B=''", "A=|B="),
            ("A=a:b/c.d+e-f(g)", "A=a:b/c.d+e-f(g)"),
            ("A=1;B=2", "A=1|B=2"),
            ("A=1 junk B=2", "A=1|B=2"),
            ("A=1,B=2,", "A=1|B=2"),
            ("A=1,B=2,A=3", "A=3|B=2"),
            ("A=~/x", "A=~"),
            ("A=%x", "A=%"),
            ("A=a#b,B=2", "A=a"),
            ("A=a#b\nc", "A=ac"),
            ("A=\"a\\\\b\"", "A=a\\\\b"),
            ("A=\"x\\ny\"", "A=x\\ny"),
            ("A=it's,B=2", "A=it's|B=2"),
            ("A='\"q\"'", "A=q"),
            ("\"Q\"=2", "\"Q\"=2"),
            ("A=\\x", "A=\\"),
            ("A=\"a\\\"b\"", "A=a\\"),
            ("A=\"a\"b", "A=a"),
            ("A=é", "A=é"),
            ("A=\"1\n2\"", "A=1\n2"),
        ] {
            assert_eq!(shown(text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_is_no_list_of_pairs_is_refused() {
        for text in ["A=1 B=2", "A=1,,B=2", "A=x@y", "A=a=b", "A=", "A", "A=é1,B=2", ","] {
            assert_eq!(shown(text), format!("Unexpected end of key/value pairs in value '{text}'"));
        }
        assert_eq!(shown("A=\"x"), "No closing quotation");
    }

    #[test]
    fn a_program_s_own_variables_override_the_common_ones() {
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let merged = merge(&[pair("A", "1"), pair("B", "2")], &[pair("C", "3"), pair("A", "4")]);
        assert_eq!(merged, [pair("A", "4"), pair("B", "2"), pair("C", "3")]);
    }
}
