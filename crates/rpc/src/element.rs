//! What each XML-RPC element becomes once it is closed.

use base64::Engine;
use base64::alphabet;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::NO_PAD;

use crate::value::Value;

/// Padding is looked at before; bits left over at the end don't matter.
const BASE64: GeneralPurpose =
    GeneralPurpose::new(&alphabet::STANDARD, NO_PAD.with_decode_allow_trailing_bits(true));

/// A closed element: what it stands for, and its children where its parent must look at them.
#[derive(Debug)]
pub(crate) struct Node {
    /// What it stands for. An element that XML-RPC doesn't know stands for its text.
    pub(crate) value: Value,
    /// Its children, if it is such an element.
    pub(crate) children: Vec<Self>,
}

impl Node {
    /// What an element of that name, with that text before its first child, stands for; an error says what is
    /// wrong with it.
    pub(crate) fn close(name: &str, text: String, children: Vec<Self>) -> Result<Self, &'static str> {
        let value = match name {
            "int" | "i4" => Value::Int(integer(&text).ok_or("not an integer")?),
            "boolean" => Value::Bool(text == "1"),
            "string" => Value::String(text),
            "double" => Value::Double(text.trim().parse().map_err(|_| "not a double")?),
            "dateTime.iso8601" => Value::DateTime(date_time(text).ok_or("not a dateTime")?),
            "base64" => Value::String(base64_text(&text).ok_or("not base64 of UTF-8 text")?),
            "array" => first(children).ok_or("array without data")?,
            "param" => first(children).ok_or("param without value")?,
            "data" => Value::Array(children.into_iter().map(|child| child.value).collect()),
            "struct" => Value::Struct(children.into_iter().map(member).collect::<Result<_, _>>()?),
            "value" if children.is_empty() => Value::String(text),
            "value" => first(children).unwrap_or(Value::Nil),
            _ => {
                let value = if text.is_empty() { Value::Nil } else { Value::String(text) };
                return Ok(Self { value, children });
            }
        };
        Ok(Self { value, children: Vec::new() })
    }
}

fn first(children: Vec<Node>) -> Option<Value> {
    children.into_iter().next().map(|child| child.value)
}

fn member(node: Node) -> Result<(String, Value), &'static str> {
    let [name, value] = <[Node; 2]>::try_from(node.children).map_err(|_| "member without name and value")?;
    match name.value {
        Value::String(name) => Ok((name, value.value)),
        Value::Nil => Ok((String::new(), value.value)),
        _ => Err("member whose name is no text"),
    }
}

/// A decimal number as Python's `int` reads it, cut to what fits into 64 bits.
pub(crate) fn integer(text: &str) -> Option<i64> {
    let text = text.trim();
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // Differs: integers-are-capped
    let cut = if text.starts_with('-') { i64::MIN } else { i64::MAX };
    Some(text.parse().unwrap_or(cut))
}

/// `YYYYMMDDTHH:MM:SS` and nothing else.
fn date_time(text: String) -> Option<String> {
    let shape = text.bytes().map(|byte| if byte.is_ascii_digit() { b'0' } else { byte });
    if !shape.eq(b"00000000T00:00:00".iter().copied()) {
        return None;
    }
    let field = |from: usize, to: usize| text[from..to].parse::<u32>().ok();
    let (year, month, day) = (field(0, 4)?, field(4, 6)?, field(6, 8)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    let in_range = year > 0
        && (1..=days).contains(&day)
        && field(9, 11)? < 24
        && field(12, 14)? < 60
        && field(15, 17)? < 60;
    in_range.then_some(text)
}

/// Decodes as generously as Python: characters that are no digits don't count, and padding ends the text.
fn base64_text(text: &str) -> Option<String> {
    let mut digits = Vec::new();
    let mut pads = 0;
    for byte in text.bytes() {
        let in_quad = digits.len() % 4;
        match byte {
            b'=' if in_quad >= 2 && in_quad + pads + 1 >= 4 => {
                return String::from_utf8(BASE64.decode(digits).ok()?).ok();
            }
            b'=' => pads += 1,
            b'+' | b'/' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
                digits.push(byte);
                pads = 0;
            }
            _ => {}
        }
    }
    let is_complete = digits.len() % 4 == 0;
    is_complete.then(|| BASE64.decode(digits).ok()).flatten().and_then(|bytes| String::from_utf8(bytes).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(name: &str, text: &str) -> Result<Value, &'static str> {
        Node::close(name, text.to_owned(), Vec::new()).map(|node| node.value)
    }

    #[test]
    fn integers_may_have_blanks_and_a_sign_and_any_size() {
        assert_eq!(leaf("int", " -7\n"), Ok(Value::Int(-7)));
        assert_eq!(leaf("i4", "+7"), Ok(Value::Int(7)));
        assert_eq!(leaf("int", "99999999999999999999"), Ok(Value::Int(i64::MAX)));
        for bad in ["", "x", "1.5", "-", "+-1", "1 2", "99999999999999999999x"] {
            assert!(leaf("int", bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn only_the_text_1_is_true() {
        assert_eq!(leaf("boolean", "1"), Ok(Value::Bool(true)));
        for other in ["", "0", "true", " 1"] {
            assert_eq!(leaf("boolean", other), Ok(Value::Bool(false)), "{other:?}");
        }
    }

    #[test]
    fn a_date_must_exist() {
        assert!(leaf("dateTime.iso8601", "20240229T23:59:59").is_ok());
        for bad in [
            "20230229T00:00:00",
            "2024-02-29T00:00:00",
            "20241301T00:00:00",
            "20240101T24:00:00",
            "",
            "2024é101T00:00:0",
        ] {
            assert!(leaf("dateTime.iso8601", bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn base64_is_text_and_line_breaks_in_it_do_not_matter() {
        assert_eq!(leaf("base64", "w7xi\n ZXI="), Ok(Value::from("über")));
        assert_eq!(leaf("base64", ""), Ok(Value::from("")));
        assert_eq!(leaf("base64", "YQ==YQ=="), Ok(Value::from("a")));
        assert!(leaf("base64", "/w==").is_err());
        assert!(leaf("base64", "YQ").is_err());
    }

    #[test]
    fn an_unknown_element_is_its_text() {
        assert_eq!(leaf("i8", "5"), Ok(Value::from("5")));
        assert_eq!(leaf("nil", ""), Ok(Value::Nil));
    }
}
