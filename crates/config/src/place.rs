//! A place in a file as people are shown it: line, column, and the text of the line.

use std::borrow::Cow;
use std::ops::Range;

use crate::document::Setting;
use crate::file::Origin;
use crate::ini::{comment_start, content};
use crate::python::space::is_space;
use crate::secret::{MASK, with_masks};

/// How much of a line is shown.
const SHOWN_WIDTH: usize = 120;

/// How much of a long line is shown before the piece that is meant.
const SHOWN_BEFORE: usize = 40;

/// A piece of a line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file's path as messages show it.
    pub path: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The character of the line with which the piece begins, counted from 1.
    pub column: usize,
    /// How many characters the piece has; at least 1.
    pub length: usize,
    /// The line, of a long one what is around the piece. Secrets are masked, and what would move a terminal's cursor
    /// or turn the direction of writing is replaced.
    pub excerpt: String,
    /// How many characters of the excerpt stand before the piece.
    pub indent: usize,
    /// How many characters of the excerpt the piece has; not more than that if secrets in it are masked.
    pub marked: usize,
    /// Secrets of the option, which may be quoted in what is said about it.
    pub(crate) secrets: Vec<String>,
}

/// Which piece of an option is meant.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Piece<'a> {
    Name,
    Value,
    /// This text inside the value.
    Part(&'a str),
}

impl Place {
    /// All of a line but the blanks around it.
    pub(crate) fn of_line(origin: &Origin) -> Self {
        let text = origin.file.line(origin.line);
        let end = text.trim_end_matches(is_space).len();
        let start = text.len() - text.trim_start_matches(is_space).len();
        Self::new(origin, start.min(end), end)
    }

    /// The header of a section.
    pub(crate) fn of_header(origin: &Origin) -> Self {
        let text = origin.file.line(origin.line);
        let content = &text[..comment_start(text).unwrap_or(text.len())];
        let start = content.find('[').unwrap_or(0);
        let end = content.rfind(']').map_or(content.len(), |end| end + 1);
        Self::new(origin, start.min(end), end)
    }

    /// A piece of an option.
    pub(crate) fn of_setting(setting: &Setting, piece: Piece<'_>) -> Self {
        match piece {
            Piece::Name => Self::of_name(setting),
            Piece::Value => Self::of_value(setting),
            Piece::Part(part) => Self::of_part(setting, part).unwrap_or_else(|| Self::of_value(setting)),
        }
    }

    /// From one byte of a line to another.
    pub(crate) fn new(origin: &Origin, start: usize, end: usize) -> Self {
        let written = origin.file.line(origin.line);
        let column = count(written, 0, start) + 1;
        let length = count(written, start, end).max(1);
        let secrets = origin.file.secrets_of_line(origin.line);
        let text =
            if secrets.is_empty() { Cow::Borrowed(written) } else { with_masks(written, &secrets).into() };
        let (start, end) = (moved(start, &secrets, false), moved(end, &secrets, true));
        let before = count(&text, 0, start);
        let shown_length = count(&text, start, end).max(1);
        // Only what is shown is kept: a file may have one line of a megabyte with a thousand faults in it.
        let is_long = text.len() > SHOWN_WIDTH && text.chars().count() > SHOWN_WIDTH;
        let skipped = if is_long { before.saturating_sub(SHOWN_BEFORE) } else { 0 };
        let mut rest = text.chars().skip(skipped);
        let shown: String = rest.by_ref().take(SHOWN_WIDTH).map(harmless).collect();
        let (left, right) =
            (if skipped > 0 { "..." } else { "" }, if rest.next().is_some() { "..." } else { "" });
        Self {
            path: origin.file.path.clone(),
            line: origin.line,
            column,
            length,
            excerpt: format!("{left}{shown}{right}"),
            indent: left.len() + before - skipped,
            marked: shown_length,
            secrets: origin.file.secrets_in(origin.line).iter().map(|&secret| secret.to_owned()).collect(),
        }
    }

    fn of_name(setting: &Setting) -> Self {
        let (start, end) = name_range(setting);
        Self::new(&setting.origin, start, end)
    }

    fn of_value(setting: &Setting) -> Self {
        let first = value_lines(setting).find(|(_, start, end)| start < end);
        match first {
            Some((origin, start, end)) => Self::new(&origin, start, end),
            None => Self::of_name(setting),
        }
    }

    fn of_part(setting: &Setting, part: &str) -> Option<Self> {
        if part.is_empty() {
            return None;
        }
        let in_lines = |find: fn(&str, &str) -> Option<usize>| {
            value_lines(setting).find_map(|(origin, start, end)| {
                let at = start
                    + origin.file.line(origin.line).get(start..end).and_then(|text| find(text, part))?;
                Some(Self::new(&origin, at, at + part.len()))
            })
        };
        in_lines(find_item).or_else(|| in_lines(|text, part| text.find(part)))
    }
}

/// The lines of a value with where it begins and ends in each, comments and the blanks around left aside.
fn value_lines(setting: &Setting) -> impl Iterator<Item = (Origin, usize, usize)> {
    let Origin { file, line: first } = &setting.origin;
    (*first..=setting.last_line.max(*first)).map(move |line| {
        let text = file.line(line);
        let content = content(text);
        let from = if line == *first { content.find(['=', ':']).map_or(0, |at| at + 1) } else { 0 };
        let value = &content[from..];
        let start = from + value.len() - value.trim_start_matches(is_space).len();
        let end = content.trim_end_matches(is_space).len().max(start);
        (Origin { file: file.clone(), line }, start, end)
    })
}

/// Where an item stands in a value: by itself rather than inside a longer word.
fn find_item(text: &str, item: &str) -> Option<usize> {
    let is_part = |c: char| c.is_alphanumeric() || "_-./%*".contains(c);
    let stands_alone = |&at: &usize| {
        let (before, after) = (&text[..at], &text[at + item.len()..]);
        if item.starts_with('%') {
            return (before.len() - before.trim_end_matches('%').len()) % 2 == 0;
        }
        let goes_on = (item.starts_with(is_part) && before.ends_with(is_part))
            || (item.ends_with(is_part) && after.starts_with(is_part));
        !goes_on
    };
    let mut places = text.match_indices(item).map(|(at, _)| at);
    places.find(stands_alone)
}

/// Where the name of an option begins and ends in its line.
fn name_range(setting: &Setting) -> (usize, usize) {
    let text = setting.origin.file.line(setting.origin.line);
    let start = text.len() - text.trim_start_matches(is_space).len();
    let delimiter = text.find(['=', ':']).unwrap_or(text.len());
    let end = text[..delimiter].trim_end_matches(is_space).len();
    (start.min(end), end)
}

/// How many characters there are from one byte to another.
fn count(text: &str, start: usize, end: usize) -> usize {
    text.get(start..end).unwrap_or_default().chars().count()
}

/// Where a byte of a line is after its secrets have been masked. Inside a secret that is the beginning or the end
/// of the mask.
fn moved(at: usize, secrets: &[Range<usize>], to_end: bool) -> usize {
    let mut moved = at;
    for secret in secrets.iter().take_while(|secret| secret.start < at) {
        if at < secret.end {
            let mask = if to_end { MASK.len() } else { 0 };
            return moved - (at - secret.start) + mask;
        }
        moved = moved - secret.len() + MASK.len();
    }
    moved
}

/// A character as it can be shown without harm to a terminal.
pub(crate) fn harmless(c: char) -> char {
    match c {
        '\t' => ' ',
        '\u{61c}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}' => '\u{fffd}',
        c if c.is_control() => '\u{fffd}',
        c => c,
    }
}
