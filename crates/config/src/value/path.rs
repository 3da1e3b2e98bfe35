//! Directories and files.

use super::{Advice, Described, ValueType};
use crate::codes::Code;
use crate::machine::Machine;
use crate::python::path;

/// A directory that exists; not made absolute.
#[derive(Debug)]
pub struct ExistingDirectory;

impl Described for ExistingDirectory {
    const FORM: &'static str = "an existing directory";
}

impl ValueType for ExistingDirectory {
    type Value = String;

    fn parse(text: &str, machine: &Machine<'_>) -> Result<String, String> {
        let directory = machine.expand_user(text);
        if machine.is_dir(&directory) {
            Ok(directory)
        } else {
            Err(format!("{text} is not an existing directory"))
        }
    }

    fn advice(text: &str) -> Advice {
        directory_advice(text)
    }
}

/// A file, which need not exist, in a directory that does; not made absolute.
#[derive(Debug)]
pub struct FilePath;

impl Described for FilePath {
    const FORM: &'static str = "a path";
}

impl ValueType for FilePath {
    type Value = String;

    fn parse(text: &str, machine: &Machine<'_>) -> Result<String, String> {
        let file = machine.expand_user(text);
        let directory = path::directory(&file);
        if directory.is_empty() || machine.is_dir(directory) {
            Ok(file)
        } else {
            Err(format!("The directory named as part of the path {text} does not exist"))
        }
    }

    fn advice(text: &str) -> Advice {
        directory_advice(path::directory(text))
    }
}

/// Where the log of a program goes, as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChildLog {
    /// `none`, `off` or nothing at all.
    None,
    /// `auto`.
    Auto,
    /// `syslog`, an old way to write `stdout_syslog=true`.
    Syslog,
    /// A path.
    File(String),
}

/// A [`ChildLog`].
#[derive(Debug)]
pub struct ChildLogFile;

impl Described for ChildLogFile {
    const FORM: &'static str = "a path, AUTO or NONE";
}

impl ValueType for ChildLogFile {
    type Value = ChildLog;

    fn parse(text: &str, machine: &Machine<'_>) -> Result<ChildLog, String> {
        Ok(match text.to_lowercase().as_str() {
            "none" | "off" => ChildLog::None,
            "auto" => ChildLog::Auto,
            "syslog" => ChildLog::Syslog,
            _ => ChildLog::File(FilePath::parse(text, machine)?),
        })
    }

    fn advice(text: &str) -> Advice {
        FilePath::advice(text)
    }
}

fn directory_advice(directory: &str) -> Advice {
    let hint = match directory {
        _ if directory.starts_with('$') => "variables of the environment are written %(ENV_NAME)s".to_owned(),
        _ if directory.is_empty() => "name a directory".to_owned(),
        _ => format!("create the directory {directory}, or name another"),
    };
    Advice { code: Code::DirectoryMissing, part: None, hint: Some(hint) }
}
