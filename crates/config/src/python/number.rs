//! Numbers as Python's `int` reads them.

use super::repr::repr;
use super::space::strip;

/// `int(text)`: blanks around, a sign, decimal digits of any script with single underscores between them.
/// Python's numbers have no limit; here one beyond the range becomes the nearest of the range.
///
/// # Errors
/// Python's message.
// Differs: numbers-of-64-bits
pub(crate) fn integer(text: &str) -> Result<i64, String> {
    digits(text, 10).ok_or_else(|| format!("invalid literal for int() with base 10: {}", repr(text)))
}

/// `int(text, 8)`: as [`integer`], octal digits, with or without the prefix `0o`.
pub(crate) fn octal(text: &str) -> Option<i64> {
    digits(text, 8)
}

fn digits(text: &str, radix: u32) -> Option<i64> {
    let text = strip(text);
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let text = match radix {
        8 => octal_digits(text),
        _ => text,
    };
    if text.is_empty() || text.starts_with('_') || text.ends_with('_') || text.contains("__") {
        return None;
    }
    let mut value: i64 = 0;
    for c in text.chars().filter(|&c| c != '_') {
        let digit = i64::from(digit(c)?.to_digit(radix)?);
        let shifted = value.saturating_mul(i64::from(radix));
        value = if negative { shifted.saturating_sub(digit) } else { shifted.saturating_add(digit) };
    }
    Some(value)
}

/// The ASCII digit that a decimal digit of any script stands for. Letters stay what they are.
fn digit(c: char) -> Option<char> {
    if c.is_ascii() {
        return Some(c);
    }
    let code = u32::from(c);
    let zero = ZEROS[..ZEROS.partition_point(|&zero| zero <= code)].last()?;
    char::from_digit(code - zero, 10)
}

/// The zeros of Unicode's scripts beyond ASCII; the other nine digits of each follow it.
const ZEROS: [u32; 65] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0,
    0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50,
    0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30, 0x11066, 0x110f0,
    0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50,
    0x11d50, 0x11da0, 0x16a60, 0x16ac0, 0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140,
    0x1e2f0, 0x1e950, 0x1fbf0,
];

/// Takes the prefix `0o` off, after which Python allows one underscore.
fn octal_digits(text: &str) -> &str {
    match text.strip_prefix("0o").or_else(|| text.strip_prefix("0O")) {
        Some(rest) => rest.strip_prefix('_').unwrap_or(rest),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn python_s_spellings_are_numbers() {
        for (text, value) in [("1", 1), (" 12\t", 12), ("+3", 3), ("-4", -4), ("1_000", 1000), ("007", 7)] {
            assert_eq!(integer(text), Ok(value), "{text:?}");
        }
        assert_eq!(integer("99999999999999999999"), Ok(i64::MAX));
        assert_eq!(integer("-9223372036854775808"), Ok(i64::MIN));
        assert_eq!(integer("\u{661}\u{ff12}"), Ok(12));
    }

    #[test]
    fn everything_else_is_refused_with_python_s_words() {
        for text in
            ["", " ", "0x10", "1.5", "1__0", "_1", "1_", "- 1", "--1", "1 2", "\u{b2}", "\u{66a}", "é"]
        {
            let message = format!("invalid literal for int() with base 10: '{text}'");
            assert_eq!(integer(text), Err(message), "{text:?}");
        }
    }

    #[test]
    fn octal_numbers_may_have_their_prefix() {
        for (text, value) in [("022", 0o22), ("22", 0o22), ("0o22", 0o22), ("0O_22", 0o22), (" 7 ", 7)] {
            assert_eq!(octal(text), Some(value), "{text:?}");
        }
        for text in ["9", "", "0o", "0x7", "o7"] {
            assert_eq!(octal(text), None, "{text:?}");
        }
    }
}
