//! A fast way to read the answer that is asked for most: a list of structs that hold text and numbers, written as
//! servers write it.
//!
//! Whatever is written otherwise (references, comments, attributes, other types, faults) is not understood here, and
//! the reader of documents has to look at it. What is understood means the same to both.

use crate::element::integer;

/// What a member may be here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scalar<'a> {
    /// `<string>`.
    Text(&'a str),
    /// `<int>` or `<i4>`.
    Int(i64),
    /// `<boolean>`.
    Bool(bool),
}

/// The members of a struct in the order written.
pub(crate) type Row<'a> = Vec<(&'a str, Scalar<'a>)>;

/// Hands the structs of the list to `take`, one by one. `None` if the answer is something else, or if `take` says so;
/// what was taken then counts for nothing.
pub(crate) fn read<'a>(xml: &'a [u8], mut take: impl FnMut(&Row<'a>) -> Option<()>) -> Option<()> {
    let text = std::str::from_utf8(xml).ok()?;
    let mut rest = Rest(text.strip_prefix("<?xml version='1.0'?>").unwrap_or(text));
    for tag in ["<methodResponse>", "<params>", "<param>", "<value>", "<array>", "<data>"] {
        rest.expect(tag)?;
    }
    let mut row = Row::new();
    while rest.has("<value>") {
        rest.row(&mut row)?;
        take(&row)?;
    }
    for tag in ["</data>", "</array>", "</value>", "</param>", "</params>", "</methodResponse>"] {
        rest.expect(tag)?;
    }
    rest.0.trim_ascii_start().is_empty().then_some(())
}

/// What has not been read yet.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    /// Goes past the tag if it comes next. Blanks between elements mean nothing.
    fn has(&mut self, tag: &str) -> bool {
        match self.0.trim_ascii_start().strip_prefix(tag) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, tag: &str) -> Option<()> {
        self.has(tag).then_some(())
    }

    /// Goes past a text that stands for itself, and the tag that ends it.
    fn text(&mut self, end: &str) -> Option<&'a str> {
        let length = self.0.bytes().position(|byte| matches!(byte, b'<' | b'&' | b'\r' | b'>'))?;
        let (text, rest) = self.0.split_at(length);
        self.0 = rest.strip_prefix(end)?;
        Some(text)
    }

    /// Reads the struct of a value that has begun.
    fn row(&mut self, row: &mut Row<'a>) -> Option<()> {
        row.clear();
        self.expect("<struct>")?;
        while self.has("<member>") {
            self.expect("<name>")?;
            let name = self.text("</name>")?;
            self.expect("<value>")?;
            row.push((name, self.scalar()?));
            self.expect("</value>")?;
            self.expect("</member>")?;
        }
        self.expect("</struct>")?;
        self.expect("</value>")
    }

    fn scalar(&mut self) -> Option<Scalar<'a>> {
        if self.has("<string>") {
            self.text("</string>").map(Scalar::Text)
        } else if self.has("<int>") {
            self.text("</int>").and_then(integer).map(Scalar::Int)
        } else if self.has("<i4>") {
            self.text("</i4>").and_then(integer).map(Scalar::Int)
        } else if self.has("<boolean>") {
            self.text("</boolean>").map(|text| Scalar::Bool(text == "1"))
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;
    use crate::{decode, encode};

    fn rows(xml: &str) -> Option<Vec<Vec<(String, Value)>>> {
        let mut rows = Vec::new();
        read(xml.as_bytes(), |row| {
            let value = |scalar| match scalar {
                Scalar::Text(text) => Value::from(text),
                Scalar::Int(number) => Value::Int(number),
                Scalar::Bool(flag) => Value::Bool(flag),
            };
            rows.push(row.iter().map(|&(name, scalar)| (name.to_owned(), value(scalar))).collect());
            Some(())
        })?;
        Some(rows)
    }

    /// Reads with both readers, which must agree where the fast one understands; its answer.
    fn both(xml: &str) -> Option<usize> {
        let rows = rows(xml)?;
        let count = rows.len();
        let values = Value::Array(rows.into_iter().map(Value::Struct).collect());
        assert_eq!(decode::response(xml.as_bytes()), Ok(Ok(values)), "{xml}");
        Some(count)
    }

    fn list(row: &str) -> String {
        format!(
            "<?xml version='1.0'?>\n<methodResponse>\n<params><param><value><array><data>{row}</data></array></value>\
             </param></params></methodResponse>\n"
        )
    }

    fn member(value: &str) -> String {
        list(&format!(
            "<value><struct><member><name>a</name><value>{value}</value></member></struct></value>"
        ))
    }

    #[test]
    fn what_servers_write_is_understood() {
        let row = |name: &str| {
            Value::Struct(vec![
                ("name".to_owned(), name.into()),
                ("empty".to_owned(), "".into()),
                ("number".to_owned(), Value::Int(-7)),
                ("flag".to_owned(), Value::Bool(true)),
            ])
        };
        let answer = Ok(Value::Array(vec![row("über \u{1f980} ]] \"'"), row(" b\n"), Value::Struct(vec![])]));
        assert_eq!(both(&encode::response(&answer)), Some(3));
        assert_eq!(both(&encode::response(&Ok(Value::Array(vec![])))), Some(0));
        for value in [
            "<int> +5\n</int>",
            "\n<i4>99999999999999999999</i4> ",
            "<boolean>yes</boolean>",
            "<string>\u{1b}</string>",
        ] {
            assert_eq!(both(&member(value)), Some(1), "{value}");
        }
    }

    #[test]
    fn everything_else_is_left_to_the_other_reader() {
        let strange = [
            member("a"),
            member("<string/>"),
            member("<string>a&amp;b</string>"),
            member("<string>a\rb</string>"),
            member("<string>]]></string>"),
            member("<string a='b'>a</string>"),
            member("<int>x</int>"),
            member("<double>1</double>"),
            member("<string>a</string><!-- b -->"),
            member("<array><data></data></array>"),
            list("<value><int>1</int></value>"),
            list("<value><struct><member><name>a</name></member></struct></value>"),
            encode::response(&Ok(Value::Int(1))),
            format!("{}x", member("<int>1</int>")),
            member("<int>1</int>").replace("</methodResponse>", ""),
            String::new(),
        ];
        for xml in strange {
            assert_eq!(both(&xml), None, "{xml}");
        }
        assert_eq!(read(b"\xff", |_| Some(())), None);
    }

    #[test]
    fn a_row_that_is_not_wanted_ends_it() {
        let xml = member("<int>1</int>");
        assert_eq!(read(xml.as_bytes(), |_| None), None);
    }
}
