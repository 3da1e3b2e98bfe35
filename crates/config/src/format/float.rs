//! `%e`, `%f` and `%g` of whole numbers: nobody needs them, but a configuration may hold them.

/// Writes a number the way Python's `%` does. `alternate` is the flag `#`: keep the point and trailing zeros.
pub(super) fn write(kind: char, number: u64, precision: usize, alternate: bool) -> String {
    let text = match kind.to_ascii_lowercase() {
        'f' => fixed(number, precision, alternate),
        'e' => exponential(number, precision, alternate),
        _ => general(number, precision.max(1), alternate),
    };
    if kind.is_ascii_uppercase() { text.to_uppercase() } else { text }
}

// Python converts to a double first; so do these.
fn double(number: u64) -> f64 {
    number as f64
}

fn fixed(number: u64, precision: usize, alternate: bool) -> String {
    let point = if alternate && precision == 0 { "." } else { "" };
    format!("{:.precision$}{point}", double(number))
}

fn exponential(number: u64, precision: usize, alternate: bool) -> String {
    let written = format!("{:.precision$e}", double(number));
    let (digits, exponent) = written.split_once('e').unwrap_or((&written, "0"));
    let point = if alternate && precision == 0 { "." } else { "" };
    format!("{digits}{point}e+{exponent:0>2}")
}

fn general(number: u64, precision: usize, alternate: bool) -> String {
    let written = format!("{:.*e}", precision - 1, double(number));
    let exponent: usize =
        written.split_once('e').and_then(|(_, exponent)| exponent.parse().ok()).unwrap_or(0);
    let text = if exponent < precision {
        fixed(number, precision - 1 - exponent, alternate)
    } else {
        exponential(number, precision - 1, alternate)
    };
    if alternate { text } else { without_trailing_zeros(&text) }
}

fn without_trailing_zeros(text: &str) -> String {
    let (digits, exponent) = match text.find('e') {
        Some(index) => text.split_at(index),
        None => (text, ""),
    };
    if !digits.contains('.') {
        return text.to_owned();
    }
    format!("{}{exponent}", digits.trim_end_matches('0').trim_end_matches('.'))
}
