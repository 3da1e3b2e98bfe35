//! What a client passes along: the pairs of a query and of a form.

use std::fmt::Write as _;

/// Pairs of names and values. Empty values count as none, as in the reference.
#[derive(Debug, Default)]
pub(super) struct Parameters {
    query: Vec<(String, String)>,
    form: Vec<(String, String)>,
}

impl Parameters {
    /// From a query without its question mark, and the body of a form.
    pub(super) fn new(query: Option<&str>, form: &[u8]) -> Self {
        Self { query: pairs(query.unwrap_or_default().as_bytes()), form: pairs(form) }
    }

    /// The value of that name: the form's last, or else the query's first.
    // Compat: form-before-query
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let has_name = |pair: &&(String, String)| pair.0 == name;
        let pair = self.form.iter().rfind(has_name).or_else(|| self.query.iter().find(has_name));
        pair.map(|(_, value)| value.as_str())
    }

    /// All values of that name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let pairs = self.query.iter().chain(&self.form);
        pairs.filter(move |pair| pair.0 == name).map(|(_, value)| value.as_str())
    }
}

fn pairs(text: &[u8]) -> Vec<(String, String)> {
    let pairs = text.split(|&byte| byte == b'&').filter_map(|pair| {
        let mut sides = pair.splitn(2, |&byte| byte == b'=');
        let (name, value) = (decoded(sides.next()?), decoded(sides.next()?));
        (!value.is_empty()).then_some((name, value))
    });
    pairs.collect()
}

fn decoded(text: &[u8]) -> String {
    let text: Vec<u8> = text.iter().map(|&byte| if byte == b'+' { b' ' } else { byte }).collect();
    String::from_utf8_lossy(&super::route::percent_decoded(&text)).into_owned()
}

/// A text as it stands in a URL, encoded as the reference does it.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"_.-~/".contains(&byte) {
            quoted.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(quoted, "%{byte:02X}");
        }
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_goes_before_a_query_and_empty_values_are_none() {
        let parameters = Parameters::new(Some("a=1&a=2&b=3&c=&d"), b"b=4&b=5+6%21&e=%zz");
        assert_eq!(parameters.get("a"), Some("1"));
        assert_eq!(parameters.get("b"), Some("5 6!"));
        assert_eq!(parameters.get("c"), None);
        assert_eq!(parameters.get("d"), None);
        assert_eq!(parameters.get("e"), Some("%zz"));
        assert_eq!(parameters.all("b").collect::<Vec<_>>(), ["3", "4", "5 6!"]);
    }

    #[test]
    fn texts_are_quoted_as_the_reference_quotes_them() {
        assert_eq!(quoted("g:a_0-1.~/ *\u{e4}"), "g%3Aa_0-1.~/%20%2A%C3%A4");
    }
}
