//! How the programs are called: their name, their usage text, and what they say to a wrong command line.

use std::fmt;

use crate::getopt::Flag;
use crate::host::Host;
use crate::machine::Machine;
use crate::python::path;

/// A command line or a configuration that a program cannot start with. It displays as the two lines for
/// standard error; the exit status is 2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageError {
    /// The program's name, as messages show it.
    pub program: String,
    /// What is wrong.
    pub message: String,
}

impl UsageError {
    pub(crate) fn new(program: &str, message: impl Into<String>) -> Self {
        Self { program: program.to_owned(), message: message.into() }
    }
}

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error: {}\nFor help, use {} -h", self.message, self.program)
    }
}

impl std::error::Error for UsageError {}

/// The name under which a program was started: as written, but with its directory if the shell found it
/// through PATH.
// Compat: program-name
pub(crate) fn program_name(
    host: &dyn Host,
    start_dir: &str,
    argument: Option<&String>,
    usual: &str,
) -> String {
    let written = argument.map_or(usual, String::as_str);
    if written.contains('/') {
        return written.to_owned();
    }
    let search = host.variable("PATH").unwrap_or_default();
    let machine = Machine { host, start_dir };
    let candidates = search.split(':').map(|directory| path::join(directory, written));
    let found = candidates.into_iter().find(|file| machine.exists(file) && !machine.is_dir(file));
    found.unwrap_or_else(|| written.to_owned())
}

/// Where a program started as `program` looks for its configuration.
pub(crate) fn search_list(program: &str) -> [String; 6] {
    let base = path::directory(path::directory(program));
    [
        path::join(base, "etc/supervisord.conf"),
        path::join(base, "supervisord.conf"),
        "supervisord.conf".to_owned(),
        "etc/supervisord.conf".to_owned(),
        "/etc/supervisord.conf".to_owned(),
        "/etc/supervisor/supervisord.conf".to_owned(),
    ]
}

/// One line for each option: `-c/--configuration FILENAME -- what for`.
pub(crate) fn option_lines<F>(table: &[Flag<F>]) -> String {
    let lines = table.iter().filter(|flag| !flag.doc.is_empty()).map(|flag| {
        let short = flag.short.map(|letter| format!("-{letter}/")).unwrap_or_default();
        let long = flag.long.first().copied().unwrap_or_default();
        let argument = flag.argument.map(|name| format!(" {name}")).unwrap_or_default();
        format!("{short}--{long}{argument} -- {}\n", flag.doc)
    });
    lines.collect()
}

#[cfg(test)]
mod tests;
