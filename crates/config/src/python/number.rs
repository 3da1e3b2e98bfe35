//! Numbers as Python's `int` reads them.

use super::repr::repr;
use super::space::strip;

/// `int(text)`: blanks around, a sign, decimal digits with single underscores between them. Python's numbers
/// have no limit; here one beyond the range becomes the nearest of the range.
///
/// # Errors
/// Python's message.
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
        let digit = i64::from(c.to_digit(radix)?);
        value = value.saturating_mul(i64::from(radix)).saturating_add(digit);
    }
    Some(if negative { -value } else { value })
}

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
    }

    #[test]
    fn everything_else_is_refused_with_python_s_words() {
        for text in ["", " ", "0x10", "1.5", "1__0", "_1", "1_", "- 1", "--1", "1 2"] {
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
