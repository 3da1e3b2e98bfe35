//! Requests: who has asked for what, and whether the answer is true.

use std::collections::{BTreeMap, BTreeSet};

use supervisor_core::Supervisor;
use supervisor_core::command::{BatchEntry, Changes, Command, Fault, Reply, RequestId, Target};
use supervisor_core::name::Namespec;
use supervisor_core::process::ProcessId;
use supervisor_core::state::ProcessState;

use crate::checker::{Verdict, Violation, ensure};
use crate::record::{Rank, Record};

/// Processes by group and name, as a list that answers shows them.
type Selected = BTreeMap<(String, String), ProcessId>;

/// A request that has no answer yet.
#[derive(Debug)]
struct Open {
    command: Command,
    /// The turn in which it was asked.
    turn: u64,
    /// The processes it is about, if that is certain.
    selected: Option<Selected>,
    /// The last process whose command was looked at.
    last_checked: Option<Rank>,
    signalled: BTreeSet<ProcessId>,
}

/// All that is known when an answer is given.
pub(crate) struct Knowledge<'a> {
    pub(crate) records: &'a BTreeMap<ProcessId, Record>,
    pub(crate) names: &'a BTreeMap<String, BTreeMap<String, ProcessId>>,
    pub(crate) supervisor: &'a Supervisor,
    pub(crate) stopping: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Ledger {
    open: BTreeMap<RequestId, Open>,
    pub(crate) answered: u64,
}

impl Knowledge<'_> {
    /// The processes that a target names; `None` if there is no such thing. True for a list of them.
    pub(crate) fn resolve(&self, target: &Target) -> Option<(bool, Vec<ProcessId>)> {
        let group = |name: &str| self.names.get(name).map(|group| (true, group.values().copied().collect()));
        match target {
            Target::All => Some((true, self.records.keys().copied().collect())),
            Target::Group(name) => group(name),
            Target::Named(typed) => match Namespec::parse(typed) {
                Namespec::Group(name) => group(name),
                Namespec::Process { group, process } => {
                    self.names.get(group)?.get(process).map(|&id| (false, vec![id]))
                }
            },
        }
    }
}

impl Ledger {
    /// A client asks. Whom it is about is certain if no deadline comes in between.
    pub(crate) fn asked(
        &mut self,
        request: RequestId,
        command: &Command,
        turn: u64,
        certain: bool,
        known: &Knowledge<'_>,
    ) {
        let selected = certain.then(|| selected(command, known)).flatten();
        let open =
            Open { command: command.clone(), turn, selected, last_checked: None, signalled: BTreeSet::new() };
        self.open.insert(request, open);
    }

    /// The core wants a command looked at: starts go by rising priority.
    pub(crate) fn checks(&mut self, request: RequestId, record: &Record) -> Verdict {
        let Some(open) = self.open.get_mut(&request) else {
            return ensure(false, || format!("a check for {request:?}, which is not open"));
        };
        let rank = record.rank();
        ensure(open.last_checked.as_ref().is_none_or(|last| last.may_precede(&rank)), || {
            format!("{rank:?} is started after {:?}", open.last_checked)
        })?;
        open.last_checked = Some(rank);
        Ok(())
    }

    /// A client's signal is sent.
    pub(crate) fn signals(&mut self, request: RequestId, id: ProcessId) -> Verdict {
        let Some(open) = self.open.get_mut(&request) else {
            return ensure(false, || format!("a signal for {request:?}, which is not open"));
        };
        ensure(open.signalled.insert(id), || format!("{request:?} signals {id:?} twice"))
    }

    /// The core answers.
    pub(crate) fn answers(&mut self, request: RequestId, reply: &Reply, known: &Knowledge<'_>) -> Verdict {
        let Some(open) = self.open.remove(&request) else {
            return ensure(false, || format!("{request:?} was not open and is answered with {reply:?}"));
        };
        self.answered += 1;
        let wrong =
            |Violation(why)| Violation(format!("{:?} is answered with {reply:?}: {why}", open.command));
        open.judge(reply, known).map_err(wrong)
    }

