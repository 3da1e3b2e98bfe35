//! Lines of several logs, each under the name of its process.

use crate::colour::Colour;

const COLOURS: [Colour; 5] = [Colour::Cyan, Colour::Yellow, Colour::Green, Colour::Magenta, Colour::Blue];

/// A line longer than this is shown in parts.
const MAX_LINE_BYTES: usize = 1 << 16;

/// One of several logs. Lines are held back until they are whole, so that those of two logs don't mix.
#[derive(Debug)]
pub(crate) struct Prefixed {
    prefix: String,
    unfinished: Vec<u8>,
}

impl Prefixed {
    /// One for each name, with their lines below each other.
    pub(crate) fn all(names: &[String], has_colours: bool) -> Vec<Self> {
        let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
        let one = |(name, colour): (&String, &Colour)| {
            let prefix = format!("{name:width$} | ");
            Self { prefix: if has_colours { colour.paint(&prefix) } else { prefix }, unfinished: Vec::new() }
        };
        names.iter().zip(COLOURS.iter().cycle()).map(one).collect()
    }

    /// The lines that are whole now.
    pub(crate) fn add(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.unfinished.extend_from_slice(bytes);
        match self.unfinished.iter().rposition(|&byte| byte == b'\n') {
            Some(end) => {
                let whole: Vec<u8> = self.unfinished.drain(..=end).collect();
                self.lines(&whole)
            }
            None if self.unfinished.len() > MAX_LINE_BYTES => self.finish(),
            None => Vec::new(),
        }
    }

    /// What was held back.
    pub(crate) fn finish(&mut self) -> Vec<u8> {
        let mut rest = std::mem::take(&mut self.unfinished);
        if rest.is_empty() {
            return rest;
        }
        rest.push(b'\n');
        self.lines(&rest)
    }

    fn lines(&self, whole: &[u8]) -> Vec<u8> {
        whole
            .split_inclusive(|&byte| byte == b'\n')
            .flat_map(|line| [self.prefix.as_bytes(), line].concat())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: Vec<u8>) -> String {
        String::from_utf8(bytes).expect("text")
    }

    #[test]
    fn a_line_is_shown_when_it_is_whole() {
        let mut logs = Prefixed::all(&["web:a".to_owned(), "b".to_owned()], false);
        assert_eq!(text(logs[1].add(b"on")), "");
        assert_eq!(text(logs[1].add(b"e\ntwo\nthr")), "b     | one\nb     | two\n");
        assert_eq!(text(logs[0].add(b"x\n")), "web:a | x\n");
        assert_eq!(text(logs[1].finish()), "b     | thr\n");
        assert_eq!(text(logs[1].finish()), "");
    }

    #[test]
    fn a_line_without_end_is_not_held_back_for_ever() {
        let mut logs = Prefixed::all(&["a".to_owned()], false);
        assert!(logs[0].add(&[b'x'; MAX_LINE_BYTES]).is_empty());
        assert_eq!(logs[0].add(b"x").len(), "a | ".len() + MAX_LINE_BYTES + 2);
    }

    #[test]
    fn each_name_has_a_colour_and_colours_come_again() {
        let names: Vec<String> = (0..6).map(|name| name.to_string()).collect();
        let logs = Prefixed::all(&names, true);
        assert_eq!(logs[0].prefix, "\x1b[36m0 | \x1b[0m");
        assert_ne!(logs[0].prefix[..5], logs[1].prefix[..5]);
        assert_eq!(logs[0].prefix[..5], logs[5].prefix[..5]);
    }
}
