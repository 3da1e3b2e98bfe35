//! XML-RPC values, requests and answers. Independent of the workspace's own codec, which is under test.

use std::collections::BTreeMap;
use std::fmt;

/// A value of a parameter or an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `int`.
    Int(i64),
    /// `boolean`.
    Bool(bool),
    /// `string`.
    Text(String),
    /// `array`.
    Array(Vec<Self>),
    /// `struct`.
    Struct(BTreeMap<String, Self>),
}

/// A fault instead of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// `faultCode`.
    pub code: i64,
    /// `faultString`.
    pub string: String,
}

impl Value {
    /// A member of a struct.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Struct(members) => members.get(name),
            _ => None,
        }
    }

    /// The elements of an array; none of anything else.
    #[must_use]
    pub fn elements(&self) -> &[Self] {
        match self {
            Self::Array(elements) => elements,
            _ => &[],
        }
    }

    /// The text of a string; empty for anything else.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            _ => "",
        }
    }

    /// The number of an int; zero for anything else.
    #[must_use]
    pub const fn number(&self) -> i64 {
        match self {
            Self::Int(number) => *number,
            _ => 0,
        }
    }

    fn encode(&self) -> String {
        let inner = match self {
            Self::Int(number) => format!("<int>{number}</int>"),
            Self::Bool(value) => format!("<boolean>{}</boolean>", i32::from(*value)),
            Self::Text(text) => format!("<string>{}</string>", escape(text)),
            Self::Array(elements) => {
                let data: String = elements.iter().map(Self::encode).collect();
                format!("<array><data>{data}</data></array>")
            }
            Self::Struct(members) => {
                let member = |(name, value): (&String, &Self)| {
                    format!("<member><name>{}</name>{}</member>", escape(name), value.encode())
                };
                format!("<struct>{}</struct>", members.iter().map(member).collect::<String>())
            }
        };
        format!("<value>{inner}</value>")
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl<const N: usize> From<[(&str, Self); N]> for Value {
    fn from(members: [(&str, Self); N]) -> Self {
        Self::Struct(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }
}

impl From<Vec<Self>> for Value {
    fn from(elements: Vec<Self>) -> Self {
        Self::Array(elements)
    }
}

/// As Python prints it, with one member of a struct and one struct of an array per line.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(number) => write!(f, "{number}"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Array(elements) => {
                let nested =
                    elements.iter().any(|element| matches!(element, Self::Struct(_) | Self::Array(_)));
                let texts: Vec<_> = elements.iter().map(ToString::to_string).collect();
                write!(f, "[{}]", texts.join(if nested { ",\n" } else { ", " }))
            }
            Self::Struct(members) => {
                let texts: Vec<_> = members.iter().map(|(name, value)| format!("{name}: {value}")).collect();
                write!(f, "{{{}}}", texts.join("\n "))
            }
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fault {} {}", self.code, self.string)
    }
}

/// The body of a call.
#[must_use]
pub fn encode_call(method: &str, params: &[Value]) -> String {
    let params: String = params.iter().map(|param| format!("<param>{}</param>", param.encode())).collect();
    format!(
        "<?xml version='1.0'?><methodCall><methodName>{}</methodName><params>{params}</params></methodCall>",
        escape(method)
    )
}

/// Reads the body of an answer.
///
/// # Errors
/// The fault, if it is one.
///
/// # Panics
/// When it is no XML-RPC answer.
pub fn decode_answer(body: &str) -> Result<Value, Fault> {
    let mut reader = Reader { rest: body };
    let fault = body.contains("<fault>");
    let start = body.find("<value>").unwrap_or_else(|| panic!("not an XML-RPC answer: {body}"));
    reader.rest = &body[start..];
    let value = reader.value();
    if !fault {
        return Ok(value);
    }
    let code = value.get("faultCode").map_or(0, Value::number);
    Err(Fault { code, string: value.get("faultString").map(Value::text).unwrap_or_default().to_owned() })
}

/// Reads the well-formed XML that servers of this API write.
struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn value(&mut self) -> Value {
        self.expect("<value>");
        let value = match self.tag() {
            Some("int" | "i4") => Value::Int(self.text_until("</").parse().expect("an int is a number")),
            Some("boolean") => Value::Bool(self.text_until("</") == "1"),
            Some("string") => Value::Text(self.text_until("</")),
            Some("string/") => return self.closed(Value::Text(String::new())),
            Some("array") => self.array(),
            Some("struct") => self.members(),
            other => panic!("a value of type {other:?} before {}", self.rest),
        };
        let end = self.rest.find('>').expect("a tag ends");
        self.rest = &self.rest[end + 1..];
        self.closed(value)
    }

    fn closed(&mut self, value: Value) -> Value {
        self.expect("</value>");
        value
    }

    fn array(&mut self) -> Value {
        self.expect("<data>");
        let mut elements = Vec::new();
        while self.rest.trim_start().starts_with("<value>") {
            elements.push(self.value());
        }
        self.expect("</data>");
        self.expect("</");
        Value::Array(elements)
    }

    fn members(&mut self) -> Value {
        let mut members = BTreeMap::new();
        while self.rest.trim_start().starts_with("<member>") {
            self.expect("<member>");
            self.expect("<name>");
            let name = self.text_until("</name>");
            members.insert(name, self.value());
            self.expect("</member>");
        }
        self.expect("</");
        Value::Struct(members)
    }

    fn tag(&mut self) -> Option<&'a str> {
        let (tag, rest) = self.rest.trim_start().strip_prefix('<')?.split_once('>')?;
        self.rest = rest;
        Some(tag)
    }

    fn text_until(&mut self, end: &str) -> String {
        let (text, rest) = self.rest.split_once(end).unwrap_or_else(|| panic!("no {end} in {}", self.rest));
        self.rest = rest;
        unescape(text)
    }

    fn expect(&mut self, text: &str) {
        let rest = self.rest.trim_start();
        self.rest = rest.strip_prefix(text).unwrap_or_else(|| panic!("expected {text} before {rest}"));
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn unescape(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'");
    text.replace("&#13;", "\r").replace("&#xD;", "\r").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::{Value, decode_answer, encode_call};

    #[test]
    fn an_answer_with_nested_values_is_read() {
        let body = "<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value><array><data>\n\
            <value><struct>\n<member>\n<name>a</name>\n<value><int>1</int></value>\n</member>\n</struct></value>\n\
            <value><string>x &lt; y</string></value>\n<value><boolean>1</boolean></value>\n</data></array></value>\n\
            </param>\n</params>\n</methodResponse>\n";
        let expected =
            Value::Array(vec![Value::from([("a", Value::Int(1))]), Value::from("x < y"), Value::Bool(true)]);
        assert_eq!(decode_answer(body), Ok(expected));
    }

    #[test]
    fn a_fault_is_read_and_a_call_is_written_with_its_text_escaped() {
        let body = "<methodResponse><fault><value><struct><member><name>faultCode</name><value><int>10</int></value>\
            </member><member><name>faultString</name><value><string>BAD_NAME: a</string></value></member></struct>\
            </value></fault></methodResponse>";
        assert_eq!(
            decode_answer(body).map_err(|fault| fault.to_string()),
            Err("fault 10 BAD_NAME: a".to_owned())
        );
        assert!(encode_call("a.b", &["<&".into()]).contains("<string>&lt;&amp;</string>"));
    }
}
