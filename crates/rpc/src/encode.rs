//! Values to XML, in exactly the layout that Supervisor's answers have.

use std::fmt::Write;

use crate::fault::FaultValue;
use crate::value::Value;

/// The largest number that `<int>` may carry.
pub const MAX_INT: i64 = i32::MAX as i64;
/// The smallest number that `<int>` may carry.
pub const MIN_INT: i64 = i32::MIN as i64;

/// The body of an answer.
#[must_use]
pub fn response(outcome: &Result<Value, FaultValue>) -> String {
    let mut xml = String::from("<?xml version='1.0'?>\n<methodResponse>\n");
    match outcome {
        Ok(value) => {
            xml.push_str("<params>\n<param>\n");
            write_value(&mut xml, value);
            xml.push_str("</param>\n</params>\n");
        }
        Err(fault) => {
            xml.push_str("<fault>\n");
            write_value(&mut xml, &fault.to_value());
            xml.push_str("</fault>\n");
        }
    }
    xml.push_str("</methodResponse>\n");
    xml
}

/// The body of a call.
#[must_use]
pub fn call(method: &str, params: &[Value]) -> String {
    let mut xml = String::from("<?xml version='1.0'?>\n<methodCall>\n<methodName>");
    escape(&mut xml, method);
    xml.push_str("</methodName>\n<params>\n");
    for value in params {
        xml.push_str("<param>\n");
        write_value(&mut xml, value);
        xml.push_str("</param>\n");
    }
    xml.push_str("</params>\n</methodCall>\n");
    xml
}

fn write_value(xml: &mut String, value: &Value) {
    xml.push_str("<value>");
    match value {
        // Differs: integers-are-capped
        Value::Int(number) => tagged(xml, "int", (*number).clamp(MIN_INT, MAX_INT)),
        Value::Bool(flag) => tagged(xml, "boolean", u8::from(*flag)),
        Value::Double(number) => tagged(xml, "double", number),
        Value::String(text) => text_element(xml, "string", text),
        Value::DateTime(text) => text_element(xml, "dateTime.iso8601", text),
        Value::Array(items) => {
            xml.push_str("<array><data>\n");
            for item in items {
                write_value(xml, item);
            }
            xml.push_str("</data></array>");
        }
        Value::Struct(members) => {
            xml.push_str("<struct>\n");
            for (name, value) in members {
                xml.push_str("<member>\n");
                text_element(xml, "name", name);
                xml.push('\n');
                write_value(xml, value);
                xml.push_str("</member>\n");
            }
            xml.push_str("</struct>");
        }
        Value::Nil => xml.push_str("<nil/>"),
    }
    xml.push_str("</value>\n");
}

fn tagged(xml: &mut String, tag: &str, content: impl std::fmt::Display) {
    // Writing to a String cannot fail.
    let _ = write!(xml, "<{tag}>{content}</{tag}>");
}

fn text_element(xml: &mut String, tag: &str, text: &str) {
    let _ = write!(xml, "<{tag}>");
    escape(xml, text);
    let _ = write!(xml, "</{tag}>");
}

/// Appends `text` so that any XML parser gives it back, apart from characters that XML cannot carry.
fn escape(xml: &mut String, text: &str) {
    let mut plain_from = 0;
    for (index, character) in text.char_indices() {
        let replacement = match character {
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            // Differs: carriage-return
            '\r' => "&#13;",
            // Differs: control-characters
            forbidden if !is_xml(forbidden) => "\u{fffd}",
            _ => continue,
        };
        xml.push_str(&text[plain_from..index]);
        xml.push_str(replacement);
        plain_from = index + character.len_utf8();
    }
    xml.push_str(&text[plain_from..]);
}

/// Whether XML 1.0 can carry the character.
pub(crate) fn is_xml(character: char) -> bool {
    match character {
        '\t' | '\n' | '\r' => true,
        '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_has_the_layout_of_the_reference() {
        assert_eq!(
            response(&Ok(Value::from("3.0"))),
            "<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value><string>3.0</string></value>\n\
             </param>\n</params>\n</methodResponse>\n"
        );
    }

    #[test]
    fn a_fault_has_the_layout_of_the_reference() {
        let fault = FaultValue { code: 1, text: "UNKNOWN_METHOD".into() };
        assert_eq!(
            response(&Err(fault)),
            "<?xml version='1.0'?>\n<methodResponse>\n<fault>\n<value><struct>\n<member>\n<name>faultCode</name>\n\
             <value><int>1</int></value>\n</member>\n<member>\n<name>faultString</name>\n\
             <value><string>UNKNOWN_METHOD</string></value>\n</member>\n</struct></value>\n</fault>\n\
             </methodResponse>\n"
        );
    }

    #[test]
    fn a_call_without_parameters_has_empty_params() {
        assert_eq!(
            call("supervisor.getVersion", &[]),
            "<?xml version='1.0'?>\n<methodCall>\n<methodName>supervisor.getVersion</methodName>\n<params>\n\
             </params>\n</methodCall>\n"
        );
    }

    #[test]
    fn an_array_has_each_value_on_its_own_line() {
        let xml = response(&Ok(Value::from(vec![1, 2])));
        assert!(
            xml.contains(
                "<value><array><data>\n<value><int>1</int></value>\n<value><int>2</int></value>\n</data></array></value>\n"
            ),
            "{xml}"
        );
    }

    #[test]
    fn characters_that_xml_cannot_carry_are_replaced() {
        let xml = response(&Ok(Value::from("a\u{1b}[0m\r\n<&>\u{ffff}\tü")));
        assert!(xml.contains("<string>a\u{fffd}[0m&#13;\n&lt;&amp;&gt;\u{fffd}\tü</string>"), "{xml}");
    }

    #[test]
    fn numbers_beyond_31_bits_are_capped() {
        assert!(response(&Ok(Value::Int(4 << 30))).contains("<int>2147483647</int>"));
        assert!(response(&Ok(Value::Int(i64::MIN))).contains("<int>-2147483648</int>"));
    }
}
