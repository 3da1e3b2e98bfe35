//! The INI dialect of Python's `RawConfigParser` as Supervisor sets it up: duplicates allowed, `;` and `#`
//! start comments after a blank, values go on in lines that are indented more.

use std::sync::Arc;

use crate::document::{Document, SectionId, Setting};
use crate::error::{ConfigError, Origin, SourceFile};
use crate::python::repr::repr;
use crate::python::space::{is_space, strip, strip_end};

/// The characters that start a comment.
const COMMENT_PREFIXES: [char; 2] = [';', '#'];

/// Reads the text of `file` into `document`, which may hold other files already.
///
/// # Errors
/// Text before the first section header, at once; or all lines that are neither header nor option, in one
/// message.
pub(crate) fn parse(document: &mut Document, file: &Arc<SourceFile>, text: &str) -> Result<(), ConfigError> {
    let mut parser = Parser { document, file, section: None, option: None, indent: 0, faults: Vec::new() };
    for line in lines(text) {
        parser.line(&line)?;
    }
    parser.close_option();
    parser.finish()
}

struct Parser<'a> {
    document: &'a mut Document,
    file: &'a Arc<SourceFile>,
    section: Option<SectionId>,
    option: Option<OpenOption>,
    indent: usize,
    faults: Vec<Line<'a>>,
}

/// One line of a file.
#[derive(Clone, Copy)]
struct Line<'a> {
    number: usize,
    text: &'a str,
    /// The last line of a file may lack its line feed.
    ended: bool,
}

/// An option whose value may go on in the next line.
struct OpenOption {
    name: String,
    lines: Vec<String>,
    line: usize,
}

impl<'a> Parser<'a> {
    fn line(&mut self, line: &Line<'a>) -> Result<(), ConfigError> {
        let comment = comment_start(line.text);
        let content = strip(&line.text[..comment.unwrap_or(line.text.len())]);
        if content.is_empty() {
            if let (None, Some(option)) = (comment, &mut self.option) {
                option.lines.push(String::new());
            }
            return Ok(());
        }
        let indent = line.text.chars().take_while(|&c| is_space(c)).count();
        if let Some(option) = self.option.as_mut().filter(|_| indent > self.indent) {
            option.lines.push(content.to_owned());
            return Ok(());
        }
        self.indent = indent;
        if let Some(name) = header(content) {
            self.close_option();
            self.section = Some(self.document.open(name, &origin(self.file, line.number)));
            Ok(())
        } else if self.section.is_none() {
            Err(self.text_before_header(line))
        } else {
            self.option_line(line, content);
            Ok(())
        }
    }

    fn option_line(&mut self, line: &Line<'a>, content: &str) {
        let Some((name, value)) = content.split_once(['=', ':']) else {
            self.faults.push(*line);
            return;
        };
        let name = strip_end(name).to_lowercase();
        self.close_option();
        if name.is_empty() {
            self.faults.push(*line);
            return;
        }
        self.option = Some(OpenOption { name, lines: vec![strip(value).to_owned()], line: line.number });
    }

    fn close_option(&mut self) {
        let (Some(option), Some(section)) = (self.option.take(), self.section) else { return };
        let value = strip_end(&option.lines.join("\n")).to_owned();
        let origin = origin(self.file, option.line);
        self.document.set(section, Setting { name: option.name, value, origin });
    }

    fn text_before_header(&self, line: &Line<'a>) -> ConfigError {
        let message = format!(
            "File contains no section headers.\nfile: {}, line: {}\n{}",
            repr(&self.file.path),
            line.number,
            line.quoted()
        );
        ConfigError::at(Some(&origin(self.file, line.number)), message)
    }

    fn finish(self) -> Result<(), ConfigError> {
        let Some(first) = self.faults.first() else { return Ok(()) };
        let mut message = format!("Source contains parsing errors: {}", repr(&self.file.path));
        for line in &self.faults {
            message.push_str(&format!("\n\t[line {:>2}]: {}", line.number, line.quoted()));
        }
        Err(ConfigError::at(Some(&origin(self.file, first.number)), message))
    }
}

impl Line<'_> {
    fn quoted(&self) -> String {
        repr(&format!("{}{}", self.text, if self.ended { "\n" } else { "" }))
    }
}

fn origin(file: &Arc<SourceFile>, line: usize) -> Origin {
    Origin { file: Arc::clone(file), line }
}

/// The lines of a text in Python's text mode: ended by LF, CR or CR LF, each of which becomes one LF.
fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut rest = text;
    let mut number = 0;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(['\n', '\r']);
        let (text, after) = rest.split_at(end.unwrap_or(rest.len()));
        let ending = if after.starts_with("\r\n") { 2 } else { 1 };
        rest = after.get(ending..).unwrap_or_default();
        number += 1;
        Some(Line { number, text, ended: end.is_some() })
    })
}

/// Where the comment of a line begins, if it has one.
fn comment_start(line: &str) -> Option<usize> {
    if line.trim_start_matches(is_space).starts_with(COMMENT_PREFIXES) {
        return Some(0);
    }
    inline_comment_start(line)
}

/// Looks at the first occurrence of each prefix, then at the second of each, and so on. A prefix counts at
/// the beginning of the line and after a blank. The first round in which one counts ends the search.
// Compat: inline-comments
fn inline_comment_start(line: &str) -> Option<usize> {
    let mut occurrences = COMMENT_PREFIXES.map(|prefix| line.match_indices(prefix));
    loop {
        let round = occurrences.each_mut().map(|found| found.next().map(|(index, _)| index));
        let counts = |&index: &usize| line[..index].chars().next_back().is_none_or(is_space);
        if let Some(start) = round.iter().flatten().copied().filter(counts).min() {
            return Some(start);
        }
        if round.iter().all(Option::is_none) {
            return None;
        }
    }
}

/// The name of the section that a line opens: from the bracket to the LAST closing bracket, what follows is
/// ignored.
fn header(content: &str) -> Option<&str> {
    let inside = content.strip_prefix('[')?;
    let end = inside.rfind(']')?;
    Some(&inside[..end]).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests;
