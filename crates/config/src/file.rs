//! A configuration file that was read, and places in it.

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use crate::ini::{comment_start, content, indent};
use crate::python::space::{is_space, strip};
use crate::secret;

/// How many secrets of one line are remembered with a finding.
const SECRETS_MAX: usize = 64;

/// A configuration file that was read.
#[derive(Debug)]
pub struct SourceFile {
    /// Its path as given on the command line, found in the search list, or matched by an include.
    pub path: String,
    /// Its directory, absolute: what `%(here)s` stands for inside it.
    pub directory: String,
    text: String,
    lines: Vec<Range<usize>>,
    secrets: OnceLock<Vec<Range<usize>>>,
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
        Self { path, directory, text, lines, secrets: OnceLock::new() }
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

    /// Where in a line secrets are, in its bytes.
    pub(crate) fn secrets_of_line(&self, number: usize) -> Vec<Range<usize>> {
        let Some(line) = number.checked_sub(1).and_then(|index| self.lines.get(index)) else {
            return Vec::new();
        };
        let secrets = self.secrets();
        let first = secrets.partition_point(|secret| secret.end <= line.start);
        let of_line = secrets[first..].iter().take_while(|secret| secret.start < line.end);
        of_line
            .map(|secret| {
                let (start, end) = (secret.start.max(line.start), secret.end.min(line.end));
                start - line.start..end - line.start
            })
            .collect()
    }

    /// The texts of the secrets of a line, which may go on in the next ones.
    pub(crate) fn secrets_in(&self, number: usize) -> Vec<&str> {
        let Some(line) = number.checked_sub(1).and_then(|index| self.lines.get(index)) else {
            return Vec::new();
        };
        let secrets = self.secrets();
        let first = secrets.partition_point(|secret| secret.end <= line.start);
        let of_line = secrets[first..].iter().take_while(|secret| secret.start < line.end);
        of_line.take(SECRETS_MAX).filter_map(|secret| self.text.get(secret.clone())).collect()
    }

    fn secrets(&self) -> &[Range<usize>] {
        self.secrets.get_or_init(|| {
            let options = self.options();
            options
                .into_iter()
                .flat_map(|option| {
                    let text = &self.text[option.clone()];
                    let (name, from) = name_and_value(text);
                    let found = secret::in_option(&name, &text[from..]);
                    let start = option.start + from;
                    found.into_iter().map(move |secret| start + secret.start..start + secret.end)
                })
                .collect()
        })
    }

    /// Where options begin and end, and whatever else stands in lines of its own.
    fn options(&self) -> Vec<Range<usize>> {
        let mut options: Vec<Range<usize>> = Vec::new();
        let mut depth = 0;
        for range in &self.lines {
            let line = &self.text[range.clone()];
            let is_blank = strip(content(line)).is_empty();
            let is_comment = comment_start(line) == Some(0);
            match options.last_mut() {
                Some(last) if is_blank || indent(line) > depth => last.end = range.end,
                _ => {
                    options.push(range.clone());
                    depth = if is_comment { 0 } else { indent(line) };
                }
            }
        }
        options
    }

    /// The line that a byte of the text stands in, and which byte of the line it is.
    pub(crate) fn locate(self: &Arc<Self>, position: usize) -> (Origin, usize) {
        let index = self.lines.partition_point(|range| range.start <= position).saturating_sub(1);
        let start = self.lines.get(index).map_or(0, |range| range.start);
        (Origin { file: Arc::clone(self), line: index + 1 }, position.saturating_sub(start))
    }
}

/// The name of an option, and where its value begins. Where somebody forgot the delimiter, a blank is one.
fn name_and_value(option: &str) -> (String, usize) {
    let first = option.split(['\n', '\r']).next().unwrap_or_default();
    let start = first.len() - first.trim_start_matches(is_space).len();
    let blank = || first[start..].find(is_space).map(|at| start + at);
    match first.find(['=', ':']).map(|at| (at, 1)).or_else(|| Some((blank()?, 0))) {
        Some((at, width)) => (first[start.min(at)..at].trim_end_matches(is_space).to_lowercase(), at + width),
        None => (String::new(), 0),
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
