//! Running a program that must end by itself.

use std::process::{Command, Stdio};

use crate::patience::wait_for;
use crate::stream::Stream;

/// What a program answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its exit status; `None` if a signal ended it.
    pub code: Option<i32>,
    /// Everything that it wrote on standard output.
    pub stdout: String,
    /// Everything that it wrote on standard error.
    pub stderr: String,
}

/// Runs a program to its end, with nothing to read on standard input.
///
/// # Panics
/// When the program cannot be started, or has not ended when the patience is over (it is killed then).
pub fn run(command: &mut Command) -> Answer {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap_or_else(|error| panic!("cannot run {command:?}: {error}"));
    let mut child = KilledWhenDropped(child);
    let mut stdout = Stream::collect(child.0.stdout.take());
    let mut stderr = Stream::collect(child.0.stderr.take());
    let status = wait_for(&format!("the end of {command:?}"), || {
        child.0.try_wait().expect("a child can be waited for")
    });
    stdout.wait_for_the_end();
    stderr.wait_for_the_end();
    Answer { code: status.code(), stdout: stdout.text(), stderr: stderr.text() }
}

struct KilledWhenDropped(std::process::Child);

impl Drop for KilledWhenDropped {
    fn drop(&mut self) {
        // Both fail when the program has ended already, which is the ordinary case.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_streams_and_the_exit_status_are_collected() {
        let answer = run(Command::new("/bin/sh").args(["-c", "echo out; echo err >&2; exit 3"]));
        assert_eq!(answer, Answer { code: Some(3), stdout: "out\n".into(), stderr: "err\n".into() });
    }
}
