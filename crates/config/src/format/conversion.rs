//! One conversion: a value, a width, a precision, and how to write it.

use super::float;
use crate::python::repr::{ascii, repr};
use crate::scope::Variable;

/// What stands between the percent sign and the letter.
#[derive(Clone, Debug, Default)]
pub(super) struct Conversion {
    left: bool,
    plus: bool,
    blank: bool,
    alternate: bool,
    zero: bool,
    width: usize,
    pub(super) precision: Option<usize>,
}

/// A converted value before it is filled up to its width.
struct Body {
    sign: &'static str,
    prefix: &'static str,
    text: String,
    /// Zeros may fill it, between prefix and text.
    numeric: bool,
}

/// Converted text, or why the value cannot be converted; `None` if there is no such conversion.
type Outcome = Option<Result<String, String>>;

/// A conversion without a name would show the whole table of variables, the environment included. The
/// reference shows it for `%s`, `%r` and `%a`.
// Differs: bare-conversions
pub(super) fn refuse_mapping(kind: char) -> Outcome {
    let reason = match kind {
        's' | 'r' | 'a' => {
            format!("a name in parentheses is required after %; write %%{kind} for a plain %{kind}")
        }
        _ => refusal(kind, "dict")?,
    };
    Some(Err(reason))
}

/// Python's complaint about a value of the wrong type; `None` if there is no such conversion.
fn refusal(kind: char, found: &str) -> Option<String> {
    Some(match kind {
        'd' | 'i' | 'u' => format!("%{kind} format: a real number is required, not {found}"),
        'o' | 'x' | 'X' => format!("%{kind} format: an integer is required, not {found}"),
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' => format!("must be real number, not {found}"),
        'c' => "%c requires int or char".to_owned(),
        _ => return None,
    })
}

impl Conversion {
    pub(super) fn set_flag(&mut self, flag: char) {
        match flag {
            '-' => self.left = true,
            '+' => self.plus = true,
            ' ' => self.blank = true,
            '#' => self.alternate = true,
            _ => self.zero = true,
        }
    }

    /// A negative width, which only a star can give, means left.
    pub(super) fn set_width(&mut self, width: i64) {
        self.left |= width < 0;
        self.width = usize::try_from(width.unsigned_abs()).unwrap_or(0);
    }

    pub(super) fn convert(&self, kind: char, value: &Variable) -> Outcome {
        let body = match (kind, value) {
            ('s', Variable::Text(text)) => self.text(text.clone()),
            ('r', Variable::Text(text)) => self.text(repr(text)),
            ('a', Variable::Text(text)) => self.text(ascii(text)),
            ('s' | 'r' | 'a', Variable::Number(number)) => self.text(number.to_string()),
            ('c', value) => match character(value) {
                Ok(c) => Body { sign: "", prefix: "", text: c.to_string(), numeric: false },
                Err(reason) => return Some(Err(reason)),
            },
            ('d' | 'i' | 'u' | 'o' | 'x' | 'X', Variable::Number(number)) => self.integer(kind, *number),
            ('e' | 'E' | 'f' | 'F' | 'g' | 'G', Variable::Number(number)) => self.real(kind, *number),
            (kind, Variable::Text(_)) => return Some(Err(refusal(kind, "str")?)),
            (_, Variable::Number(_)) => return None,
        };
        Some(Ok(self.fill(&body)))
    }

    fn text(&self, text: String) -> Body {
        let text = match self.precision {
            Some(precision) => text.chars().take(precision).collect(),
            None => text,
        };
        Body { sign: "", prefix: "", text, numeric: false }
    }

    fn integer(&self, kind: char, number: i64) -> Body {
        let magnitude = number.unsigned_abs();
        let (prefix, digits) = match kind {
            'o' => ("0o", format!("{magnitude:o}")),
            'x' => ("0x", format!("{magnitude:x}")),
            'X' => ("0X", format!("{magnitude:X}")),
            _ => ("", magnitude.to_string()),
        };
        let text = format!("{digits:0>width$}", width = self.precision.unwrap_or(0));
        let prefix = if self.alternate { prefix } else { "" };
        Body { sign: self.sign(number < 0), prefix, text, numeric: true }
    }

    fn real(&self, kind: char, number: i64) -> Body {
        let precision = self.precision.unwrap_or(6);
        let text = float::write(kind, number.unsigned_abs(), precision, self.alternate);
        Body { sign: self.sign(number < 0), prefix: "", text, numeric: true }
    }

    fn sign(&self, negative: bool) -> &'static str {
        match (negative, self.plus, self.blank) {
            (true, _, _) => "-",
            (false, true, _) => "+",
            (false, false, true) => " ",
            (false, false, false) => "",
        }
    }

    fn fill(&self, body: &Body) -> String {
        let Body { sign, prefix, text, numeric } = body;
        let length = sign.len() + prefix.len() + text.chars().count();
        let missing = self.width.saturating_sub(length);
        if self.left {
            format!("{sign}{prefix}{text}{}", " ".repeat(missing))
        } else if self.zero && *numeric {
            format!("{sign}{prefix}{}{text}", "0".repeat(missing))
        } else {
            format!("{}{sign}{prefix}{text}", " ".repeat(missing))
        }
    }
}

fn character(value: &Variable) -> Result<char, String> {
    match value {
        Variable::Text(text) => {
            let mut chars = text.chars();
            match (chars.next(), chars.next()) {
                (Some(c), None) => Ok(c),
                _ => Err("%c requires int or char".to_owned()),
            }
        }
        Variable::Number(number) => u32::try_from(*number)
            .ok()
            .and_then(char::from_u32)
            .ok_or_else(|| "%c arg not in range(0x110000)".to_owned()),
    }
}
