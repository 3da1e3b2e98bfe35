//! A configuration file that was read, and places in it.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A configuration file that was read.
#[derive(Debug)]
pub struct SourceFile {
    /// Its path as given on the command line, found in the search list, or matched by an include.
    pub path: String,
    /// Its directory, absolute: what `%(here)s` stands for inside it.
    pub directory: String,
    text: String,
    lines: Vec<Range<usize>>,
}

/// The place in a configuration file that something comes from.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The file.
    pub file: Arc<SourceFile>,
    /// The line, counted from 1.
    pub line: usize,
}

/// One line of a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line<'a> {
    pub(crate) number: usize,
    /// Without its end.
    pub(crate) text: &'a str,
    /// The last line of a file may lack its line feed.
    pub(crate) ended: bool,
}

impl SourceFile {
    pub(crate) fn new(path: String, directory: String, text: String) -> Self {
        let lines = line_ranges(&text);
        Self { path, directory, text, lines }
    }

    /// The lines as Python's text mode takes them apart: ended by LF, CR or CR LF.
    pub(crate) fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        self.lines.iter().enumerate().map(|(index, range)| Line {
            number: index + 1,
            text: &self.text[range.clone()],
            ended: range.end < self.text.len(),
        })
    }

    /// The text of a line, counted from 1, without its end; empty if there is none.
    #[must_use]
    pub fn line(&self, number: usize) -> &str {
        let range = number.checked_sub(1).and_then(|index| self.lines.get(index));
        range.map_or("", |range| &self.text[range.clone()])
    }

    /// The line that a byte of the text stands in, and which byte of the line it is.
    pub(crate) fn locate(self: &Arc<Self>, position: usize) -> (Origin, usize) {
        let index = self.lines.partition_point(|range| range.start <= position).saturating_sub(1);
        let start = self.lines.get(index).map_or(0, |range| range.start);
        (Origin { file: Arc::clone(self), line: index + 1 }, position.saturating_sub(start))
    }
}

impl fmt::Display for Origin {
    /// `PATH:LINE`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file.path, self.line)
    }
}

fn line_ranges(text: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let rest = &text[start..];
        let length = rest.find(['\n', '\r']).unwrap_or(rest.len());
        ranges.push(start..start + length);
        let ending = if rest[length..].starts_with("\r\n") { 2 } else { 1 };
        start += length + ending;
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_in_three_ways() {
        let file = SourceFile::new(String::new(), String::new(), "a\nb\r\n\rc\r".to_owned());
        let lines: Vec<(usize, &str, bool)> =
            file.lines().map(|line| (line.number, line.text, line.ended)).collect();
        assert_eq!(lines, [(1, "a", true), (2, "b", true), (3, "", true), (4, "c", true)]);
        let file = SourceFile::new(String::new(), String::new(), "a\nb".to_owned());
        assert!(file.lines().last().is_some_and(|line| line.text == "b" && !line.ended));
        assert_eq!((file.line(2), file.line(3), file.line(0)), ("b", "", ""));
    }
}
