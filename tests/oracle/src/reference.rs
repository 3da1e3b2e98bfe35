//! The reference, asked through a script of ours that runs in its interpreter.

use std::env;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::case::Case;
use crate::outcome::Outcome;

/// The script, run as `python3 -c`.
const SCRIPT: &str = include_str!("../reference.py");

/// A Python process that reads configurations as `supervisord` and `supervisorctl` 4.3.0 do.
#[derive(Debug)]
pub struct Reference {
    process: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

/// How a reading ended, and the time that reading took if it succeeded.
pub type Answer = (Outcome, Duration);

impl Reference {
    /// Starts it.
    ///
    /// # Errors
    /// When the reference is not installed where [`interpreter`] says.
    pub fn start() -> io::Result<Self> {
        let interpreter = interpreter();
        if !interpreter.exists() {
            let path = interpreter.display();
            return Err(io::Error::other(format!("{path} is missing: `cargo xtask reference` installs it")));
        }
        let mut process = Command::new(interpreter)
            .args(["-c", SCRIPT])
            .env("PYTHONUTF8", "1")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (Some(requests), Some(answers)) = (process.stdin.take(), process.stdout.take()) else {
            return Err(io::Error::other("a pipe to the reference is missing"));
        };
        Ok(Self { process, requests: Some(requests), answers: BufReader::new(answers) })
    }

    /// Lets it read a configuration that is laid out.
    ///
    /// # Errors
    /// When the process is gone or says something else than an answer.
    pub fn read(&mut self, case: &Case) -> io::Result<Answer> {
        let mut request = case.machine.description();
        request["face"] = json!(case.face.name());
        request["program"] = json!(case.face.program());
        request["arguments"] = json!(case.arguments);
        let requests = self.requests.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        writeln!(requests, "{request}")?;
        requests.flush()?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        if line.is_empty() {
            return Err(io::Error::other("the reference went away without an answer"));
        }
        let answer: Value = serde_json::from_str(&line)?;
        let took = answer["took"].as_f64().unwrap_or_default();
        Ok((outcome(answer), Duration::from_secs_f64(took)))
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        // The end of its input is the end of its work.
        drop(self.requests.take());
        let _ = self.process.wait();
    }
}

fn outcome(mut answer: Value) -> Outcome {
    if let Some(crash) = answer["crash"].as_str() {
        return Outcome::Crashed(crash.to_owned());
    }
    if answer["understood"].is_object() {
        return Outcome::Understood(answer["understood"].take());
    }
    let message = answer["message"].as_str().unwrap_or_default().to_owned();
    Outcome::Ended { status: answer["status"].as_i64().unwrap_or_default(), message }
}

/// The Python that has the reference: in the folder that `SUPERVISOR_REFERENCE` names, or else in the target
/// folder's `reference/bin`.
#[must_use]
pub fn interpreter() -> PathBuf {
    let folder = env::var_os("SUPERVISOR_REFERENCE").map_or_else(installed, PathBuf::from);
    folder.join("python3")
}

/// Found from where this very program lies: `target/PROFILE/oracle` or `target/PROFILE/deps/TEST`.
fn installed() -> PathBuf {
    let exe = env::current_exe().unwrap_or_default();
    let folders = exe.ancestors().skip(1).map(|folder| folder.join("reference").join("bin"));
    folders.into_iter().find(|folder| folder.exists()).unwrap_or_else(|| Path::new("reference").join("bin"))
}
