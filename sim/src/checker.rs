//! What must hold after every turn, whatever the weather.
//!
//! The checker hears what the core hears and what it says, keeps its own books from that alone, and compares.
//! It never looks into the core except through what readers of the daemon can see.

mod roll;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;

use supervisor_core::Supervisor;
use supervisor_core::command::Command;
use supervisor_core::effect::Effect;
use supervisor_core::event::{Event, StateDetail};
use supervisor_core::input::{Input, SignalError, SignalPurpose};
use supervisor_core::process::{Pid, ProcessId};
use supervisor_core::signal::Signal;
use supervisor_core::state::{ProcessState, SupervisorState};
use supervisor_core::time::Moment;

use crate::clock::SECOND;
use crate::herald::Herald;
use crate::ledger::{Knowledge, Ledger};
use crate::post::Post;
use crate::record::{Rank, Record, Turn, state_of};

/// A wave of the shutdown takes no longer: `stopwaitsecs`, SIGKILL, and a child that is slow to die.
const PATIENCE_PER_WAVE: u64 = 30 * SECOND;

/// Up to so many processes everything is looked at in every turn of a shutdown.
const FEW: usize = 200;

/// Something that must not happen, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation(pub String);

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

pub(crate) type Verdict = Result<(), Violation>;

pub(crate) fn ensure(holds: bool, why: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(Violation(why())) }
}

/// The books of one life of the daemon.
#[derive(Debug, Default)]
pub(crate) struct Checker {
    records: BTreeMap<ProcessId, Record>,
    names: BTreeMap<String, BTreeMap<String, ProcessId>>,
    pids: BTreeMap<Pid, ProcessId>,
    dues: BTreeSet<(u64, ProcessId)>,
    touched: BTreeSet<ProcessId>,
    ledger: Ledger,
    post: Post,
    herald: Herald,
    turn: u64,
    now: u64,
    autostart: bool,
    /// How many processes of each group priority are not stopped.
    living: BTreeMap<i64, usize>,
    stopping_until: Option<u64>,
    finished: bool,
    /// It has finished in this turn.
    finishes: bool,
    /// The last process told to stop in this turn.
    last_told: Option<Rank>,
    asked_to_stop: bool,
    told_to_stop: Vec<ProcessId>,
    /// What is to be written to the standard input of whom in this turn.
    fed: VecDeque<(ProcessId, String)>,
    /// It heard of nothing but time.
    time_passed: bool,
    /// It heard of a process that may have been long in the making, so that deadlines have passed meanwhile.
    spawned: bool,
    changed: bool,
    revision: u64,
    state: Option<SupervisorState>,
    /// Every arrow that was taken.
    pub(crate) arrows: BTreeSet<(ProcessState, ProcessState)>,
}

impl Checker {
    /// Books of a daemon in which somebody watches the time, or nobody does.
    pub(crate) fn new(ticks: bool) -> Self {
        Self { herald: Herald::new(ticks), ..Self::default() }
    }

    /// How many processes are at work.
    pub(crate) fn processes(&self) -> usize {
        self.records.len()
    }

    /// The next process that something is due to happen to.
    pub(crate) fn next_due(&self) -> Option<ProcessId> {
        self.dues.first().map(|&(_, id)| id)
    }

    pub(crate) fn answered(&self) -> u64 {
        self.ledger.answered
    }

    /// The world was late, which nobody can blame on the core.
    pub(crate) fn excuse(&mut self, wait: u64) {
        if let Some(until) = &mut self.stopping_until {
            *until += wait;
        }
    }

    fn this_turn(&self) -> Turn {
        Turn {
            number: self.turn,
            now: self.now,
            stopping: self.stopping_until.is_some(),
            autostart: self.autostart,
        }
    }

    fn known<'a>(&'a self, supervisor: &'a Supervisor) -> Knowledge<'a> {
        Knowledge {
            records: &self.records,
            names: &self.names,
            supervisor,
            stopping: self.stopping_until.is_some(),
        }
    }

