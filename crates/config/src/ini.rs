//! The INI dialect of Python's `RawConfigParser` as Supervisor sets it up: duplicates allowed, `;` and `#`
//! start comments after a blank, values go on in lines that are indented more.

use std::sync::Arc;

use crate::codes::Code;
use crate::document::{Document, SectionId, Setting};
use crate::file::{Line, Origin, SourceFile};
use crate::finding::Remark;
use crate::messages::{FINDINGS_MAX, Messages};
use crate::options;
use crate::place::Place;
use crate::python::repr::repr;
use crate::python::space::{is_space, strip, strip_end};

/// The characters that start a comment.
const COMMENT_PREFIXES: [char; 2] = [';', '#'];

/// Reads `file` into `document`, which may hold other files already. Lines that are neither header nor option
/// are faults, and so is the first line that stands before any header; reading goes on after them.
pub(crate) fn parse(document: &mut Document, file: &Arc<SourceFile>, messages: &Messages) {
    let mut parser = Parser {
        document,
        file,
        section: None,
        option: None,
        indent: 0,
        before_header: None,
        faults: Vec::new(),
    };
    for line in file.lines() {
        parser.line(&line);
    }
    parser.close_option();
    parser.finish(messages);
}

struct Parser<'a> {
    document: &'a mut Document,
    file: &'a Arc<SourceFile>,
    section: Option<SectionId>,
    option: Option<OpenOption>,
    indent: usize,
    /// The first line with text before any header.
    before_header: Option<Line<'a>>,
    faults: Vec<Line<'a>>,
}

/// An option whose value may go on in the next line.
struct OpenOption {
    name: String,
    lines: Vec<String>,
    line: usize,
    last_line: usize,
}

impl<'a> Parser<'a> {
    fn line(&mut self, line: &Line<'a>) {
        let comment = comment_start(line.text);
        let content = strip(&line.text[..comment.unwrap_or(line.text.len())]);
        if content.is_empty() {
            if let (None, Some(option)) = (comment, &mut self.option) {
                option.lines.push(String::new());
            }
            return;
        }
        let indent = indent(line.text);
        if let Some(option) = self.option.as_mut().filter(|_| indent > self.indent) {
            option.lines.push(content.to_owned());
            option.last_line = line.number;
            return;
        }
        self.indent = indent;
        if let Some(name) = header(content) {
            self.close_option();
            self.section = Some(self.document.open(name, &origin(self.file, line.number)));
        } else if self.section.is_none() {
            self.before_header.get_or_insert(*line);
        } else {
            self.option_line(line, content);
        }
    }

    fn option_line(&mut self, line: &Line<'a>, content: &str) {
        let Some((name, value)) = content.split_once(['=', ':']) else {
            self.fault(line);
            return;
        };
        let name = strip_end(name).to_lowercase();
        self.close_option();
        if name.is_empty() {
            self.fault(line);
            return;
        }
        self.option = Some(OpenOption {
            name,
            lines: vec![strip(value).to_owned()],
            line: line.number,
            last_line: line.number,
        });
    }

    fn fault(&mut self, line: &Line<'a>) {
        self.faults.push(*line);
        if let Some(section) = self.section {
            self.document.damage(section);
        }
    }

    fn close_option(&mut self) {
        let (Some(option), Some(section)) = (self.option.take(), self.section) else { return };
        let value = strip_end(&option.lines.join("\n")).to_owned();
        let origin = origin(self.file, option.line);
        let OpenOption { name, last_line, .. } = option;
        self.document.set(section, Setting { name, value, origin, last_line });
    }

    fn finish(self, messages: &Messages) {
        let path = repr(&self.file.path);
        if let Some(line) = self.before_header {
            let message = format!(
                "File contains no section headers.\nfile: {path}, line: {}\n{}",
                line.number,
                line.quoted()
            );
            let remark = Remark::new(Code::Syntax, message.clone())
                .hint("the first line that is not a comment must be a section header such as [supervisord]");
            messages.refuse_syntax(message, [(remark, self.place(&line))]);
        }
        if self.faults.is_empty() {
            return;
        }
        let mut headline = format!("Source contains parsing errors: {path}");
        for line in &self.faults {
            headline.push_str(&format!("\n\t[line {:>2}]: {}", line.number, line.quoted()));
        }
        messages.refuse_syntax(
            headline,
            self.faults.iter().take(FINDINGS_MAX).map(|line| (syntax(line), self.place(line))),
        );
    }

    fn place(&self, line: &Line<'_>) -> Place {
        Place::of_line(&origin(self.file, line.number))
    }
}

impl Line<'_> {
    fn quoted(&self) -> String {
        repr(&format!("{}{}", self.text, if self.ended { "\n" } else { "" }))
    }
}

fn syntax(line: &Line<'_>) -> Remark {
    let content = content(line.text).trim_start_matches(is_space);
    let hint = match content.split_once(is_space) {
        _ if content.starts_with("[]") => "a section needs a name between its brackets".to_owned(),
        _ if content.starts_with("//") || content.starts_with("--") => {
            "comments begin with `;` or `#`".to_owned()
        }
        _ if content.starts_with(['=', ':']) => "a name must stand before the `=`".to_owned(),
        Some((name, value)) if options::is_known(name) => {
            format!("did you mean `{name}={}`?", strip(value))
        }
        _ => "write name=value, or indent the line if it continues the value above".to_owned(),
    };
    Remark::new(Code::Syntax, "this is neither a section header nor name=value").hint(hint)
}

fn origin(file: &Arc<SourceFile>, line: usize) -> Origin {
    Origin { file: Arc::clone(file), line }
}

/// A line without its comment.
pub(crate) fn content(line: &str) -> &str {
    &line[..comment_start(line).unwrap_or(line.len())]
}

/// Where the comment of a line begins, if it has one.
pub(crate) fn comment_start(line: &str) -> Option<usize> {
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

/// How many blanks a line begins with.
pub(crate) fn indent(line: &str) -> usize {
    line.chars().take_while(|&c| is_space(c)).count()
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
