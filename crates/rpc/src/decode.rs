//! XML to calls and answers.

use std::fmt;

use crate::document::{Characters, Document};
pub use crate::document::{MAX_ELEMENT_DEPTH, MAX_VALUE_DEPTH};
use crate::fault::FaultValue;
use crate::value::Value;

/// A call as it came in: nothing about it has been checked.
#[derive(Clone, Debug, PartialEq)]
pub struct MethodCall {
    /// `namespace.method`, never empty.
    pub method: String,
    /// The parameters.
    pub params: Vec<Value>,
}

/// Why a body is not a call (or not an answer).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// The bytes are not UTF-8.
    NotUtf8,
    /// The text is not XML.
    Malformed(&'static str),
    /// There is a document type definition, which is never needed and can be a bomb.
    DocumentType,
    /// Values are nested deeper than [`MAX_VALUE_DEPTH`].
    TooDeep,
    /// An element has a content that it cannot have.
    Value(&'static str),
    /// A call does not say what is called.
    NoMethod,
    /// An answer has neither a value nor a fault.
    NoAnswer,
}

impl DecodeError {
    /// What the daemon's log says of it after `XML-RPC request data … is invalid: `.
    #[must_use]
    pub fn complaint(&self) -> &'static str {
        match self {
            Self::NoMethod => "no method name",
            _ => "unmarshallable",
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotUtf8 => f.write_str("not UTF-8"),
            Self::Malformed(why) => write!(f, "malformed XML: {why}"),
            Self::DocumentType => f.write_str("document type definitions are refused"),
            Self::TooDeep => write!(f, "values are nested more than {MAX_VALUE_DEPTH} deep"),
            Self::Value(why) => f.write_str(why),
            Self::NoMethod => f.write_str("no method name"),
            Self::NoAnswer => f.write_str("neither a value nor a fault"),
        }
    }
}

impl std::error::Error for DecodeError {}

/// Reads the body of a call.
///
/// # Errors
/// If it is not well-formed XML, has a document type definition, is nested too deeply, has a value that
/// cannot be read, or names no method.
pub fn call(xml: &[u8]) -> Result<MethodCall, DecodeError> {
    let document = Document::read(xml, Characters::Xml)?;
    let method = document.method.filter(|method| !method.is_empty()).ok_or(DecodeError::NoMethod)?;
    Ok(MethodCall { method, params: document.params.unwrap_or_default() })
}