    /// The core is about to hear this.
    pub(crate) fn hears(&mut self, moment: Moment, input: &Input, supervisor: &Supervisor) {
        let now = moment.monotonic.0;
        self.turn += 1;
        self.now = now;
        let work = &self.records;
        self.herald.hears(moment, input, |id| work.get(&id));
        self.changed = false;
        self.time_passed = *input == Input::TimePassed;
        self.spawned = matches!(input, Input::Spawned(..));
        self.last_told = None;
        self.asked_to_stop = false;
        self.autostart = matches!(
            input,
            Input::Started | Input::Request(_, Command::AddGroup(_)) | Input::ProgramRead(..)
        );
        self.revision = supervisor.revision();
        self.state = Some(supervisor.state());
        let turn = self.this_turn();
        match input {
            Input::Spawned(id, pid) => {
                self.pids.insert(*pid, *id);
                self.touch(*id, |record| record.spawned(*pid, turn));
            }
            Input::SpawnFailed(id, _) | Input::SpawnRefused(id, _) => {
                let no_room = matches!(input, Input::SpawnRefused(..));
                self.touch(*id, |record| record.not_spawned(no_room));
            }
            Input::Exited(pid, status) => {
                if let Some(id) = self.pids.remove(pid) {
                    self.post.ended(id);
                    self.touch(id, |record| record.reaped(*status));
                }
            }
            Input::Signalled(id, _, Err(SignalError::Other(_))) => {
                self.touch(*id, |record| record.refused = record.pid.is_some());
            }
            Input::ListenerHeard(id, pid, bytes) => self.listener_says(*id, *pid, bytes),
            Input::DeliveryFailed(id) => self.post.not_delivered(*id),
            Input::Checked(_, id, Ok(())) => self.touch(*id, |record| record.told_to_start(turn)),
            Input::Request(request, command) => {
                let certain = self.dues.first().is_none_or(|&(at, _)| at > now);
                let mut ledger = std::mem::take(&mut self.ledger);
                ledger.asked(*request, command, self.turn, certain, &self.known(supervisor));
                self.ledger = ledger;
                if let Command::Stop { target, .. } = command
                    && !turn.stopping
                {
                    self.asked_to_stop = true;
                    self.told_to_stop =
                        self.known(supervisor).resolve(target).map_or_else(Vec::new, |(_, ids)| ids);
                }
            }
            _ => {}
        }
    }

    /// A listener says something, or somebody whom an earlier one has left behind.
    fn listener_says(&mut self, id: ProcessId, pid: Pid, bytes: &[u8]) {
        if self.pids.get(&pid) != Some(&id) {
            return;
        }
        for (event, text) in self.post.heard(id, bytes, self.now) {
            let Some((group, Some(name))) = event.subject() else { continue };
            let id = self.names.get(group).and_then(|group| group.get(name)).copied();
            let lives = |id: &ProcessId| {
                let record = &self.records[id];
                record.pid.is_some() && record.state != ProcessState::Stopping
            };
            self.fed.extend(id.filter(lives).map(|id| (id, text)));
        }
    }

    fn touch(&mut self, id: ProcessId, act: impl FnOnce(&mut Record)) {
        if let Some(record) = self.records.get_mut(&id) {
            let before = record.due;
            act(record);
            let after = record.due;
            self.file(id, before.map(|due| due.at), after.map(|due| due.at));
            self.touched.insert(id);
        }
    }

    fn file(&mut self, id: ProcessId, before: Option<u64>, after: Option<u64>) {
        if before != after {
            if let Some(at) = before {
                self.dues.remove(&(at, id));
            }
            if let Some(at) = after {
                self.dues.insert((at, id));
            }
        }
    }

    /// The core wants this done. The supervisor is as it is at the end of the turn.
    pub(crate) fn wants(&mut self, effect: &Effect, supervisor: &Supervisor) -> Verdict {
        match effect {
            Effect::Log(..)
            | Effect::ReopenLogs
            | Effect::ClearMainLog(_)
            | Effect::ReadConfiguration(_)
            | Effect::ReadProgram(..) => Ok(()),
            Effect::Print(_) => Err(Violation("nobody asked for that".to_owned())),
            Effect::Feed(id, text) => {
                let next = self.fed.pop_front();
                let right = next.as_ref().is_some_and(|(to, what)| to == id && what == text);
                ensure(right, || format!("{text:?} is for {id:?}, and it should be {next:?}"))
            }
            Effect::Deliver(id, envelope) => self.post.delivers(*id, envelope, self.now, supervisor),
            Effect::Emit { serial, event } => {
                self.post.emitted(*serial, event)?;
                self.herald.emits(event)?;
                self.emits(event)
            }
            Effect::Reply(request, reply) => {
                let mut ledger = std::mem::take(&mut self.ledger);
                let verdict = ledger.answers(*request, reply, &self.known(supervisor));
                self.ledger = ledger;
                verdict
            }
            Effect::PrepareGroup(ids) => self.prepares(ids, supervisor),
            Effect::ForgetGroup(ids) => self.forgets(ids, supervisor),
            Effect::Check(request, id) => {
                let record = self.records.get(id).ok_or_else(|| gone(*id))?;
                self.ledger.checks(*request, record)
            }
            Effect::Spawn(id) => self.spawns(*id),
            Effect::Signal { process, pid, group, signal, purpose } => {
                self.signals(*process, *pid, *group, *signal, *purpose)
            }
            Effect::ClearLogs(_, id) | Effect::WriteStdin(_, id, _) => {
                self.records.get(id).map(|_| ()).ok_or_else(|| gone(*id))
            }
            Effect::Finish(_) => {
                ensure(!self.finished, || "finished twice".to_owned())?;
                ensure(self.stopping_until.is_some(), || "finished without stopping".to_owned())?;
                let left: usize = self.living.values().sum();
                ensure(left == 0, || format!("finished with {left} processes that are not stopped"))?;
                self.finished = true;
                self.finishes = true;
                Ok(())
            }
        }
    }

