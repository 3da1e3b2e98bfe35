//! What `start`, `stop`, `signal` and `clear` say about each process, and the way they go through names.

use supervisor_core::name::{DisplayName, Namespec};
use supervisor_rpc::fault::{Code, FaultValue};
use supervisor_rpc::reply::BatchLine;

use super::Names;
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::remote::{Answer, Remote};
use crate::session::Session;

/// The words of one action.
pub(super) struct Wording {
    /// What was done to the process.
    pub(super) done: &'static str,
    /// The faults that have words, with the words.
    pub(super) faults: &'static [(Code, &'static str)],
    /// Print what the server says of a FAILED instead of words.
    pub(super) quotes_failures: bool,
    /// The fault that is no problem: the process is as wished.
    pub(super) harmless: Option<Code>,
    /// What an unknown group does to the exit status.
    pub(super) unknown_group: ExitStatus,
}

/// One action on processes.
pub(super) struct Deed<'a> {
    pub(super) wording: &'static Wording,
    /// Does it to all processes.
    pub(super) all: &'a dyn Fn(&Remote) -> Answer<Vec<BatchLine>>,
    /// Does it to a group.
    pub(super) group: &'a dyn Fn(&Remote, &str) -> Answer<Vec<BatchLine>>,
    /// Does it to one process.
    pub(super) process: &'a dyn Fn(&Remote, &str) -> Answer<()>,
}

impl Deed<'_> {
    /// Does it to each name, one after another, or to all if one of the names is `all`.
    pub(super) fn perform(&self, session: &mut Session, names: &[&str]) -> Result<(), Failure> {
        if names.contains(&"all") {
            let lines = (self.all)(&session.remote)?;
            return self.show_all(session, &lines);
        }
        names.iter().try_for_each(|name| match Namespec::parse(name) {
            Namespec::Group(group) => self.perform_on_group(session, group),
            Namespec::Process { group, process } => {
                let outcome = match (self.process)(&session.remote, name) {
                    Ok(()) => Ok(()),
                    Err(Failure::Fault(fault)) => Err(fault),
                    Err(failure) => return Err(failure),
                };
                self.show(session, DisplayName { group, process }, &outcome)
            }
        })
    }

    fn perform_on_group(&self, session: &mut Session, group: &str) -> Result<(), Failure> {
        match (self.group)(&session.remote, group) {
            Ok(lines) => self.show_all(session, &lines),
            Err(failure) if failure.code() == Some(Code::BadName) => {
                session.line(&format!("{group}: ERROR (no such group)"));
                session.suggest(&format!("{group}:*"), Names::Processes);
                session.exit_status = self.wording.unknown_group;
                Ok(())
            }
            Err(failure) => Err(failure),
        }
    }

    fn show_all(&self, session: &mut Session, lines: &[BatchLine]) -> Result<(), Failure> {
        lines.iter().try_for_each(|line| {
            let name = DisplayName { group: &line.group, process: &line.name };
            self.show(session, name, &line.outcome)
        })
    }

    fn show(
        &self,
        session: &mut Session,
        name: DisplayName<'_>,
        outcome: &Result<(), FaultValue>,
    ) -> Result<(), Failure> {
        self.wording.tell(session, name, outcome)?;
        if outcome.as_ref().is_err_and(|fault| fault.known_code() == Some(Code::BadName)) {
            session.suggest(&name.to_string(), Names::Processes);
        }
        Ok(())
    }
}

impl Wording {
    /// Says what came of it for one process; the exit status tells too.
    pub(super) fn tell(
        &self,
        session: &mut Session,
        name: DisplayName<'_>,
        outcome: &Result<(), FaultValue>,
    ) -> Result<(), Failure> {
        let line = self.line(name, outcome)?;
        session.line(&line);
        if let Err(fault) = outcome
            && fault.known_code() != self.harmless
        {
            session.exit_status = exit_status(fault);
        }
        Ok(())
    }

    /// What is said about one process. A fault without words is a failure of the action.
    fn line(&self, name: DisplayName<'_>, outcome: &Result<(), FaultValue>) -> Result<String, Failure> {
        let Err(fault) = outcome else { return Ok(format!("{name}: {}", self.done)) };
        let code = fault.known_code();
        if self.quotes_failures && code == Some(Code::Failed) {
            return Ok(fault.text.clone());
        }
        match self.faults.iter().find(|&&(known, _)| code == Some(known)) {
            Some((_, words)) => Ok(format!("{name}: ERROR ({words})")),
            None => Err(Failure::Fault(fault.clone())),
        }
    }
}

/// What a fault does to the exit status.
pub(super) fn exit_status(fault: &FaultValue) -> ExitStatus {
    match fault.known_code() {
        Some(Code::SpawnError | Code::AbnormalTermination | Code::NotRunning) => ExitStatus::NOT_RUNNING,
        _ => ExitStatus::FAILURE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDING: Wording = Wording {
        done: "stopped",
        faults: &[(Code::BadName, "no such process")],
        quotes_failures: true,
        harmless: None,
        unknown_group: ExitStatus::FAILURE,
    };

    fn line(code: Code) -> Result<String, Failure> {
        let name = DisplayName { group: "web", process: "cat" };
        WORDING.line(name, &Err(FaultValue::new(code, Some("why"))))
    }

    #[test]
    fn a_fault_has_words_or_is_a_failure() {
        assert_eq!(line(Code::BadName).ok().as_deref(), Some("web:cat: ERROR (no such process)"));
        assert_eq!(line(Code::Failed).ok().as_deref(), Some("FAILED: why"));
        assert!(matches!(line(Code::NoFile), Err(Failure::Fault(_))));
    }

    #[test]
    fn a_process_that_does_not_run_has_a_status_of_its_own() {
        let status = |code| exit_status(&FaultValue::new(code, None));
        assert_eq!(status(Code::SpawnError), ExitStatus::NOT_RUNNING);
        assert_eq!(status(Code::NoFile), ExitStatus::FAILURE);
    }
}
