//! `mstart`, `mstop` and `mrestart`: what the names are like. As supervisor-wildcards has them.

use supervisor_config::glob::fnmatch;
use supervisor_core::name::DisplayName;
use supervisor_rpc::fault::FaultValue;
use supervisor_rpc::info::ProcessInfo;

use super::each::{at_once, told};
use super::outcome::Wording;
use super::{Names, Verb, start, stop};
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::remote::Remote;
use crate::session::Session;

// Differs: verbs-of-extensions
pub(super) const START: Verb = Verb {
    name: "mstart",
    help: "",
    ours: "mstart <pattern> [...]\tStart the processes whose names are like a pattern, all at once\n\
           mstart all\t\tStart all processes at once\n\
           Patterns are those of file names; with match_group=1 they are about group:name.\n",
    names: Names::Processes,
    reads: false,
    run: |session, argument| run(session, argument, &[Step::Start]),
};

pub(super) const STOP: Verb = Verb {
    name: "mstop",
    help: "",
    ours: "mstop <pattern> [...]\tStop the processes whose names are like a pattern, all at once\n\
           mstop all\t\tStop all processes at once\n\
           Patterns are those of file names; with match_group=1 they are about group:name.\n",
    names: Names::Processes,
    reads: false,
    run: |session, argument| run(session, argument, &[Step::Stop]),
};

pub(super) const RESTART: Verb = Verb {
    name: "mrestart",
    help: "",
    ours: "mrestart <pattern> [...]\tRestart the processes whose names are like a pattern, all at once\n\
           mrestart all\t\tRestart all processes at once\n\
           Patterns are those of file names; with match_group=1 they are about group:name.\n",
    names: Names::Processes,
    reads: false,
    run: |session, argument| run(session, argument, &[Step::Stop, Step::Start]),
};

/// What nobody is told who gave no pattern, or one that nothing is like.
pub(super) const NOTHING_MATCHED: &str = "No process matched given expression.";

#[derive(Clone, Copy, Debug)]
enum Step {
    Start,
    Stop,
}

impl Step {
    fn wording(self) -> &'static Wording {
        match self {
            Self::Start => &start::WORDING,
            Self::Stop => &stop::WORDING,
        }
    }

    async fn take(self, remote: &Remote, name: &str) -> Result<Outcome, Failure> {
        told(match self {
            Self::Start => remote.start_process_later(name, true).await,
            Self::Stop => remote.stop_process_later(name, true).await,
        })
    }
}

/// What came of one step.
type Outcome = Result<(), FaultValue>;

fn run(session: &mut Session, argument: &str, steps: &'static [Step]) -> Result<(), Failure> {
    let patterns: Vec<&str> = argument.split_whitespace().collect();
    let match_group = session.plugins.match_group();
    let mut infos = session.remote.all_process_info()?;
    infos.retain(|info| patterns.iter().any(|pattern| is_meant(info, pattern, match_group)));
    if infos.is_empty() {
        session.line(NOTHING_MATCHED);
        return Ok(());
    }
    let remote = session.remote.clone();
    let work = |info: ProcessInfo| {
        let remote = remote.clone();
        async move {
            let name = format!("{}:{}", info.group, info.name);
            let mut outcomes = Vec::new();
            for &step in steps {
                outcomes.push((step, step.take(&remote, &name).await?));
            }
            Ok((info, outcomes))
        }
    };
    at_once(&remote.waiting, infos, work, |(info, outcomes)| {
        let name = DisplayName { group: &info.group, process: &info.name };
        for (step, outcome) in outcomes {
            match step.wording().tell(session, name, &outcome) {
                // The others go on.
                Err(failure @ Failure::Fault(_)) => {
                    session.line(&format!("error: {failure}"));
                    session.exit_status = ExitStatus::FAILURE;
                }
                told => told?,
            }
        }
        Ok(())
    })
}

fn is_meant(info: &ProcessInfo, pattern: &str, match_group: bool) -> bool {
    pattern == "all"
        || match match_group {
            true => fnmatch(pattern, &format!("{}:{}", info.group, info.name)),
            false => fnmatch(pattern, &info.name),
        }
}
