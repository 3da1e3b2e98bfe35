//! The lines of the daemon's own log.

use std::fmt;

/// One line, with the lines that continue it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// The four letters of the level, or `?` before the first well-formed line.
    pub level: String,
    /// The text after the level.
    pub message: String,
}

impl LogLine {
    /// Whether `word` stands in the message and is not part of a longer word.
    #[must_use]
    pub fn names(&self, word: &str) -> bool {
        let is_part = |char: char| char.is_alphanumeric() || char == '_';
        self.message.match_indices(word).any(|(at, _)| {
            !self.message[..at].ends_with(is_part) && !self.message[at + word.len()..].starts_with(is_part)
        })
    }
}

impl fmt::Display for LogLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.level, self.message)
    }
}

pub(crate) fn parse(text: &str) -> Vec<LogLine> {
    let mut lines: Vec<LogLine> = Vec::new();
    for line in text.lines() {
        if let Some((level, message)) = after_the_time(line).and_then(|rest| rest.split_once(' ')) {
            lines.push(LogLine { level: level.to_owned(), message: message.to_owned() });
        } else if let Some(last) = lines.last_mut() {
            last.message.push('\n');
            last.message.push_str(line);
        } else {
            lines.push(LogLine { level: "?".to_owned(), message: line.to_owned() });
        }
    }
    lines
}

/// What follows `YYYY-MM-DD HH:MM:SS,mmm `, if the line begins so.
fn after_the_time(line: &str) -> Option<&str> {
    const SHAPE: &[u8] = b"0000-00-00 00:00:00,000 ";
    let head = line.as_bytes().get(..SHAPE.len())?;
    let fits = head.iter().zip(SHAPE).all(|(byte, shape)| match shape {
        b'0' => byte.is_ascii_digit(),
        literal => byte == literal,
    });
    fits.then(|| &line[SHAPE.len()..])
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_line_without_time_continues_the_one_before() {
        let lines =
            parse("2026-11-22 10:24:34,717 DEBG 'a' stdout output:\nhello\n2026-11-22 10:24:34,718 INFO x\n");
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0].message, "'a' stdout output:\nhello");
        assert_eq!(lines[1].to_string(), "INFO x");
        assert!(lines[0].names("a") && lines[0].names("output") && !lines[0].names("out"));
    }
}
