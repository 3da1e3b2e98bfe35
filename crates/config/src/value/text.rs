//! Words and lists of words.

use supervisor_core::effect::Level;

use super::{Advice, Described, ValueType};
use crate::environment;
use crate::machine::Machine;
use crate::python::repr::repr;
use crate::python::space::strip;
use crate::spelling::did_you_mean;

/// Types whose values are taken as they are and judged later, if at all.
macro_rules! texts {
    ($( $(#[doc = $doc:literal])+ $name:ident $form:literal; )+) => {
        $(
            $(#[doc = $doc])+
            #[derive(Debug)]
            pub struct $name;

            impl Described for $name {
                const FORM: &'static str = $form;
            }

            impl ValueType for $name {
                type Value = String;

                fn parse(text: &str, _: &Machine<'_>) -> Result<String, String> {
                    Ok(text.to_owned())
                }
            }
        )+
    };
}

texts! {
    /// Any text.
    Text "text";
    /// The words of a program and its arguments.
    Command "a command line";
    /// A directory that is looked at when a process starts.
    LaterDirectory "a directory";
    /// A file or socket that is looked at when it is needed.
    LaterPath "a path";
    /// A user who is looked up later.
    LaterUser "a login name or a user id";
    /// Patterns of names of files.
    Patterns "file name patterns separated by blanks";
    /// The name of a Python function.
    PythonFunction "a Python function as module:name";
    /// A number of connections.
    QueueLength "a number from 1 to 65535";
    /// Where a program of somebody's own listens.
    ExtensionUrl "unix:///PATH or http://HOST:PORT";
    /// Where a FastCGI program listens.
    SocketUrl "unix:///PATH or tcp://HOST:PORT";
    /// Where a daemon is reached.
    Url "http://HOST:PORT or unix:///PATH";
}

/// Items between commas.
#[derive(Debug)]
pub struct List;

impl Described for List {
    const FORM: &'static str = "a list separated by commas";
}

impl ValueType for List {
    type Value = Vec<String>;

    fn parse(text: &str, _: &Machine<'_>) -> Result<Vec<String>, String> {
        if text.is_empty() {
            return Ok(Vec::new());
        }
        Ok(text.split(',').map(|item| strip(item).to_owned()).collect())
    }
}

/// The name of a process or group, trimmed.
#[derive(Debug)]
pub struct Name;

impl Described for Name {
    const FORM: &'static str = "a name without space, colon and slash";
}

impl ValueType for Name {
    type Value = String;

    fn parse(text: &str, _: &Machine<'_>) -> Result<String, String> {
        name(text)
    }
}

/// Checks and trims a name.
pub(crate) fn name(text: &str) -> Result<String, String> {
    let trimmed = strip(text);
    match [' ', ':', '/'].into_iter().find(|&c| trimmed.contains(c)) {
        Some(c) => {
            Err(format!("Invalid name: {} because of character: {}", repr(text), repr(&c.to_string())))
        }
        None => Ok(trimmed.to_owned()),
    }
}

/// Environment variables: `KEY=value,KEY2="other value"`.
#[derive(Debug)]
pub struct Pairs;

impl Described for Pairs {
    const FORM: &'static str = "a list of the form KEY=value,KEY2=\"other value\"";
}

impl ValueType for Pairs {
    type Value = Vec<(String, String)>;

    fn parse(text: &str, _: &Machine<'_>) -> Result<Vec<(String, String)>, String> {
        environment::pairs(text)
    }

    fn advice(text: &str) -> Advice {
        Advice {
            part: environment::first_fault(text),
            hint: Some(environment::HINT.to_owned()),
            ..Advice::default()
        }
    }
}

/// How much the main log says, by name.
#[derive(Debug)]
pub struct LevelName;

impl Described for LevelName {
    const FORM: &'static str = "critical, error, warn, info, debug, trace or blather";
}

impl ValueType for LevelName {
    type Value = Level;

    fn parse(text: &str, _: &Machine<'_>) -> Result<Level, String> {
        Level::from_name(text).ok_or_else(|| format!("bad logging level name {}", repr(text)))
    }

    fn advice(text: &str) -> Advice {
        let usual = match text.to_lowercase().as_str() {
            "warning" => Some("did you mean `warn`?".to_owned()),
            "fatal" => Some("did you mean `critical`?".to_owned()),
            _ => None,
        };
        Advice::hint(usual.or_else(|| did_you_mean(text, Level::ALL.map(Level::name))))
    }
}