    fn emits(&mut self, event: &Event) -> Verdict {
        match event {
            Event::ProcessState { name, group, from, to } => {
                self.changes_state(name, group, *from, *to)
                    .map_err(|Violation(why)| Violation(format!("{group}:{name}: {why}")))?;
            }
            Event::ProcessGroupAdded(name) => {
                self.names.entry(name.clone()).or_default();
            }
            Event::ProcessGroupRemoved(name) => {
                let removed = self.names.remove(name);
                ensure(removed.is_some(), || format!("there is no group {name} to remove"))?;
            }
            Event::SupervisorStopping => {
                ensure(self.stopping_until.is_none(), || "stops twice".to_owned())?;
                let waves = self.living.len() as u64 + 1;
                self.stopping_until = Some(self.now + waves * PATIENCE_PER_WAVE);
                self.touched.extend(self.records.keys());
            }
            Event::SupervisorRunning
            | Event::RemoteCommunication { .. }
            | Event::ProcessLog(_)
            | Event::ProcessCommunication(_)
            | Event::Tick { .. } => return Ok(()),
        }
        self.changed = true;
        Ok(())
    }

    fn changes_state(&mut self, name: &str, group: &str, from: ProcessState, to: StateDetail) -> Verdict {
        let id = self.names.get(group).and_then(|group| group.get(name)).copied();
        let id = id.ok_or_else(|| Violation("nobody of that name is at work".to_owned()))?;
        let state = state_of(to);
        self.arrows.insert((from, state));
        if self.stopping_until.is_some() && matches!(to, StateDetail::Stopping(_)) || self.asked_to_stop {
            self.keeps_order(id, state)?;
        }
        let turn = self.this_turn();
        let mut verdict = Ok(());
        self.touch(id, |record| verdict = record.announced(from, to, turn));
        verdict?;
        let living = self.living.entry(self.records[&id].group_priority).or_default();
        match (from.is_stopped(), state.is_stopped()) {
            (true, false) => *living += 1,
            (false, true) => *living -= 1,
            _ => {}
        }
        Ok(())
    }

    /// A shutdown goes down the priorities, a client's stop goes up.
    fn keeps_order(&mut self, id: ProcessId, to: ProcessState) -> Verdict {
        let record = &self.records[&id];
        if to != ProcessState::Stopping {
            return Ok(());
        }
        let told = record.rank();
        if !self.asked_to_stop {
            let earlier: usize = self.living.range(record.group_priority + 1..).map(|(_, count)| count).sum();
            ensure(earlier == 0, || format!("told to stop before {earlier} processes of other groups"))?;
        }
        let Some(last) = self.last_told.replace(told.clone()) else { return Ok(()) };
        let in_order = if self.asked_to_stop { last.may_precede(&told) } else { told.may_precede(&last) };
        ensure(in_order, || format!("{told:?} is told to stop after {last:?}"))
    }

    fn spawns(&mut self, id: ProcessId) -> Verdict {
        let stopping = self.stopping_until.is_some();
        let record = self.records.get_mut(&id).ok_or_else(|| gone(id))?;
        let name = &record.spec.name;
        ensure(!stopping, || format!("{name} is spawned while the supervisor stops"))?;
        ensure(record.pid.is_none(), || format!("{name} is spawned while it is alive"))?;
        ensure(!record.spawning, || format!("{name} is spawned twice"))?;
        ensure(record.state == ProcessState::Starting, || {
            format!("{name} is spawned while {}", record.state)
        })?;
        record.spawning = true;
        self.touched.insert(id);
        Ok(())
    }

    fn signals(
        &mut self,
        id: ProcessId,
        pid: Pid,
        group: bool,
        signal: Signal,
        purpose: SignalPurpose,
    ) -> Verdict {
        ensure(self.pids.get(&pid) == Some(&id), || format!("{pid} is not a process of {id:?} any more"))?;
        let turn = self.this_turn();
        let record = self.records.get(&id).ok_or_else(|| gone(id))?;
        let spec = &record.spec;
        let right = match purpose {
            SignalPurpose::Stop => signal == spec.stopsignal && group == spec.stopasgroup,
            SignalPurpose::Kill => signal == Signal::KILL && group == (spec.killasgroup || spec.stopasgroup),
            SignalPurpose::Request(_) => !group,
        };
        ensure(right, || format!("{} is sent {signal}, group: {group}", spec.name))?;
        if let SignalPurpose::Request(request) = purpose {
            return self.ledger.signals(request, id);
        }
        ensure(record.state == ProcessState::Stopping, || format!("{signal} to {}", record.state))?;
        let mut verdict = Ok(());
        self.touch(id, |record| match purpose {
            SignalPurpose::Kill => verdict = record.killed(turn),
            SignalPurpose::Stop | SignalPurpose::Request(_) => record.told_to_end = true,
        });
        verdict
    }

