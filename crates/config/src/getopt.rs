//! Command lines as Python's `getopt` takes them apart.

use std::collections::HashSet;
use std::hash::Hash;

use crate::python::repr::repr;

/// One option of a command line.
#[derive(Debug)]
pub(crate) struct Flag<F: 'static> {
    /// What it means to the program.
    pub(crate) meaning: F,
    /// Its letter.
    pub(crate) short: Option<char>,
    /// Its long name, without dashes, and further names for the same.
    pub(crate) long: &'static [&'static str],
    /// The long name must not be cut short, so that it takes no abbreviation away from another.
    pub(crate) in_full: bool,
    /// What its argument is called in the usage text, if it takes one.
    pub(crate) argument: Option<&'static str>,
    /// What it is for; empty if the usage text is silent about it.
    pub(crate) doc: &'static str,
}

/// One option as given.
#[derive(Debug)]
pub(crate) struct Given<F> {
    pub(crate) meaning: F,
    /// `-c` or `--configuration`, however it was abbreviated.
    pub(crate) spelling: String,
    /// Its argument; empty if it takes none.
    pub(crate) value: String,
}

/// A command line taken apart: the options, and all words from the first one that is none.
pub(crate) type Words<F> = (Vec<Given<F>>, Vec<String>);

/// Takes the arguments that follow a program's name apart.
///
/// # Errors
/// Python's message.
pub(crate) fn getopt<F: Copy + PartialEq>(
    table: &'static [Flag<F>],
    arguments: &[String],
) -> Result<Words<F>, String> {
    let mut given = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.as_slice().first() {
        if argument == "--" {
            rest.next();
            break;
        }
        if argument == "-" || !argument.starts_with('-') {
            break;
        }
        rest.next();
        if let Some(long) = argument.strip_prefix("--") {
            given.push(long_option(table, long, &mut rest)?);
        } else {
            short_options(table, &argument[1..], &mut rest, &mut given)?;
        }
    }
    Ok((given, rest.cloned().collect()))
}

/// Lets `set` act on each option in turn, until one ends the program's work with a `T`.
///
/// # Errors
/// A value that `set` refuses, or an option that is given twice, however it is spelled.
pub(crate) fn obey<F: Copy + Eq + Hash, T>(
    given: &[Given<F>],
    mut set: impl FnMut(&Given<F>) -> Result<Option<T>, String>,
) -> Result<Option<T>, String> {
    let mut seen = HashSet::new();
    for option in given {
        let Given { meaning, spelling, value } = option;
        let end = set(option)
            .map_err(|reason| format!("invalid value for {spelling} {}: {reason}", repr(value)))?;
        if end.is_some() {
            return Ok(end);
        }
        if !seen.insert(*meaning) {
            return Err(format!("conflicting command line option {}", repr(spelling)));
        }
    }
    Ok(None)
}

fn short_options<F: Copy>(
    table: &[Flag<F>],
    letters: &str,
    rest: &mut std::slice::Iter<'_, String>,
    given: &mut Vec<Given<F>>,
) -> Result<(), String> {
    let mut letters = letters.chars();
    while let Some(letter) = letters.next() {
        let flag = table.iter().find(|flag| flag.short == Some(letter));
        let flag = flag.ok_or_else(|| format!("option -{letter} not recognized"))?;
        let mut value = String::new();
        if flag.argument.is_some() {
            letters.as_str().clone_into(&mut value);
            letters = "".chars();
            if value.is_empty() {
                let next = rest.next().ok_or_else(|| format!("option -{letter} requires argument"))?;
                value.clone_from(next);
            }
        }
        given.push(Given { meaning: flag.meaning, spelling: format!("-{letter}"), value });
    }
    Ok(())
}

fn long_option<F: Copy + PartialEq>(
    table: &[Flag<F>],
    written: &str,
    rest: &mut std::slice::Iter<'_, String>,
) -> Result<Given<F>, String> {
    let (written, value) = match written.split_once('=') {
        Some((name, value)) => (name, Some(value.to_owned())),
        None => (written, None),
    };
    let (name, flag) = unabbreviated(table, written)?;
    let value = match (flag.argument, value) {
        (Some(_), Some(value)) => value,
        (Some(_), None) => {
            rest.next().cloned().ok_or_else(|| format!("option --{name} requires argument"))?
        }
        (None, None) => String::new(),
        (None, Some(_)) => return Err(format!("option --{name} must not have an argument")),
    };
    Ok(Given { meaning: flag.meaning, spelling: format!("--{name}"), value })
}

/// The option that a long name or the beginning of one stands for.
fn unabbreviated<'t, F: PartialEq>(
    table: &'t [Flag<F>],
    written: &str,
) -> Result<(&'static str, &'t Flag<F>), String> {
    let names = table.iter().flat_map(|flag| flag.long.iter().map(move |&name| (name, flag)));
    let is_meant = |name: &str, flag: &Flag<F>| {
        if flag.in_full { name == written } else { name.starts_with(written) }
    };
    let possible: Vec<(&'static str, &Flag<F>)> = names.filter(|(name, flag)| is_meant(name, flag)).collect();
    if let Some(exact) = possible.iter().find(|(name, _)| *name == written) {
        return Ok(*exact);
    }
    match possible.split_first() {
        None => Err(format!("option --{written} not recognized")),
        Some((first, others)) if others.iter().all(|(_, flag)| flag.meaning == first.1.meaning) => Ok(*first),
        Some(_) => Err(format!("option --{written} not a unique prefix")),
    }
}

#[cfg(test)]
mod tests;