    pub(crate) fn all_answered(&self) -> Verdict {
        ensure(self.open.is_empty(), || {
            let open: Vec<_> = self.open.iter().map(|(id, open)| (id, &open.command)).collect();
            format!("never answered: {open:?}")
        })
    }
}

/// Those of a list that a command acts on; `None` where the answer is not a list.
fn selected(command: &Command, known: &Knowledge<'_>) -> Option<Selected> {
    let (target, wanted): (_, &dyn Fn(&Record) -> bool) = match command {
        Command::Start { target, .. } => (target, &|record| !record.state.is_running()),
        Command::Stop { target, .. } => (target, &Record::has_something_to_stop),
        Command::Signal { target, .. } => (target, &|record| record.state.is_signallable()),
        _ => return None,
    };
    let (batch, ids) = known.resolve(target)?;
    let chosen = ids.into_iter().filter_map(|id| {
        let record = &known.records[&id];
        wanted(record).then(|| ((record.group.clone(), record.spec.name.clone()), id))
    });
    batch.then(|| chosen.collect())
}

impl Open {
    fn judge(&self, reply: &Reply, known: &Knowledge<'_>) -> Verdict {
        match reply {
            Reply::Fault(Fault::ShutdownState) => {
                ensure(known.stopping, || "it does not stop".to_owned())?;
                ensure(!matches!(self.command, Command::SendRemoteCommEvent { .. }), || {
                    "this is allowed at any time".to_owned()
                })
            }
            Reply::Fault(fault) => self.judge_fault(fault, known),
            Reply::Done => self.judge_done(known),
            Reply::Batch(entries) => self.judge_batch(entries, known),
            Reply::Changes(changes) => {
                ensure(self.command == Command::Reread, || "nobody asked for changes".to_owned())?;
                judge_changes(changes, known.supervisor)
            }
        }
    }

    fn judge_done(&self, known: &Knowledge<'_>) -> Verdict {
        match &self.command {
            Command::Start { target, .. } | Command::Stop { target, .. } | Command::Signal { target, .. } => {
                let Some((false, ids)) = known.resolve(target) else {
                    return ensure(false, || "there is no such process".to_owned());
                };
                self.judge_success(ids[0], known)
            }
            Command::AddGroup(name) => {
                ensure(known.names.contains_key(name), || "the group is not there".to_owned())
            }
            Command::RemoveGroup(name) => {
                ensure(!known.names.contains_key(name), || "the group is still there".to_owned())
            }
            Command::RemoveProcess { group, process } => {
                let members = known.names.get(group);
                ensure(members.is_some_and(|members| !members.contains_key(process)), || {
                    "the process is still there".to_owned()
                })
            }
            Command::AddProgram(program) => ensure(known.names.contains_key(&program.group), || {
                "there is no group that it could have joined".to_owned()
            }),
            Command::Shutdown => ensure(known.stopping, || "it does not stop".to_owned()),
            Command::Reread => ensure(false, || "nothing was read".to_owned()),
            Command::ClearAllProcessLogs => ensure(false, || "it should be a list".to_owned()),
            Command::ClearProcessLogs(_)
            | Command::ClearMainLog
            | Command::Log(..)
            | Command::Restart
            | Command::SendStdin { .. }
            | Command::SendRemoteCommEvent { .. } => Ok(()),
        }
    }

    /// What was asked for has happened to this process since.
    fn judge_success(&self, id: ProcessId, known: &Knowledge<'_>) -> Verdict {
        let Some(record) = known.records.get(&id) else {
            return ensure(false, || "it is gone".to_owned());
        };
        let since = |turn: Option<u64>| turn.is_some_and(|turn| turn >= self.turn);
        let state = record.state;
        let true_now = match &self.command {
            Command::Start { wait: true, .. } => since(record.last_running),
            Command::Start { wait: false, .. } => since(record.last_spawned) || since(record.last_queued),
            Command::Stop { wait: true, .. } => state.is_stopped() || since(record.last_stopped),
            Command::Stop { wait: false, .. } => {
                state.is_stopped() || state == ProcessState::Stopping || since(record.last_stopped)
            }
            Command::Signal { .. } => self.signalled.contains(&id),
            _ => true,
        };
        ensure(true_now, || format!("{} is {state}", record.spec.name))
    }