    /// The turn is over.
    pub(crate) fn settles(&mut self, supervisor: &Supervisor) -> Verdict {
        let turn = self.this_turn();
        for id in std::mem::take(&mut self.told_to_stop) {
            self.touch(id, Record::told_to_stop);
        }
        for id in std::mem::take(&mut self.touched) {
            self.settle(id, turn, supervisor)?;
        }
        self.herald.settles(self.now, supervisor)?;
        ensure(self.fed.is_empty(), || format!("nobody is given {:?}", self.fed))?;
        if self.changed || self.state != Some(supervisor.state()) {
            ensure(supervisor.revision() > self.revision, || {
                "something has changed and the revision has not".to_owned()
            })?;
        }
        if std::mem::take(&mut self.finishes) {
            self.post.finishes();
        }
        if self.records.len() <= FEW {
            self.post.settles(self.now, supervisor)?;
        }
        self.keeps_time(supervisor)?;
        if turn.stopping && !self.finished {
            let until = self.stopping_until.unwrap_or(u64::MAX);
            ensure(self.now <= until, || "the shutdown takes for ever".to_owned())?;
            if self.records.len() <= FEW {
                self.stops_in_parallel()?;
            }
        }
        Ok(())
    }

    fn settle(&mut self, id: ProcessId, turn: Turn, supervisor: &Supervisor) -> Verdict {
        let Some(record) = self.records.get_mut(&id) else { return Ok(()) };
        let Some(shown) = supervisor.process(id) else { return Err(gone(id)) };
        let before = record.due.map(|due| due.at);
        let verdict = record.settled(shown, turn);
        let after = record.due.map(|due| due.at);
        let name = record.spec.name.clone();
        self.file(id, before, after);
        verdict.map_err(|Violation(why)| Violation(format!("{name}: {why}")))
    }

    /// Every duty is done when it is due, and nobody is woken for nothing.
    fn keeps_time(&self, supervisor: &Supervisor) -> Verdict {
        let first = self.dues.first().copied();
        if let Some((at, id)) = first
            && at <= self.now
        {
            let due = self.records[&id].due;
            ensure(due.is_some_and(|due| due.since == self.turn), || {
                format!("{} is overdue: {due:?}", self.records[&id].spec.name)
            })?;
        }
        let deadline = supervisor.next_deadline().map(|deadline| deadline.0);
        if let Some((at, id)) = first {
            ensure(deadline.is_some_and(|deadline| deadline <= at), || {
                format!(
                    "{} is due at {at} and the core sleeps until {deadline:?}",
                    self.records[&id].spec.name
                )
            })?;
        }
        let now_again = deadline.is_some_and(|deadline| deadline <= self.now);
        let rightly = !self.time_passed && (self.spawned || first.is_some_and(|(at, _)| at <= self.now));
        ensure(!now_again || rightly, || {
            format!("the next deadline {deadline:?} has passed when the turn ends")
        })
    }

    /// Those of the highest priority that live are all told to stop.
    fn stops_in_parallel(&self) -> Verdict {
        let Some((&priority, _)) = self.living.iter().rev().find(|&(_, &count)| count > 0) else {
            return Ok(());
        };
        let idle = self
            .records
            .values()
            .find(|record| record.group_priority == priority && record.state.is_running());
        ensure(idle.is_none(), || {
            format!("nobody tells {} to stop", idle.map_or("", |record| &record.spec.name))
        })
    }

    /// Looks at everything.
    pub(crate) fn audit(&mut self, supervisor: &Supervisor) -> Verdict {
        let turn = self.this_turn();
        let ids: Vec<_> = self.records.keys().copied().collect();
        ensure(supervisor.processes().count() == ids.len(), || "processes are missing".to_owned())?;
        for id in ids {
            self.settle(id, turn, supervisor)?;
        }
        self.post.audit(supervisor)?;
        for (&pid, &id) in &self.pids {
            ensure(supervisor.process_of(pid) == Some(id), || format!("{pid} is nobody's"))?;
        }
        Ok(())
    }

    pub(crate) fn all_answered(&self) -> Verdict {
        self.ledger.all_answered()
    }
}

fn gone(id: ProcessId) -> Violation {
    Violation(format!("{id:?} is not at work"))
}
