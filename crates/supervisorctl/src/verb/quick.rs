//! `quickstart`, `quickstop` and `quickrestart`: all at once, and one look at everybody's state. As supervisor-quick
//! has them.

use std::time::Duration;

use supervisor_config::glob::fnmatch;
use supervisor_core::state::ProcessState;
use supervisor_rpc::fault::{Code, FaultValue};

use super::each::{at_once, told};
use super::outcome::exit_status;
use super::wildcards::NOTHING_MATCHED;
use super::{Names, Verb};
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::session::Session;

pub(super) const START: Verb = Verb {
    name: "quickstart",
    help: "",
    ours: "quickstart <pattern> [...]\tStart the processes whose group:name is like a pattern, all at once\n\
           quickstart <gname>:\t\tStart all processes in a group at once\n\
           quickstart all\t\t\tStart all processes at once\n",
    names: Names::Processes,
    reads: false,
    run: |session, argument| run(session, argument, &[Aim::Started]),
};

pub(super) const STOP: Verb = Verb {
    name: "quickstop",
    help: "",
    ours: "quickstop <pattern> [...]\tStop the processes whose group:name is like a pattern, all at once\n\
           quickstop <gname>:\t\tStop all processes in a group at once\n\
           quickstop all\t\t\tStop all processes at once\n",
    names: Names::Processes,
    reads: false,
    run: |session, argument| run(session, argument, &[Aim::Stopped]),
};

pub(super) const RESTART: Verb = Verb {
    name: "quickrestart",
    help: "",
    ours: "quickrestart <pattern> [...]\tStop the processes whose group:name is like a pattern, then start them\n\
           quickrestart <gname>:\t\tRestart all processes in a group at once\n\
           quickrestart all\t\tRestart all processes at once\n",
    names: Names::Processes,
    reads: false,
    run: |session, argument| run(session, argument, &[Aim::Stopped, Aim::Started]),
};

/// How long to wait between two looks.
const PERIOD: Duration = Duration::from_millis(100);

/// What the processes are to become.
#[derive(Clone, Copy, Debug)]
enum Aim {
    Started,
    Stopped,
}

impl Aim {
    fn state(self) -> ProcessState {
        match self {
            Self::Started => ProcessState::Running,
            Self::Stopped => ProcessState::Stopped,
        }
    }

    /// Whether it is no use to wait for another state.
    fn ends_in(self, state: ProcessState) -> bool {
        state == self.state() || matches!((self, state), (Self::Started, ProcessState::Fatal))
    }

    fn is_harmless(self, fault: &FaultValue) -> bool {
        let harmless = match self {
            Self::Started => Code::AlreadyStarted,
            Self::Stopped => Code::NotRunning,
        };
        fault.known_code() == Some(harmless)
    }
}

fn run(session: &mut Session, argument: &str, aims: &[Aim]) -> Result<(), Failure> {
    let patterns: Vec<String> = argument.split_whitespace().map(whole).collect();
    for &aim in aims {
        let infos = session.remote.all_process_info()?;
        let names = infos.iter().map(|info| format!("{}:{}", info.group, info.name));
        let meant: Vec<String> =
            names.filter(|name| patterns.iter().any(|pattern| fnmatch(pattern, name))).collect();
        if meant.is_empty() {
            session.line(NOTHING_MATCHED);
            return Ok(());
        }
        let moving = begin(session, aim, meant)?;
        watch(session, aim, moving)?;
    }
    Ok(())
}

/// What a word means as a pattern.
fn whole(word: &str) -> String {
    match word {
        "all" => "*".to_owned(),
        group if group.ends_with(':') => format!("{group}*"),
        pattern => pattern.to_owned(),
    }
}

/// Asks for all of it at once, and tells of those who refuse; the others.
fn begin(session: &mut Session, aim: Aim, names: Vec<String>) -> Result<Vec<String>, Failure> {
    let remote = session.remote.clone();
    let work = |name: String| {
        let remote = remote.clone();
        async move {
            let answer = match aim {
                Aim::Started => remote.start_process_later(&name, false).await,
                Aim::Stopped => remote.stop_process_later(&name, false).await,
            };
            told(answer).map(|outcome| (name, outcome))
        }
    };
    let mut moving = Vec::new();
    at_once(&remote.waiting, names, work, |(name, outcome)| {
        match outcome {
            Ok(()) => moving.push(name),
            Err(fault) => refused(session, aim, &name, &fault),
        }
        Ok(())
    })?;
    Ok(moving)
}

fn refused(session: &mut Session, aim: Aim, name: &str, fault: &FaultValue) {
    let word = fault.text.split(':').next().unwrap_or_default();
    session.line(&format!("{name} ERROR({word})"));
    if !aim.is_harmless(fault) {
        session.exit_status = exit_status(fault);
    }
}

/// Looks until all are where they should be, or until it takes too long, and tells where each is.
fn watch(session: &mut Session, aim: Aim, mut moving: Vec<String>) -> Result<(), Failure> {
    let mut looks = session.plugins.retries().max(1);
    while !moving.is_empty() {
        looks -= 1;
        let infos = session.remote.all_process_info()?;
        moving.retain(|name| {
            let info = infos.iter().find(|info| format!("{}:{}", info.group, info.name) == *name);
            let Some(info) = info else {
                refused(session, aim, name, &FaultValue::new(Code::BadName, None));
                return false;
            };
            let is_over = looks == 0 || aim.ends_in(info.state);
            if is_over {
                session.line(&format!("{name}: {}", info.state.name()));
            }
            if is_over && info.state != aim.state() {
                session.exit_status = ExitStatus::FAILURE;
            }
            !is_over
        });
        if !moving.is_empty() {
            session.remote.waiting.for_result(async {
                tokio::time::sleep(PERIOD).await;
                Ok(())
            })?;
        }
    }
    Ok(())
}