    fn judge_batch(&self, entries: &[BatchEntry], known: &Knowledge<'_>) -> Verdict {
        let mut seen = BTreeSet::new();
        for BatchEntry { group, name, outcome } in entries {
            let key = (group.clone(), name.clone());
            // Whom it was about may have been taken from work, and even be replaced, since then.
            let id = self.selected.as_ref().and_then(|selected| selected.get(&key));
            ensure(self.selected.is_none() || id.is_some(), || format!("{group}:{name} was not asked for"))?;
            ensure(seen.insert(key), || format!("{group}:{name} is there twice"))?;
            match (outcome, id) {
                (Ok(()), Some(id)) if known.records.contains_key(id) => self.judge_success(*id, known)?,
                (Err(Fault::ShutdownState), _) => {
                    ensure(known.stopping, || "it does not stop".to_owned())?;
                }
                _ => {}
            }
        }
        ensure(self.selected.as_ref().is_none_or(|selected| seen.len() == selected.len()), || {
            format!("it should have been about {:?}", self.selected)
        })
    }

    fn judge_fault(&self, fault: &Fault, known: &Knowledge<'_>) -> Verdict {
        let record = match &self.command {
            Command::Start { target, .. } | Command::Stop { target, .. } | Command::Signal { target, .. } => {
                known.resolve(target).and_then(|(_, ids)| known.records.get(ids.first()?))
            }
            _ => None,
        };
        let nobody_yet = record.is_some_and(|record| record.spawning);
        let state = record.map(|record| record.state);
        let right = match (fault, &self.command) {
            (Fault::AlreadyStarted(_), _) => state.is_some_and(ProcessState::is_running),
            (Fault::NotRunning(_), Command::Stop { .. }) => state.is_some_and(|state| !state.is_running()),
            (Fault::NotRunning(_), Command::Signal { .. }) => {
                nobody_yet || state.is_some_and(|state| !state.is_signallable())
            }
            (Fault::SpawnError(_) | Fault::AbnormalTermination(_), Command::Start { .. }) => {
                state.is_some_and(|state| state != ProcessState::Running)
            }
            (Fault::AlreadyAdded(_), Command::AddGroup(name)) => known.names.contains_key(name),
            (Fault::StillRunning(_), Command::RemoveGroup(name)) => known
                .names
                .get(name)
                .is_some_and(|group| group.values().any(|id| !known.records[id].state.is_stopped())),
            (Fault::StillRunning(_), Command::RemoveProcess { group, process }) => known
                .names
                .get(group)
                .and_then(|members| members.get(process))
                .is_some_and(|id| !known.records[id].state.is_stopped()),
            (Fault::BadName(_), Command::RemoveProcess { group, process }) => {
                known.names.get(group).is_none_or(|members| !members.contains_key(process))
            }
            (Fault::BadName(_), Command::RemoveGroup(name)) => !known.names.contains_key(name),
            (Fault::BadName(_), Command::AddGroup(name)) => {
                !known.supervisor.configured().iter().any(|group| group.name == *name)
            }
            (Fault::CantReread(_), command) => matches!(command, Command::Reread | Command::Restart),
            (Fault::ShutdownState, _) => known.stopping,
            _ => true,
        };
        ensure(right, || format!("the process is {state:?}"))
    }
}

fn judge_changes(changes: &Changes, supervisor: &Supervisor) -> Verdict {
    let mut right = Changes::default();
    let mut seen = BTreeSet::new();
    for group in supervisor.configured() {
        if !seen.insert(&group.name) {
            continue;
        }
        match supervisor.groups().find(|at_work| at_work.spec().name == group.name) {
            None => right.added.push(group.name.clone()),
            Some(at_work) if at_work.spec() != group => right.changed.push(group.name.clone()),
            Some(_) => {}
        }
    }
    right.removed = supervisor
        .groups()
        .map(|group| &group.spec().name)
        .filter(|name| !seen.contains(name))
        .cloned()
        .collect();
    ensure(*changes == right, || format!("it should be {right:?}"))
}
