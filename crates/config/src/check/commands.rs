//! Whether the commands of programs can be executed.

use super::Check;
use crate::codes::Code;
use crate::command_line::split;
use crate::finding::Remark;
use crate::groups::Member;
use crate::host::Executability;
use crate::options::program;
use crate::place::{Piece, Place};
use crate::python::path;
use crate::python::repr::repr;

/// Where a bare command word is looked for when there is no PATH.
const DEFAULT_PATH: &str = "/bin:/usr/bin:/usr/local/bin";

/// Programs that take a script as an argument.
const SHELLS: [&str; 9] = ["sh", "bash", "dash", "ash", "zsh", "ksh", "busybox", "fish", "csh"];

/// Words that mean something to a shell only.
const OPERATORS: [&str; 14] =
    ["&&", "||", "|", ";", "&", ">", ">>", "<", "<<", "2>", "2>>", "2>&1", "&>", "|&"];

pub(super) fn check(check: &Check<'_>) {
    let mut last = None;
    for member in &check.examined.members {
        let command = (member.section.as_str(), member.process.command.as_str());
        // Copies of a program often have one command.
        if last.replace(command) != Some(command) {
            of_program(check, member);
        }
    }
}

fn of_program(check: &Check<'_>, member: &Member) {
    let own_path = member.process.environment.iter().rev().find(|(name, _)| name == "PATH");
    let own_path = own_path.map(|(_, value)| value.as_str());
    let command = Command { check, section: &member.section, own_path };
    match split(&member.process.command) {
        Err(message) => {
            let message = format!("[{}]: {message}", member.section);
            let remark = Remark::new(Code::BadCommand, message)
                .hint("words are taken apart as a shell does it; quotes must be closed");
            check.refuse(command.place(""), remark);
        }
        Ok(words) => command.words(&words),
    }
}

/// The `command` of a section.
pub(super) struct Command<'a> {
    pub(super) check: &'a Check<'a>,
    pub(super) section: &'a str,
    /// The PATH that the section itself sets.
    pub(super) own_path: Option<&'a str>,
}

impl Command<'_> {
    /// Looks for what is wrong with its words, of which there is at least one.
    pub(super) fn words(&self, words: &[String]) {
        self.executable(&words[0]);
        self.shell_syntax(words);
    }

    fn place(&self, part: &str) -> Option<Place> {
        self.check.piece(self.section, program::COMMAND.entry.name, Piece::Part(part))
    }

    fn executable(&self, word: &str) {
        let start_dir = self.check.examined.machine.start_dir;
        if word.contains('/') {
            if !word.starts_with('/') {
                let message = format!(
                    "{} of [{}] is looked for in the directory in which the daemon is started",
                    repr(word),
                    self.section
                );
                let remark = Remark::new(Code::RelativeCommand, message)
                    .hint("write an absolute path; `directory=` has no influence on it");
                self.check.warn(self.place(word), remark);
            }
            let path = path::join(start_dir, word);
            self.judge(word, &path, self.check.examined.machine.host.executability(&path));
            return;
        }
        let search = self.search_path();
        let mut unusable = None;
        for directory in search.split(':') {
            let path = path::join(&path::join(start_dir, directory), word);
            match self.check.examined.machine.host.executability(&path) {
                Executability::Yes => return,
                Executability::Missing => {}
                verdict => unusable = unusable.or(Some((path, verdict))),
            }
        }
        let (path, verdict) = unusable.unwrap_or_else(|| (word.to_owned(), Executability::Missing));
        self.judge(word, &path, verdict);
    }

    /// The PATH that counts: the program's, or else the daemon's.
    fn search_path(&self) -> String {
        let own = self.own_path.map(str::to_owned);
        let inherited = || self.check.examined.machine.host.variable("PATH");
        own.or_else(inherited).filter(|path| !path.is_empty()).unwrap_or_else(|| DEFAULT_PATH.to_owned())
    }

    fn judge(&self, word: &str, path: &str, verdict: Executability) {
        let section = self.section;
        let name = repr(path);
        let (code, message, hint) = match verdict {
            Executability::Yes => return,
            Executability::Missing if word.contains('/') => {
                (Code::CommandNotFound, format!("can't find command {name}"), missing_hint(word))
            }
            Executability::Missing => {
                let hint = if word.contains('=') {
                    "variables are set with `environment=`"
                } else {
                    "nothing of that name is on PATH; write an absolute path"
                };
                (Code::CommandNotFound, format!("can't find command {name}"), hint)
            }
            Executability::Directory => {
                let hint = "name a program in the directory";
                (Code::CommandNotExecutable, format!("command at {name} is a directory"), hint)
            }
            Executability::ByNobody => {
                let hint = "make it executable with `chmod +x`";
                (Code::CommandNotExecutable, format!("command at {name} is not executable"), hint)
            }
            Executability::NotByUs => {
                let hint = "this holds for the user who runs the check";
                (Code::CommandNotExecutable, format!("no permission to run command {name}"), hint)
            }
        };
        let remark = Remark::new(code, format!("[{section}]: {message}")).hint(hint);
        self.check.refuse(self.place(word), remark);
    }

    fn shell_syntax(&self, words: &[String]) {
        let runs_shell = SHELLS.contains(&path::file_name(&words[0]));
        let is_operator = |word: &&String| OPERATORS.contains(&word.as_str());
        let is_variable = |word: &&String| {
            let mut after = word.split('$').skip(1);
            after.any(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic() || "_{(".contains(c)))
        };
        let hint = if let Some(word) = words.iter().skip(1).find(is_operator) {
            (word, "it is an argument like any other; write `/bin/sh -c '...'` to have a shell")
        } else if runs_shell {
            return;
        } else if let Some(word) = words.iter().find(is_variable) {
            (word, "variables of the environment are written %(ENV_NAME)s")
        } else if let Some(word) = words.iter().find(|word| word.starts_with("~/") || word.contains('`')) {
            (word, "it is an argument like any other; write `/bin/sh -c '...'` to have a shell")
        } else {
            return;
        };
        let (word, hint) = hint;
        let message = format!("no shell is there to understand {} of [{}]", repr(word), self.section);
        self.check.warn(self.place(word), Remark::new(Code::ShellSyntax, message).hint(hint));
    }
}

fn missing_hint(word: &str) -> &'static str {
    match word {
        _ if word.starts_with("~/") => "`~` is not expanded here; write %(ENV_HOME)s",
        _ if word.starts_with('$') => "variables of the environment are written %(ENV_NAME)s",
        _ => "no file is there",
    }
}
