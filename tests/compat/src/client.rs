//! Running the world's `supervisorctl`.

use std::ffi::OsString;
use std::fmt;

use crate::normalise;
use crate::running::{Ending, Plan, Running};
use crate::subject::Part;
use crate::world::World;

/// A program that has ended, and what it printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// How it ended.
    pub ending: Ending,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

/// Without the explanations that only ours gives of a refused configuration.
impl fmt::Display for Finished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.stdout)?;
        if !self.stdout.is_empty() && !self.stdout.ends_with('\n') {
            writeln!(f, "<no newline>")?;
        }
        for line in normalise::without_explanations(&self.stderr).lines() {
            writeln!(f, "stderr: {line}")?;
        }
        write!(f, "({})", self.ending)
    }
}

impl World {
    /// Runs `supervisorctl -c` with the world's configuration and these words.
    #[must_use]
    pub fn ctl(&self, words: &[&str]) -> Finished {
        let conf = self.path("supervisord.conf").display().to_string();
        let mut args = vec!["-c", &conf];
        args.extend(words);
        self.supervisorctl(&args)
    }

    /// Runs `supervisorctl` with exactly these arguments.
    #[must_use]
    pub fn supervisorctl(&self, args: &[&str]) -> Finished {
        Running::start(&self.client_plan(args)).finish()
    }

    /// Runs the client as [`World::ctl`] does and notes what it printed and how it ended.
    pub fn note_ctl(&mut self, words: &[&str]) {
        let finished = self.ctl(words);
        self.note_client(&words.join(" "), &finished);
    }

    /// As [`World::note_ctl`], with the lines in alphabetical order: for actions on several processes at
    /// once, whose lines come as they finish.
    pub fn note_ctl_sorted(&mut self, words: &[&str]) {
        let mut finished = self.ctl(words);
        let mut lines: Vec<_> = finished.stdout.lines().collect();
        lines.sort_unstable();
        finished.stdout = lines.into_iter().map(|line| format!("{line}\n")).collect();
        self.note_client(&words.join(" "), &finished);
    }

    /// Notes what `supervisorctl` printed and how it ended.
    pub fn note_client(&mut self, heading: &str, finished: &Finished) {
        let text = self.answer_of_client(finished);
        self.note(&format!("supervisorctl {heading}"), text);
    }

    /// What `supervisorctl` printed and how it ended, as it is noted.
    #[must_use]
    pub fn answer_of_client(&self, finished: &Finished) -> String {
        normalise::error_reasons(&finished.to_string())
    }

    /// Runs the client's shell on a pipe, types `lines` and ends its input.
    #[must_use]
    pub fn shell(&self, lines: &str) -> Finished {
        let mut running = self.start_ctl(&[]);
        running.type_in(lines);
        running.finish()
    }

    /// Starts `supervisorctl -c` with the world's configuration and these words, to be watched.
    #[must_use]
    pub fn start_ctl(&self, words: &[&str]) -> Running {
        let conf = self.path("supervisord.conf").display().to_string();
        let mut args = vec!["-c", &conf];
        args.extend(words);
        Running::start(&self.client_plan(&args))
    }

    /// As [`World::start_ctl`], on a terminal of its own: `\x03` typed in is Ctrl-C.
    #[must_use]
    pub fn start_ctl_on_a_terminal(&self, words: &[&str]) -> Running {
        let conf = self.path("supervisord.conf").display().to_string();
        let program = self.pair.client.program(Part::Client).display().to_string();
        let command = [&["exec", program.as_str(), "-c", &conf], words].concat().join(" ");
        let mut plan = self.client_plan(&["-q", "-e", "-f", "-c", &command, "/dev/null"]);
        plan.program = "script".into();
        Running::start(&plan.with("SHELL", "/bin/sh").with("TERM", "xterm"))
    }

    fn client_plan(&self, args: &[&str]) -> Plan {
        self.await_execs();
        let args: Vec<_> = args.iter().map(OsString::from).collect();
        let plan = Plan::new(&self.pair.client.program(Part::Client), &args, self.here());
        // The reference would hold back what it prints into a pipe.
        plan.with("PYTHONUNBUFFERED", "1")
    }
}
