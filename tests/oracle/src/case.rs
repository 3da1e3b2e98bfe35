//! One configuration to read: files, a command line, a machine.

use std::fmt;

use supervisor_config::python::path;

use crate::machine::Machine;

/// What stands for the scratch directory in files, arguments and environment, before they are laid out.
pub const ROOT: &str = "@ROOT@";

/// The main file, below the scratch directory.
pub const MAIN_FILE: &str = "supervisord.conf";

/// Variables that both sides look at by themselves.
const MACHINE_VARIABLES: [&str; 4] = ["HOME", "TEMP", "TMP", "TMPDIR"];

/// Who reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// `supervisord`.
    Daemon,
    /// `supervisorctl`.
    Client,
}

impl Face {
    /// The path under which the program is started. Nothing is there, so that only the working directory
    /// and `/etc` are searched.
    #[must_use]
    pub fn program(self) -> &'static str {
        match self {
            Self::Daemon => "/nowhere/bin/supervisord",
            Self::Client => "/nowhere/bin/supervisorctl",
        }
    }

    /// Its name in requests to the reference.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Daemon => "daemon",
            Self::Client => "client",
        }
    }
}

/// One configuration, with everything that decides what it means.
#[derive(Clone, Debug)]
pub struct Case {
    /// Who reads it.
    pub face: Face,
    /// What follows the program's name.
    pub arguments: Vec<String>,
    /// Paths below the scratch directory and contents. A path that ends with a slash is a directory.
    pub files: Vec<(String, Vec<u8>)>,
    /// The machine it is read on. Its working directory is the scratch directory.
    pub machine: Machine,
}

impl Case {
    /// A main file that `supervisord -c` names.
    #[must_use]
    pub fn daemon(main: impl Into<Vec<u8>>) -> Self {
        Self {
            face: Face::Daemon,
            arguments: vec!["-c".to_owned(), format!("{ROOT}/{MAIN_FILE}")],
            files: vec![(MAIN_FILE.to_owned(), main.into())],
            machine: Machine::new(ROOT),
        }
    }

    /// The same with one more file.
    #[must_use]
    pub fn with_file(mut self, path: &str, content: impl Into<Vec<u8>>) -> Self {
        self.files.push((path.to_owned(), content.into()));
        self
    }

    /// The same with other arguments.
    #[must_use]
    pub fn with_arguments(mut self, arguments: &[&str]) -> Self {
        self.arguments = arguments.iter().map(|&argument| argument.to_owned()).collect();
        self
    }

    /// The text of the main file, with replacement characters where it is not UTF-8.
    #[must_use]
    pub fn main_text(&self) -> String {
        let main = self.files.iter().find(|(path, _)| path == MAIN_FILE);
        main.map(|(_, content)| String::from_utf8_lossy(content).into_owned()).unwrap_or_default()
    }

    /// The same with every file's content changed; `change` gets the file's directory and its text. Files
    /// that are not UTF-8 stay as they are.
    #[must_use]
    pub fn with_texts(&self, change: impl Fn(&str, &str) -> String) -> Self {
        let mut changed = self.clone();
        for (name, content) in &mut changed.files {
            if let Ok(text) = str::from_utf8(content) {
                let directory = path::join(ROOT, path::directory(name));
                *content = change(directory.trim_end_matches('/'), text).into_bytes();
            }
        }
        changed
    }

    /// Whether any file has `part` in it.
    #[must_use]
    pub fn contains(&self, part: &str) -> bool {
        let part = part.as_bytes();
        self.files.iter().any(|(_, content)| content.windows(part.len()).any(|window| window == part))
    }
}

impl fmt::Display for Case {
    /// All that is needed to try it by hand, without the variables that no file uses.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "arguments: {:?}", self.arguments)?;
        let usual = Machine::new(ROOT);
        for (name, value) in &self.machine.environment {
            let is_usual = usual.environment.contains(&(name.clone(), value.clone()));
            let is_used = self.contains(&format!("ENV_{name}")) || MACHINE_VARIABLES.contains(&name.as_str());
            if !is_usual && is_used {
                writeln!(f, "variable:  {name}={value:?}")?;
            }
        }
        for (name, _) in &usual.environment {
            if !self.machine.environment.iter().any(|(known, _)| known == name) {
                writeln!(f, "variable:  {name} is not set")?;
            }
        }
        if self.machine.uid != usual.uid {
            writeln!(f, "user id:   {}", self.machine.uid)?;
        }
        for (path, content) in &self.files {
            writeln!(f, "--- {path}")?;
            for line in String::from_utf8_lossy(content).split_inclusive('\n') {
                writeln!(f, "    {}", line.escape_debug())?;
            }
        }
        Ok(())
    }
}
