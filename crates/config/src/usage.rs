//! How the programs are called: their name, their usage text, and what they say to a wrong command line.

use std::fmt;

use crate::error::ConfigError;
use crate::finding::Finding;
use crate::getopt::Flag;
use crate::host::Host;
use crate::machine::Machine;
use crate::python::path;
use crate::report::block;

/// An option of a command line, as manuals tell of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OptionText {
    /// Its letter.
    pub short: Option<char>,
    /// Its long name, without dashes.
    pub long: &'static str,
    /// What its argument is called, if it takes one.
    pub argument: Option<&'static str>,
    /// What it is for.
    pub doc: &'static str,
}

impl OptionText {
    /// The ways to write it.
    #[must_use]
    pub fn spellings(&self) -> Vec<String> {
        let short = self.short.map(|letter| format!("-{letter}"));
        short.into_iter().chain([format!("--{}", self.long)]).collect()
    }
}

/// Every option that the usage text names, in its order.
pub(crate) fn option_texts<F>(table: &[Flag<F>]) -> Vec<OptionText> {
    let told = table.iter().filter(|flag| !flag.doc.is_empty());
    let text = |flag: &Flag<F>| OptionText {
        short: flag.short,
        long: flag.long.first().copied().unwrap_or_default(),
        argument: flag.argument,
        doc: flag.doc,
    };
    told.map(text).collect()
}

/// How many faults a program that cannot start explains.
const EXPLAINED_MAX: usize = 20;

/// A command line or a configuration that a program cannot start with. It displays as the reference's two lines;
/// [`Self::explained`] has more to say. The exit status is 2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageError {
    /// The program's name, as messages show it.
    pub program: String,
    /// What is wrong.
    pub message: String,
    /// All faults of the configuration, if that is what is wrong.
    pub findings: Vec<Finding>,
}

impl UsageError {
    pub(crate) fn new(program: &str, message: impl Into<String>) -> Self {
        Self { program: program.to_owned(), message: message.into(), findings: Vec::new() }
    }

    pub(crate) fn of_configuration(program: &str, error: &ConfigError) -> Self {
        Self { findings: error.findings.clone(), ..Self::new(program, error.message.clone()) }
    }

    /// The text for standard error: the reference's first line, then where each fault is and what to do about it,
    /// then the reference's last line. It ends with a line feed.
    // Differs: faults-are-explained
    #[must_use]
    pub fn explained(&self) -> String {
        let mut text = format!("Error: {}\n", self.message);
        for (index, finding) in self.findings.iter().take(EXPLAINED_MAX).enumerate() {
            if index > 0 {
                text.push_str(&format!("\nAlso: {}\n", finding.message));
            }
            text.push_str(&block(finding));
        }
        if self.findings.len() > EXPLAINED_MAX {
            let more = self.findings.len() - EXPLAINED_MAX;
            text.push_str(&format!("\n{more} more; `supervisord --check` shows them all\n"));
        }
        if self.findings.iter().any(|finding| !block(finding).is_empty()) {
            text.push('\n');
        }
        text.push_str(&format!("For help, use {} -h\n", self.program));
        text
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
    let machine = Machine::new(host, start_dir);
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
