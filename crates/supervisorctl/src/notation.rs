//! Values as Python writes them, in lines of at most 80 characters where that can be had.

use supervisor_config::python::repr::repr;
use supervisor_rpc::value::Value;

const WIDTH: usize = 80;

/// The value, in one or more lines.
pub(crate) fn in_lines(value: &Value) -> String {
    let mut text = String::new();
    Place { column: 0, after: 0, is_nested: false }.write(&mut text, value);
    text
}

/// Where a value is written.
#[derive(Clone, Copy)]
struct Place {
    column: usize,
    /// How many characters must follow the value in its last line.
    after: usize,
    /// It is part of another value.
    is_nested: bool,
}

impl Place {
    fn inside(column: usize, after: usize) -> Self {
        Self { column, after, is_nested: true }
    }

    fn write(self, text: &mut String, value: &Value) {
        let line = in_one_line(value);
        if width(&line) + self.column + self.after <= WIDTH {
            text.push_str(&line);
            return;
        }
        match value {
            Value::Array(items) => self.list(text, items),
            Value::Struct(members) => self.dictionary(text, members),
            Value::String(long) => self.string(text, long),
            _ => text.push_str(&line),
        }
    }

    fn list(self, text: &mut String, items: &[Value]) {
        text.push('[');
        for (index, item) in items.iter().enumerate() {
            let after = self.between(text, index, items.len());
            Self::inside(self.column + 1, after).write(text, item);
        }
        text.push(']');
    }

    fn dictionary(self, text: &mut String, members: &[(String, Value)]) {
        let members = sorted(members);
        text.push('{');
        for (index, (name, value)) in members.iter().enumerate() {
            let after = self.between(text, index, members.len());
            let name = format!("{}: ", repr(name));
            text.push_str(&name);
            Self::inside(self.column + 1 + width(&name), after).write(text, value);
        }
        text.push('}');
    }

    /// Begins the line of an item; how many characters must follow it.
    fn between(self, text: &mut String, index: usize, count: usize) -> usize {
        if index > 0 {
            text.push_str(&format!(",\n{}", " ".repeat(self.column + 1)));
        }
        if index + 1 == count { self.after + 1 } else { 1 }
    }

    /// A long text becomes several, which Python joins. Only one that stands alone needs parentheses for that.
    fn string(self, text: &mut String, long: &str) {
        let parenthesis = usize::from(!self.is_nested);
        let column = self.column + parenthesis;
        let pieces = pieces(long, WIDTH.saturating_sub(column), self.after + parenthesis);
        let written: Vec<String> = pieces.iter().map(|piece| repr(piece)).collect();
        let joined = written.join(&format!("\n{}", " ".repeat(column)));
        if self.is_nested || written.len() == 1 {
            text.push_str(&joined);
        } else {
            text.push_str(&format!("({joined})"));
        }
    }
}

/// A text cut after its lines, and these between words, so that each piece fits if it can. After the last one
/// there is less room.
fn pieces(text: &str, room: usize, after: usize) -> Vec<String> {
    let mut pieces = Vec::new();
    let lines = lines(text);
    for (number, line) in lines.iter().enumerate() {
        let is_last_line = number + 1 == lines.len();
        let whole = if is_last_line { room.saturating_sub(after) } else { room };
        if width(&repr(line)) <= whole {
            pieces.push((*line).to_owned());
            continue;
        }
        let words = words(line);
        let mut piece = String::new();
        for (index, word) in words.iter().enumerate() {
            let room = if index + 1 == words.len() { whole } else { room };
            let longer = format!("{piece}{word}");
            if width(&repr(&longer)) <= room {
                piece = longer;
            } else {
                pieces.extend((!piece.is_empty()).then_some(piece));
                piece = (*word).to_owned();
            }
        }
        pieces.extend((!piece.is_empty()).then_some(piece));
    }
    pieces
}

/// Lines with their ends, for what Python takes as such.
fn lines(text: &str) -> Vec<&str> {
    let is_end = |c: char| {
        matches!(c, '\n' | '\r' | '\x0b' | '\x0c' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}')
    };
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(is_end) {
        let end = if rest[at..].starts_with("\r\n") {
            2
        } else {
            rest[at..].chars().next().map_or(1, char::len_utf8)
        };
        let (line, after) = rest.split_at(at + end);
        lines.push(line);
        rest = after;
    }
    if !rest.is_empty() {
        lines.push(rest);
    }
    lines
}

/// Words, each with the blanks after it.
fn words(line: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = line;
    while !rest.is_empty() {
        let blank = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let end = rest[blank..].find(|c: char| !c.is_whitespace()).map_or(rest.len(), |count| blank + count);
        let (word, after) = rest.split_at(end);
        words.push(word);
        rest = after;
    }
    words
}

fn in_one_line(value: &Value) -> String {
    match value {
        Value::Int(number) => number.to_string(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::String(text) => repr(text),
        Value::Double(number) => float(*number),
        Value::DateTime(text) => format!("<DateTime {}>", repr(text)),
        Value::Nil => "None".to_owned(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(in_one_line).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Struct(members) => {
            let members = sorted(members);
            let member = |(name, value): &(&str, &Value)| format!("{}: {}", repr(name), in_one_line(value));
            format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(", "))
        }
    }
}

/// Members by name; of those with one name, the last.
fn sorted(members: &[(String, Value)]) -> Vec<(&str, &Value)> {
    let members: std::collections::BTreeMap<&str, &Value> =
        members.iter().map(|(name, value)| (name.as_str(), value)).collect();
    members.into_iter().collect()
}

/// Small and large numbers have an exponent of at least two digits with a sign.
fn float(number: f64) -> String {
    let size = number.abs();
    if !number.is_finite() {
        return number.to_string().to_lowercase();
    }
    if size == 0.0 || (1e-4..1e16).contains(&size) {
        return format!("{number:?}");
    }
    let written = format!("{number:e}");
    let (digits, exponent) = written.split_once('e').unwrap_or((&written, "0"));
    match exponent.strip_prefix('-') {
        Some(exponent) => format!("{digits}e-{exponent:0>2}"),
        None => format!("{digits}e+{exponent:0>2}"),
    }
}

fn width(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests;
