//! `%(name)s` and its relatives: Python's `text % mapping`.

mod conversion;
mod float;

use std::iter::Peekable;
use std::str::Chars;

use crate::python::repr::repr;
use crate::scope::{Names, Variable};
use conversion::Conversion;

/// The widest field and the longest fraction that are filled in. Python's limit is its memory.
const MAX_FIELD_WIDTH: usize = 65_536;

/// Expands `text` with `names`. `place` is how messages name the option.
///
/// # Errors
/// The reference's message: a name is not known, or a conversion is not one.
pub(crate) fn expand(text: &str, names: Names<'_>, place: &str) -> Result<String, String> {
    if !text.contains('%') {
        return Ok(text.to_owned());
    }
    Expansion::new(text, names).run().map_err(|fault| match fault {
        Fault::UnknownName(name) => format!(
            "Format string {} for {} contains names ({}) which cannot be expanded. Available names: {}",
            repr(text),
            repr(place),
            repr(&name),
            names.all().join(", ")
        ),
        Fault::BadFormat(reason) => {
            format!("Format string {} for {} is badly formatted: {reason}", repr(text), repr(place))
        }
    })
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
    rest: Peekable<Chars<'a>>,
    /// How many characters have been read.
    position: usize,
    names: Names<'a>,
    argument: Argument,
    output: String,
}

impl<'a> Expansion<'a> {
    fn new(text: &'a str, names: Names<'a>) -> Self {
        let rest = text.chars().peekable();
        Self {
            rest,
            position: 0,
            names,
            argument: Argument::Mapping,
            output: String::with_capacity(text.len()),
        }
    }

    fn run(mut self) -> Result<String, Fault> {
        while let Some(c) = self.next() {
            if c == '%' {
                self.conversion()?;
            } else {
                self.output.push(c);
            }
        }
        Ok(self.output)
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest.next()?;
        self.position += 1;
        Some(c)
    }

    fn must_go_on(&mut self) -> Result<char, Fault> {
        self.next().ok_or_else(|| Fault::bad("incomplete format"))
    }

    fn next_if(&mut self, wanted: impl FnOnce(&char) -> bool) -> Option<char> {
        let c = self.rest.next_if(wanted)?;
        self.position += 1;
        Some(c)
    }

    /// All that follows a percent sign.
    fn conversion(&mut self) -> Result<(), Fault> {
        if self.next_if(|&c| c == '%').is_some() {
            self.output.push('%');
            return Ok(());
        }
        if self.next_if(|&c| c == '(').is_some() {
            let name = self.name()?;
            let value = self.names.get(&name).ok_or(Fault::UnknownName(name))?;
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
        self.convert(&conversion, kind)
    }

    fn convert(&mut self, conversion: &Conversion, kind: char) -> Result<(), Fault> {
        let converted = match self.take_argument()? {
            Argument::Value(value) => conversion.convert(kind, &value),
            _ => conversion::refuse_mapping(kind),
        };
        let converted = converted.ok_or_else(|| self.unsupported(kind))?;
        self.output.push_str(&converted.map_err(Fault::BadFormat)?);
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
