//! Texts as Python's `repr` shows them in messages.

use std::fmt::Write as _;

/// `repr(text)`: in single quotes, or in double quotes if it has a single quote and no double one.
#[must_use]
pub fn repr(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut shown = String::with_capacity(text.len() + 2);
    shown.push(quote);
    for c in text.chars() {
        push_escaped(&mut shown, c, quote);
    }
    shown.push(quote);
    shown
}

/// `ascii(text)`: like [`repr`], with everything beyond ASCII escaped.
pub(crate) fn ascii(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + 2);
    for c in repr(text).chars() {
        if c.is_ascii() {
            shown.push(c);
        } else {
            push_code(&mut shown, c);
        }
    }
    shown
}

/// `repr` of a list of texts.
pub(crate) fn repr_list<'a>(items: impl IntoIterator<Item = &'a String>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| repr(item)).collect();
    format!("[{}]", items.join(", "))
}

fn push_escaped(shown: &mut String, c: char, quote: char) {
    match c {
        '\n' => shown.push_str("\\n"),
        '\r' => shown.push_str("\\r"),
        '\t' => shown.push_str("\\t"),
        '\\' => shown.push_str("\\\\"),
        c if c == quote => {
            shown.push('\\');
            shown.push(c);
        }
        c if is_printable(c) => shown.push(c),
        c => push_code(shown, c),
    }
}

fn push_code(shown: &mut String, c: char) {
    let code = u32::from(c);
    // Writing to a String cannot fail.
    let _ = match code {
        0..=0xff => write!(shown, "\\x{code:02x}"),
        0x100..=0xffff => write!(shown, "\\u{code:04x}"),
        _ => write!(shown, "\\U{code:08x}"),
    };
}

/// Controls, blanks other than the space, format characters and private use are not printable. Code points
/// that no version of Unicode has assigned are not told apart.
fn is_printable(c: char) -> bool {
    if c == ' ' {
        return true;
    }
    let format = matches!(u32::from(c),
        0xad | 0x600..=0x605 | 0x61c | 0x6dd | 0x70f | 0x180e | 0x200b..=0x200f | 0x202a..=0x202e
        | 0x2060..=0x206f | 0xfeff | 0xfff0..=0xfffb | 0xfffe..=0xffff
        | 0xe0000..=0xe00ff | 0xe01f0..=0xeffff);
    let private = matches!(u32::from(c), 0xe000..=0xf8ff | 0xf_0000..=0x10_ffff);
    !(c.is_control() || c.is_whitespace() || format || private)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_quoted_as_python_does() {
        assert_eq!(repr("a b"), "'a b'");
        assert_eq!(repr("it's"), "\"it's\"");
        assert_eq!(repr("it's \"so\""), "'it\\'s \"so\"'");
        assert_eq!(repr("tab\tnl\nback\\"), "'tab\\tnl\\nback\\\\'");
        assert_eq!(repr("\0é\u{a0}\u{1f600}\u{200b}"), "'\\x00é\\xa0\u{1f600}\\u200b'");
    }

    #[test]
    fn ascii_escapes_what_repr_keeps() {
        assert_eq!(ascii("é😀"), "'\\xe9\\U0001f600'");
    }
}
