//! Numbers and truth values.

use super::{Advice, Described, ValueType};
use crate::machine::Machine;
use crate::python::number::{integer, octal};
use crate::python::repr::repr;
use crate::spelling::did_you_mean;

/// A whole number.
#[derive(Debug)]
pub struct Integer;

impl Described for Integer {
    const FORM: &'static str = "a whole number";
}

impl ValueType for Integer {
    type Value = i64;

    fn parse(text: &str, _: &Machine<'_>) -> Result<i64, String> {
        integer(text)
    }

    fn advice(text: &str) -> Advice {
        let digits = text.trim_end_matches(|c: char| c.is_alphabetic() || c == ' ');
        let is_number = digits != text && integer(digits).is_ok();
        Advice::hint(is_number.then(|| format!("did you mean `{digits}`? There are no units here")))
    }
}

/// A number of bytes, perhaps with `KB`, `MB` or `GB`, in any case: 1024 to the power of 1, 2 or 3.
#[derive(Debug)]
pub struct ByteSize;

impl Described for ByteSize {
    const FORM: &'static str = "a number of bytes, or of KB, MB or GB";
}

impl ValueType for ByteSize {
    type Value = i64;

    fn parse(text: &str, _: &Machine<'_>) -> Result<i64, String> {
        let text = text.to_lowercase();
        let units = [("kb", 1_i64 << 10), ("mb", 1 << 20), ("gb", 1 << 30)];
        let suffixed = units.iter().find_map(|(suffix, bytes)| Some((text.strip_suffix(suffix)?, *bytes)));
        let (number, bytes) = suffixed.unwrap_or((&text, 1));
        Ok(integer(number)?.saturating_mul(bytes))
    }

    fn advice(text: &str) -> Advice {
        let unit = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
        let digits = text[..text.len() - unit.len()].trim_end();
        let meant = match unit.to_lowercase().as_str() {
            _ if digits.is_empty() => None,
            "k" | "kib" => Some("KB"),
            "m" | "mib" => Some("MB"),
            "g" | "gib" => Some("GB"),
            "b" | "bytes" => Some(""),
            _ => None,
        };
        Advice::hint(meant.map(|unit| format!("did you mean `{digits}{unit}`?")))
    }
}

/// A number in octal digits: a file mode or mask.
#[derive(Debug)]
pub struct Octal;

impl Described for Octal {
    const FORM: &'static str = "an octal number";
}

impl ValueType for Octal {
    type Value = u32;

    // Differs: negative-modes
    fn parse(text: &str, _: &Machine<'_>) -> Result<u32, String> {
        octal(text)
            .and_then(|value| u32::try_from(value).ok())
            .ok_or_else(|| format!("{text} can not be converted to an octal type"))
    }
}

/// A truth value.
#[derive(Debug)]
pub struct Boolean;

impl Described for Boolean {
    const FORM: &'static str = "true, yes, on, 1, or false, no, off, 0";
}

impl ValueType for Boolean {
    type Value = bool;

    fn parse(text: &str, _: &Machine<'_>) -> Result<bool, String> {
        truth(text).ok_or_else(|| format!("not a valid boolean value: {}", repr(text)))
    }

    fn advice(text: &str) -> Advice {
        Advice::hint(did_you_mean(text, ["true", "false", "yes", "no", "on", "off"]))
    }
}

/// What a word says about truth, if anything.
pub(super) fn truth(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "yes" | "true" | "on" | "1" => Some(true),
        "no" | "false" | "off" | "0" => Some(false),
        _ => None,
    }
}
