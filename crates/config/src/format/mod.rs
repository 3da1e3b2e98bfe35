//! `%(name)s` and its relatives: Python's `text % mapping`.

mod conversion;
mod float;

use std::iter::Peekable;
use std::str::Chars;

use crate::codes::Code;
use crate::finding::Remark;
use crate::python::repr::repr;
use crate::scope::{Names, Variable};
use crate::spelling::{did_you_mean, one_slip_away};
use conversion::Conversion;

/// The widest field and the longest fraction that are filled in. Python's limit is its memory.
// Differs: field-width-limit
const MAX_FIELD_WIDTH: usize = 4096;

/// How messages tell the option whose value is expanded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At<'a> {
    /// What messages call it.
    pub(crate) name: &'a str,
    /// Whether to search for what was meant.
    pub(crate) wants_hints: bool,
}

/// Expands `text` with `names`.
///
/// # Errors
/// The reference's message: a name is not known, or a conversion is not one.
pub(crate) fn expand(text: &str, names: Names<'_>, at: At<'_>) -> Result<String, Remark> {
    if !text.contains('%') {
        return Ok(text.to_owned());
    }
    let mut expansion = Expansion::new(text, names);
    match expansion.run() {
        Ok(()) => Ok(expansion.output),
        Err(Fault::UnknownName(name)) => Err(unknown_name(text, &name, names, at)),
        Err(Fault::BadFormat(reason)) => {
            let piece = expansion.conversion_so_far();
            let (text, place) = (repr(text), repr(at.name));
            let message = format!("Format string {text} for {place} is badly formatted: {reason}");
            Err(Remark::new(Code::BadExpansion, message)
                .part(piece)
                .hint("a plain percent sign is written %%"))
        }
    }
}

/// Puts values only in the place of those names that `is_fixed`. What comes out expands to the same text as
/// `text` does. `None` if it cannot be expanded.
pub(crate) fn expand_some(text: &str, names: Names<'_>, is_fixed: &dyn Fn(&str) -> bool) -> Option<String> {
    let mut expansion = Expansion::new(text, names);
    expansion.is_fixed = Some(is_fixed);
    expansion.run().ok()?;
    Some(expansion.output)
}

fn unknown_name(text: &str, name: &str, names: Names<'_>, at: At<'_>) -> Remark {
    let known = names.all();
    let message = format!(
        "Format string {} for {} contains names ({}) which cannot be expanded. Available names: {}",
        repr(text),
        repr(at.name),
        repr(name),
        known.join(", ")
    );
    let hint = match name.strip_prefix("ENV_") {
        Some(variable) => {
            let set = known.into_iter().filter_map(|name| name.strip_prefix("ENV_"));
            let meant = if at.wants_hints { one_slip_away(variable, set) } else { None };
            let meant = meant.map(|meant| format!("; did you mean `ENV_{meant}`?")).unwrap_or_default();
            format!("the environment variable {variable} is not set where supervisord starts{meant}")
        }
        None => {
            let meant = if at.wants_hints { did_you_mean(name, known) } else { None };
            let unknown =
                || "this name is not known in this place; a plain percent sign is written %%".to_owned();
            meant.unwrap_or_else(unknown)
        }
    };
    Remark::new(Code::UnknownVariable, message).part(format!("%({name})")).hint(hint)
}

/// Why a text cannot be expanded.
#[derive(Debug, PartialEq, Eq)]
enum Fault {
    UnknownName(String),
    BadFormat(String),
}

impl Fault {
    fn bad(reason: impl Into<String>) -> Self {
        Self::BadFormat(reason.into())
    }
}

/// What the next conversion converts.
enum Argument {
    /// No name has been given yet: the whole mapping.
    Mapping,
    /// The value of the last name.
    Value(Variable),
    /// It has been converted already.
    Used,
}

struct Expansion<'a> {
    text: &'a str,
    rest: Peekable<Chars<'a>>,
    /// How many characters have been read.
    position: usize,
    /// How many bytes have been read.
    offset: usize,
    /// The byte at which the conversion at hand begins.
    start: usize,
    names: Names<'a>,
    /// Which names are replaced; `None` for all.
    is_fixed: Option<&'a dyn Fn(&str) -> bool>,
    argument: Argument,
    output: String,
}

impl<'a> Expansion<'a> {
    fn new(text: &'a str, names: Names<'a>) -> Self {
        Self {
            text,
            rest: text.chars().peekable(),
            position: 0,
            offset: 0,
            start: 0,
            names,
            is_fixed: None,
            argument: Argument::Mapping,
            output: String::with_capacity(text.len()),
        }
    }

