//! Options as shells complete them.

use std::fmt::Write as _;

use crate::usage::OptionText;

/// What an option's argument can be completed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Candidates {
    Files,
    Directories,
    Users,
    Words(&'static str),
    Unknown,
}

/// What an argument of that name can be.
pub(super) fn candidates(argument: &str) -> Candidates {
    match argument {
        "FILENAME" => Candidates::Files,
        "DIRECTORY" => Candidates::Directories,
        "USER" => Candidates::Users,
        "LEVEL" => Candidates::Words("critical error warn info debug trace blat"),
        "FORMAT" => Candidates::Words("text json"),
        _ => Candidates::Unknown,
    }
}

/// The arguments of zsh's `_arguments`, each on a line that goes on.
#[must_use]
pub fn zsh(options: &[OptionText]) -> String {
    let mut text = String::new();
    for option in options {
        let doc = option.doc.replace(['[', ']'], "");
        let argument = option.argument.map_or_else(String::new, |name| match candidates(name) {
            Candidates::Files => ":file:_files".to_owned(),
            Candidates::Directories => ":directory:_files -/".to_owned(),
            Candidates::Users => ":user:_users".to_owned(),
            Candidates::Words(words) => format!(":{}:({words})", name.to_lowercase()),
            Candidates::Unknown => format!(":{}:", name.to_lowercase()),
        });
        for spelling in option.spellings() {
            let _ = writeln!(text, "        {} \\", zsh_quoted(&format!("{spelling}[{doc}]{argument}")));
        }
    }
    text
}

/// A word of zsh.
#[must_use]
pub fn zsh_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// A command of fish for each option of the program.
#[must_use]
pub fn fish(program: &str, options: &[OptionText]) -> String {
    let mut text = String::new();
    for option in options {
        let short = option.short.map(|letter| format!(" -s {letter}")).unwrap_or_default();
        let argument = option.argument.map_or_else(String::new, |name| match candidates(name) {
            Candidates::Files => " -r -F".to_owned(),
            Candidates::Directories => " -x -a '(__fish_complete_directories)'".to_owned(),
            Candidates::Users => " -x -a '(__fish_complete_users)'".to_owned(),
            Candidates::Words(words) => format!(" -x -a {}", fish_quoted(words)),
            Candidates::Unknown => " -x".to_owned(),
        });
        let _ = writeln!(
            text,
            "complete -c {program}{short} -l {}{argument} -d {}",
            option.long,
            fish_quoted(option.doc)
        );
    }
    text
}

/// A word of fish.
#[must_use]
pub fn fish_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}