/// Reads the body of an answer: the value, or the fault. Control characters in it are let through.
///
/// # Errors
/// If it is not XML, is nested too deeply, has a value that cannot be read, or answers nothing.
pub fn response(xml: &[u8]) -> Result<Result<Value, FaultValue>, DecodeError> {
    let document = Document::read(xml, Characters::Any)?;
    if let Some(fault) = document.fault {
        return FaultValue::from_value(&fault).map(Err).ok_or(DecodeError::NoAnswer);
    }
    let value = document.params.and_then(|params| params.into_iter().next());
    value.map(Ok).ok_or(DecodeError::NoAnswer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(xml: &str) -> Result<Vec<Value>, DecodeError> {
        let body = format!("<methodCall><methodName>m</methodName><params>{xml}</params></methodCall>");
        call(body.as_bytes()).map(|call| call.params)
    }

    fn value(xml: &str) -> Result<Value, DecodeError> {
        params(&format!("<param><value>{xml}</value></param>")).map(|mut params| params.remove(0))
    }

    #[test]
    fn a_call_may_lack_params() {
        let body = b"<?xml version='1.0' encoding='latin-1'?>\n<methodCall><methodName>a.b</methodName></methodCall>\n";
        assert_eq!(call(body), Ok(MethodCall { method: "a.b".into(), params: vec![] }));
    }

    #[test]
    fn bare_text_is_a_string_with_its_blanks() {
        assert_eq!(value(" x "), Ok(Value::from(" x ")));
        assert_eq!(value(""), Ok(Value::from("")));
        assert_eq!(value("<string/>"), Ok(Value::from("")));
        assert_eq!(value(" <int>1</int> "), Ok(Value::Int(1)));
        assert_eq!(value("<nil/>"), Ok(Value::Nil));
        assert_eq!(value("<i8>5</i8>"), Ok(Value::from("5")));
    }

    #[test]
    fn references_cdata_and_comments_make_one_text() {
        assert_eq!(value("a&lt;&#x62;<!-- no --><![CDATA[<c>]]>&amp;"), Ok(Value::from("a<b<c>&")));
        assert_eq!(value("a\r\nb&#13;"), Ok(Value::from("a\nb\r")));
    }

    #[test]
    fn arrays_and_structs_nest_freely() {
        assert_eq!(
            value(
                "<array><data><value>a</value><value><struct><member><name>k</name><value><array><data/></array>\
                 </value></member></struct></value></data></array>"
            ),
            Ok(Value::Array(vec![Value::from("a"), Value::Struct(vec![("k".into(), Value::Array(vec![]))])]))
        );
    }

    #[test]
    fn what_cannot_be_read_is_an_error() {
        for bad in ["<int>x</int>", "<array/>", "<struct><member/></struct>", "<base64>/w==</base64>"] {
            assert!(matches!(value(bad), Err(DecodeError::Value(_))), "{bad}");
        }
    }

    #[test]
    fn what_is_not_xml_is_an_error() {
        let bodies: &[&[u8]] = &[
            b"",
            b"x",
            b"<a>",
            b"<a></b>",
            b"<a/><b/>",
            b"<a>&nope;</a>",
            b"<a>&</a>",
            b"<a>\x1b</a>",
            b"<a>&#27;</a>",
            b"<a>&#0;</a>",
            b"<a b=c></a>",
            b"<1/>",
            b"< a/>",
            b"<a/>x",
            b" <?xml version='1.0'?><a/>",
            b"<a>]]></a>",
            b"\xff<a/>",
        ];
        for body in bodies {
            let error = call(body).unwrap_err();
            assert_ne!(error, DecodeError::NoMethod, "{}", String::from_utf8_lossy(body));
            assert_eq!(error.complaint(), "unmarshallable");
        }
    }

    #[test]
    fn a_call_of_nothing_is_an_error() {
        for body in ["<methodCall/>", "<methodCall><methodName/></methodCall>", "<a/>"] {
            assert_eq!(call(body.as_bytes()), Err(DecodeError::NoMethod), "{body}");
        }
        assert_eq!(DecodeError::NoMethod.complaint(), "no method name");
    }

    #[test]
    fn a_document_type_is_refused() {
        let bomb = "<!DOCTYPE a [<!ENTITY b 'c'>]><methodCall><methodName>&b;</methodName></methodCall>";
        assert_eq!(call(bomb.as_bytes()), Err(DecodeError::DocumentType));
    }

    #[test]
    fn nesting_has_a_limit() {
        let nested = |depth: usize| {
            value(&format!(
                "{}{}",
                "<array><data><value>".repeat(depth),
                "</value></data></array>".repeat(depth)
            ))
        };
        assert!(nested(MAX_VALUE_DEPTH - 1).is_ok());
        assert_eq!(nested(MAX_VALUE_DEPTH), Err(DecodeError::TooDeep));
        let data = value(&format!("{}{}", "<data>".repeat(100_000), "</data>".repeat(100_000)));
        assert_eq!(data, Err(DecodeError::TooDeep));
    }

    #[test]
    fn an_answer_may_have_control_characters() {
        let body = b"<methodResponse><params><param><value><string>\x1b[0m</string></value></param></params></methodResponse>";
        assert_eq!(response(body), Ok(Ok(Value::from("\u{1b}[0m"))));
    }

    #[test]
    fn an_answer_is_a_value_or_a_fault() {
        let fault = FaultValue { code: 10, text: "BAD_NAME: x".into() };
        for outcome in [Ok(Value::Bool(true)), Err(fault)] {
            assert_eq!(response(crate::encode::response(&outcome).as_bytes()), Ok(outcome));
        }
        assert_eq!(response(b"<methodResponse/>"), Err(DecodeError::NoAnswer));
    }
}