    fn run(&mut self) -> Result<(), Fault> {
        while let Some(c) = self.next() {
            if c == '%' {
                self.start = self.offset - 1;
                self.conversion()?;
            } else {
                self.output.push(c);
            }
        }
        Ok(())
    }

    /// The conversion at hand as far as it has been read.
    fn conversion_so_far(&self) -> &'a str {
        &self.text[self.start..self.offset]
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest.next()?;
        self.advance(c);
        Some(c)
    }

    fn advance(&mut self, c: char) {
        self.position += 1;
        self.offset += c.len_utf8();
    }

    fn must_go_on(&mut self) -> Result<char, Fault> {
        self.next().ok_or_else(|| Fault::bad("incomplete format"))
    }

    fn next_if(&mut self, wanted: impl FnOnce(&char) -> bool) -> Option<char> {
        let c = self.rest.next_if(wanted)?;
        self.advance(c);
        Some(c)
    }

    /// All that follows a percent sign.
    fn conversion(&mut self) -> Result<(), Fault> {
        if self.next_if(|&c| c == '%').is_some() {
            self.output.push_str(if self.is_fixed.is_some() { "%%" } else { "%" });
            return Ok(());
        }
        let mut is_kept = false;
        if self.next_if(|&c| c == '(').is_some() {
            let name = self.name()?;
            is_kept = self.is_fixed.is_some_and(|is_fixed| !is_fixed(&name));
            let value = match self.names.get(&name) {
                None if is_kept => Variable::Number(0),
                found => found.ok_or(Fault::UnknownName(name))?,
            };
            self.argument = Argument::Value(value);
        }
        let mut conversion = Conversion::default();
        while let Some(flag) = self.next_if(|c| "-+ #0".contains(*c)) {
            conversion.set_flag(flag);
        }
        if let Some(width) = self.number("width too big")? {
            conversion.set_width(width);
        }
        if self.next_if(|&c| c == '.').is_some() {
            let precision = self.number("precision too big")?.unwrap_or(0);
            conversion.precision = Some(usize::try_from(precision).unwrap_or(0));
        }
        self.next_if(|c| "hlL".contains(*c));
        let kind = self.must_go_on()?;
        if is_kept {
            self.argument = Argument::Used;
            self.output.push_str(self.conversion_so_far());
            return Ok(());
        }
        self.convert(&conversion, kind)
    }

    fn convert(&mut self, conversion: &Conversion, kind: char) -> Result<(), Fault> {
        let converted = match self.take_argument()? {
            Argument::Value(value) => conversion.convert(kind, &value),
            _ => conversion::refuse_mapping(kind),
        };
        let converted = converted.ok_or_else(|| self.unsupported(kind))?.map_err(Fault::BadFormat)?;
        if self.is_fixed.is_some() {
            self.output.push_str(&converted.replace('%', "%%"));
        } else {
            self.output.push_str(&converted);
        }
        Ok(())
    }

    fn unsupported(&self, kind: char) -> Fault {
        let shown = if (' '..='~').contains(&kind) || kind == '\x1f' { kind } else { '?' };
        let code = u32::from(kind);
        let index = self.position - 1;
        Fault::BadFormat(format!("unsupported format character '{shown}' (0x{code:x}) at index {index}"))
    }

    /// A name, up to the parenthesis that closes it.
    fn name(&mut self) -> Result<String, Fault> {
        let mut name = String::new();
        let mut depth = 1;
        loop {
            let c = self.next().ok_or_else(|| Fault::bad("incomplete format key"))?;
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Ok(name);
            }
            name.push(c);
        }
    }

    /// A width or a precision: digits, or a star for the value itself.
    fn number(&mut self, too_big: &str) -> Result<Option<i64>, Fault> {
        let number = if self.next_if(|&c| c == '*').is_some() {
            Some(self.star()?)
        } else {
            let mut number = None;
            while let Some(digit) = self.next_if(char::is_ascii_digit) {
                let digit = i64::from(u32::from(digit) - u32::from('0'));
                number = Some(number.unwrap_or(0_i64).saturating_mul(10).saturating_add(digit));
            }
            number
        };
        match number {
            Some(number) if number.unsigned_abs() > MAX_FIELD_WIDTH as u64 => Err(Fault::bad(too_big)),
            number => Ok(number),
        }
    }

    fn star(&mut self) -> Result<i64, Fault> {
        match self.take_argument()? {
            Argument::Value(Variable::Number(number)) => Ok(number),
            _ => Err(Fault::bad("* wants int")),
        }
    }

    fn take_argument(&mut self) -> Result<Argument, Fault> {
        match std::mem::replace(&mut self.argument, Argument::Used) {
            Argument::Used => Err(Fault::bad("not enough arguments for format string")),
            argument => Ok(argument),
        }
    }
}

#[cfg(test)]
mod tests;
