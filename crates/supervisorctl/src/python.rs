//! Texts as Python's `repr` shows them, where messages do.

use supervisor_rpc::fault::FaultValue;

/// A text in quotes, with escapes for what cannot be seen.
pub(crate) fn repr(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut shown = String::from(quote);
    for character in text.chars() {
        match character {
            '\\' => shown.push_str("\\\\"),
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            _ if character == quote => {
                shown.push('\\');
                shown.push(character);
            }
            _ if character.is_control() => shown.push_str(&format!("\\x{:02x}", u32::from(character))),
            _ => shown.push(character),
        }
    }
    shown.push(quote);
    shown
}

/// Like `<Fault 10: 'BAD_NAME: x'>`.
pub(crate) fn fault(fault: &FaultValue) -> String {
    format!("<Fault {}: {}>", fault.code, repr(&fault.text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_chosen_as_python_does() {
        assert_eq!(repr("foo"), "'foo'");
        assert_eq!(repr("it's"), "\"it's\"");
        assert_eq!(repr("it's \"x\""), "'it\\'s \"x\"'");
        assert_eq!(repr("a\n\u{1b}ü"), "'a\\n\\x1bü'");
    }

    #[test]
    fn a_fault_shows_its_code_and_text() {
        let text = FaultValue { code: 6, text: "SHUTDOWN_STATE".into() };
        assert_eq!(fault(&text), "<Fault 6: 'SHUTDOWN_STATE'>");
    }
}
