//! From a configured command line to a file that can be executed.

use std::ffi::CString;
use std::path::Path;

use supervisor_config::command_line;
use supervisor_config::python::repr::repr as quoted;
use supervisor_core::command::Fault;
use supervisor_sys::execute::{Executable, executable};

/// Where a bare command word is looked for when nobody says anything.
const DEFAULT_PATH: &str = "/bin:/usr/bin:/usr/local/bin";

/// A command that can be executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The file.
    pub path: CString,
    /// Its arguments, the first being the word as written.
    pub argv: Vec<CString>,
}

/// Why a command cannot be executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unresolved {
    /// There is no such file.
    NoFile(String),
    /// There is one, but it cannot be executed.
    NotExecutable(String),
}

impl Unresolved {
    /// What people are told.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::NoFile(text) | Self::NotExecutable(text) => text,
        }
    }
}

impl From<Unresolved> for Fault {
    fn from(unresolved: Unresolved) -> Self {
        match unresolved {
            Unresolved::NoFile(text) => Self::NoFile(Some(text)),
            Unresolved::NotExecutable(text) => Self::NotExecutable(text),
        }
    }
}

/// Splits the command into words and finds its file. `search` is the value of PATH that counts, if any.
///
/// # Errors
/// The reference's words for what is wrong.
pub fn resolve(command: &str, search: Option<&str>) -> Result<Resolved, Unresolved> {
    let words = command_line::split(command).map_err(Unresolved::NotExecutable)?;
    let Some(word) = words.first() else {
        return Err(Unresolved::NotExecutable("command is empty".to_owned()));
    };
    let path = if word.contains('/') { word.clone() } else { find(word, search)? };
    check(&path)?;
    let c_string = |text: &str| {
        CString::new(text).map_err(|_| {
            Unresolved::NotExecutable(format!("can't parse command {}: it has a NUL", quoted(command)))
        })
    };
    let argv = words.iter().map(|word| c_string(word)).collect::<Result<_, _>>()?;
    Ok(Resolved { path: c_string(&path)?, argv })
}

/// The first entry of the search path where the name exists and could be executed; if there is none, the first
/// where it exists at all, so that the message can say what is wrong with it.
// Differs: path-search-skips-unusable
fn find(word: &str, search: Option<&str>) -> Result<String, Unresolved> {
    let search = search.filter(|path| !path.is_empty()).unwrap_or(DEFAULT_PATH);
    let mut unusable = None;
    for directory in search.split(':') {
        let candidate =
            if directory.is_empty() { format!("./{word}") } else { format!("{directory}/{word}") };
        match executable(Path::new(&candidate)) {
            Some(Executable::Yes) => return Ok(candidate),
            Some(_) if unusable.is_none() => unusable = Some(candidate),
            Some(_) | None => {}
        }
    }
    unusable.ok_or_else(|| Unresolved::NoFile(format!("can't find command {}", quoted(word))))
}

fn check(path: &str) -> Result<(), Unresolved> {
    let name = quoted(path);
    match executable(Path::new(path)) {
        None => Err(Unresolved::NoFile(format!("can't find command {name}"))),
        Some(Executable::Directory) => {
            Err(Unresolved::NotExecutable(format!("command at {name} is a directory")))
        }
        Some(Executable::ByNobody) => {
            Err(Unresolved::NotExecutable(format!("command at {name} is not executable")))
        }
        Some(Executable::NotByUs) => {
            Err(Unresolved::NotExecutable(format!("no permission to run command {name}")))
        }
        Some(Executable::Yes) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn words(resolved: &Resolved) -> Vec<&str> {
        resolved.argv.iter().map(|word| word.to_str().unwrap()).collect()
    }

    #[test]
    fn a_bare_word_is_searched_for_and_keeps_its_name() {
        let resolved = resolve("sh -c 'echo hi'", None).unwrap();
        assert_eq!(words(&resolved), ["sh", "-c", "echo hi"]);
        assert!(resolved.path.to_str().unwrap().ends_with("/sh"));
    }

    #[test]
    fn what_cannot_be_executed_is_said_in_the_reference_s_words() {
        let directory = tempfile::tempdir().unwrap();
        let plain = directory.path().join("plain");
        fs::write(&plain, "").unwrap();
        let plain = plain.to_str().unwrap();
        let cases = [
            ("", "command is empty".to_owned()),
            ("/no/such", "can't find command '/no/such'".to_owned()),
            ("nosuchword", "can't find command 'nosuchword'".to_owned()),
            ("'open", "can't parse command \"'open\": No closing quotation".to_owned()),
            ("/tmp", "command at '/tmp' is a directory".to_owned()),
            (plain, format!("command at '{plain}' is not executable")),
        ];
        for (command, text) in cases {
            assert_eq!(resolve(command, None).unwrap_err().text(), text);
        }
    }

    #[test]
    fn the_search_skips_what_cannot_be_executed() {
        let directory = tempfile::tempdir().unwrap();
        let (first, second) = (directory.path().join("a"), directory.path().join("b"));
        fs::create_dir_all(first.join("tool")).unwrap();
        fs::create_dir(&second).unwrap();
        let tool = second.join("tool");
        fs::write(&tool, "#!/bin/sh\n").unwrap();
        let search = format!("{}:{}", first.display(), second.display());
        let error = resolve("tool", Some(&search)).unwrap_err();
        assert_eq!(error.text(), format!("command at '{}/tool' is a directory", first.display()));
        fs::set_permissions(&tool, Permissions::from_mode(0o755)).unwrap();
        assert_eq!(resolve("tool", Some(&search)).unwrap().path.to_str().ok(), tool.to_str());
    }
}
