//! The whole: groups, processes, requests, and the function that takes what happened to what must be done.

mod roster;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::changes::changes;
use crate::command::{Changes, Command, Fault, Reply, RequestId};
use crate::effect::{Effect, Level, Outcome, ReadPurpose};
use crate::event::Event;
use crate::group::{Group, GroupId};
use crate::input::{ExitStatus, Input, SignalPurpose};
use crate::listener::Listener;
use crate::name::DisplayName;
use crate::pool::Pool;
use crate::process::{AfterExit, Phase, Pid, Process, ProcessId};
use crate::request::Waiting;
use crate::shutdown::Shutdown;
use crate::signal::Signal;
use crate::spec::GroupSpec;
use crate::state::SupervisorState;
use crate::subscription::Subscriptions;
use crate::tick::Ticker;
use crate::time::{Moment, Monotonic};
use crate::turn::Turn;

/// The supervisor: all that it knows, none of what it runs on.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Supervisor {
    pub(crate) groups: BTreeMap<GroupId, Group>,
    names: BTreeMap<String, GroupId>,
    pub(crate) processes: BTreeMap<ProcessId, Process>,
    pids: BTreeMap<Pid, ProcessId>,
    pub(crate) configured: Vec<GroupSpec>,
    deadlines: BTreeSet<(Monotonic, ProcessId)>,
    pub(crate) requests: BTreeMap<RequestId, Waiting>,
    pub(crate) shutdown: Option<Shutdown>,
    pub(crate) pools: BTreeMap<GroupId, Pool>,
    pub(crate) listeners: BTreeMap<ProcessId, Listener>,
    /// Until when the log is patient with busy listeners.
    pub(crate) patience: BTreeSet<(Monotonic, ProcessId)>,
    pub(crate) ticker: Ticker,
    pub(crate) next_serial: u64,
    /// What is watched beside what the pools want.
    pub(crate) watched: Arc<Subscriptions>,
    least_level: Option<Level>,
    next_id: u64,
    pub(crate) revision: u64,
}

impl Supervisor {
    /// A supervisor with nothing to do yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A supervisor whose first event has that number.
    #[must_use]
    pub fn with_serial(next_serial: u64) -> Self {
        Self { next_serial, ..Self::default() }
    }

    /// Has it make no log lines for developers if nobody reads what matters less than `least`.
    pub fn log_from(&mut self, least: Level) {
        self.least_level = Some(least);
    }

    /// Takes what happened and appends what must be done. The order of effects is the order to obey.
    pub fn handle(&mut self, now: Moment, input: Input, effects: &mut Vec<Effect>) {
        let turn = &mut Turn::new(now, Arc::clone(&self.watched), effects)
            .logging_from(self.least_level.unwrap_or(Level::Blather));
        if let Input::Exited(pid, _) = input
            && let Some(&id) = self.pids.get(&pid)
        {
            // Its pid is free for others: a SIGKILL that is due in this very turn could hit one of them.
            self.with(id, turn, |process, _| process.spare());
        }
        self.pass_deadlines(turn);
        match input {
            Input::Configured(groups) => self.configure(groups, turn),
            Input::Started => self.begin(turn),
            Input::TimePassed => {}
            Input::Watched(subscriptions) => self.watched = Arc::new(subscriptions),
            Input::Request(request, command) => self.request(request, command, turn),
            Input::SignalReceived(signal) => self.signal_received(signal, turn),
            Input::Checked(request, process, result) => self.checked(request, process, result, turn),
            Input::Spawned(process, pid) => self.spawned(process, pid, turn),
            Input::SpawnFailed(process, why) => {
                self.not_spawned(process, turn, |process, turn| process.spawn_failed(why, turn));
            }
            Input::SpawnRefused(process, why) => {
                self.not_spawned(process, turn, |process, turn| process.spawn_refused(why, turn));
            }
            Input::Exited(pid, status) => self.exited(pid, status, turn),
            Input::ListenerHeard(process, pid, bytes) => self.listener_heard(process, pid, &bytes, turn),
            Input::DeliveryFailed(process) => self.delivery_failed(process, turn),
            Input::OutputRead(process, pid, channel, data) => {
                if let Some(written) = self.written(process, pid, channel, data) {
                    turn.emit(Event::ProcessLog(written));
                }
            }
            Input::Captured(process, pid, channel, data) => {
                if let Some(written) = self.written(process, pid, channel, data) {
                    turn.emit(Event::ProcessCommunication(written));
                    let name = &self.processes[&process].spec.name;
                    turn.debug(|| format!("'{name}' {} emitted a comm event", channel.name()));
                }
            }
            Input::Signalled(process, purpose, result) => {
                self.signalled(process, purpose, result, turn);
            }
            Input::LogsCleared(request, process, result) => {
                let result = result.map_err(|_| Fault::Failed(self.name_of(request, process)));
                self.resolve(request, process, result, turn);
            }
            Input::MainLogCleared(request, result) => {
                let reply = result.map_or_else(Reply::Fault, |()| Reply::Done);
                turn.push(Effect::Reply(request, reply));
            }
            Input::StdinWritten(request, process, read) => {
                let name = self.name_of(request, process);
                let result = if read { Ok(()) } else { Err(Fault::NoFile(name)) };
                self.resolve(request, process, result, turn);
            }
            Input::ProgramRead(request, group, result) => {
                let reply = self.program_read(&group, result, turn);
                turn.push(Effect::Reply(request, reply));
            }
            Input::ConfigurationRead(purpose, result) => self.configuration_read(purpose, result, turn),
        }
        self.conclude(turn);
    }

    /// Until when nothing needs to be done if nothing comes in; `None` for ever.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Monotonic> {
        if self.is_finished() {
            return None;
        }
        let process = self.deadlines.first().map(|&(deadline, _)| deadline);
        let report = self.shutdown.as_ref().map(|shutdown| shutdown.report_at);
        let pools = self.pools.values().filter_map(Pool::due).min();
        let patience = self.patience.first().map(|&(deadline, _)| deadline);
        [process, report, pools, patience, self.ticker.due()].into_iter().flatten().min()
    }

    /// Rises whenever something that readers can see has changed.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The state of the supervisor itself.
    #[must_use]
    pub fn state(&self) -> SupervisorState {
        match self.shutdown.as_ref().map(|shutdown| shutdown.outcome) {
            None => SupervisorState::Running,
            Some(Outcome::Restart) => SupervisorState::Restarting,
            Some(Outcome::Shutdown) => SupervisorState::Shutdown,
        }
    }

    /// Groups at work, in running order.
    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.values()
    }

    /// The group of that name, if it is at work.
    #[must_use]
    pub fn group(&self, name: &str) -> Option<&Group> {
        self.groups.get(&self.group_named(name)?)
    }

    /// Every process at work, by group in running order.
    pub fn processes(&self) -> impl Iterator<Item = &Process> {
        self.groups.values().flat_map(|group| &group.members).filter_map(|id| self.processes.get(id))
    }

    /// One process.
    #[must_use]
    pub fn process(&self, id: ProcessId) -> Option<&Process> {
        self.processes.get(&id)
    }

    /// The process of that pid, if it is one of ours.
    #[must_use]
    pub fn process_of(&self, pid: Pid) -> Option<ProcessId> {
        self.pids.get(&pid).copied()
    }

    /// The last-read configuration.
    #[must_use]
    pub fn configured(&self) -> &[GroupSpec] {
        &self.configured
    }

    pub(crate) fn is_running(&self) -> bool {
        self.shutdown.is_none()
    }

    pub(crate) fn is_finished(&self) -> bool {
        self.shutdown.as_ref().is_some_and(|shutdown| shutdown.finished)
    }

    fn configure(&mut self, groups: Vec<GroupSpec>, turn: &mut Turn<'_>) {
        self.configured = groups;
        for group in self.configured.clone() {
            if self.group_named(&group.name).is_none() {
                self.put_to_work(group, turn);
            } else {
                turn.log(
                    Level::Warn,
                    format!("two groups are named '{}'; only the first one is used", group.name),
                );
            }
        }
    }

    fn begin(&mut self, turn: &mut Turn<'_>) {
        if !self.is_running() {
            return;
        }
        turn.emit(Event::SupervisorRunning);
        let mut order: Vec<_> =
            self.groups.values().map(|group| (group.spec.priority, group.members.clone())).collect();
        order.sort_by_key(|&(priority, _)| priority);
        for (_, members) in order {
            self.autostart(&members, turn);
        }
    }

    pub(crate) fn autostart(&mut self, members: &[ProcessId], turn: &mut Turn<'_>) {
        for &id in members {
            self.with(id, turn, |process, turn| {
                if process.spec.autostart {
                    process.start(turn);
                }
            });
        }
    }

    /// Lets `act` change a process, then draws the consequences.
    pub(crate) fn with<T>(
        &mut self,
        id: ProcessId,
        turn: &mut Turn<'_>,
        act: impl FnOnce(&mut Process, &mut Turn<'_>) -> T,
    ) -> Option<T> {
        let process = self.processes.get_mut(&id)?;
        let result = act(process, turn);
        self.settle(id, false, turn);
        Some(result)
    }

    /// Files the process's deadline and answers those whose wait is over.
    fn settle(&mut self, id: ProcessId, starts_next: bool, turn: &mut Turn<'_>) {
        self.revision += 1;
        let Some(process) = self.processes.get_mut(&id) else { return };
        process.revision = self.revision;
        let deadline = process.deadline();
        if deadline != process.filed_deadline {
            if let Some(old) = process.filed_deadline {
                self.deadlines.remove(&(old, id));
            }
            if let Some(new) = deadline {
                self.deadlines.insert((new, id));
            }
            process.filed_deadline = deadline;
        }
        if process.waiters.is_empty() {
            return;
        }
        let process = &self.processes[&id];
        let verdicts: Vec<_> = process
            .waiters
            .iter()
            .filter_map(|waiter| {
                let name = self.requests.get(&waiter.request)?.pending.get(&id)?;
                Some((waiter.request, waiter.verdict(process, name, starts_next)?))
            })
            .collect();
        for (request, outcome) in verdicts {
            self.resolve(request, id, outcome, turn);
        }
    }

    fn pass_deadlines(&mut self, turn: &mut Turn<'_>) {
        while let Some(&(deadline, id)) = self.deadlines.first() {
            if deadline > turn.now.monotonic {
                break;
            }
            self.with(id, turn, Process::deadline_passed);
            // A deadline that its phase does not honour any more must not be met again.
            if self.deadlines.first() == Some(&(deadline, id)) {
                self.deadlines.pop_first();
                if let Some(process) = self.processes.get_mut(&id) {
                    process.filed_deadline = None;
                }
            }
        }
    }

    /// There is no process after all; while the supervisor stops there will be none later either.
    fn not_spawned(
        &mut self,
        id: ProcessId,
        turn: &mut Turn<'_>,
        act: impl FnOnce(&mut Process, &mut Turn<'_>),
    ) {
        let running = self.is_running();
        self.with(id, turn, |process, turn| {
            act(process, turn);
            if !running {
                process.cancel_starts();
            }
        });
    }

    fn spawned(&mut self, id: ProcessId, pid: Pid, turn: &mut Turn<'_>) {
        self.listener_restarts(id, turn);
        if self.with(id, turn, |process, turn| process.spawned(pid, turn)) == Some(true) {
            self.pids.insert(pid, id);
        }
    }

    fn exited(&mut self, pid: Pid, status: ExitStatus, turn: &mut Turn<'_>) {
        let Some(id) = self.pids.remove(&pid) else {
            turn.log(Level::Info, format!("reaped unknown pid {pid} ({status})"));
            return;
        };
        let running = self.is_running();
        let Some(process) = self.processes.get_mut(&id) else { return };
        let after = process.exited(status, turn);
        self.listener_restarts(id, turn);
        let starts_next = running && after == AfterExit::Start;
        self.settle(id, starts_next, turn);
        match after {
            AfterExit::Restart if running => {
                self.with(id, turn, Process::restart);
            }
            AfterExit::Start if running => {
                self.with(id, turn, Process::start);
            }
            AfterExit::Restart | AfterExit::Start | AfterExit::Nothing => {}
        }
        if !running {
            self.with(id, turn, |process, _| process.cancel_starts());
        }
    }

    fn signal_received(&mut self, signal: Signal, turn: &mut Turn<'_>) {
        match signal {
            Signal::TERM | Signal::INT | Signal::QUIT => {
                turn.log(Level::Warn, format!("received {signal} indicating exit request"));
                self.stop_everything(Outcome::Shutdown, turn);
            }
            Signal::HUP if self.state() == SupervisorState::Shutdown => {
                turn.log(
                    Level::Warn,
                    "ignored SIGHUP indicating restart request (shutdown in progress)".to_owned(),
                );
            }
            Signal::HUP => {
                turn.log(Level::Warn, "received SIGHUP indicating restart request".to_owned());
                if self.is_running() {
                    turn.push(Effect::ReadConfiguration(ReadPurpose::Restart(None)));
                }
            }
            Signal::USR2 => {
                turn.log(Level::Info, "received SIGUSR2 indicating log reopen request".to_owned());
                turn.log(Level::Info, "supervisord logreopen".to_owned());
                turn.push(Effect::ReopenLogs);
            }
            _ => {}
        }
    }

    fn configuration_read(
        &mut self,
        purpose: ReadPurpose,
        result: Result<Vec<GroupSpec>, String>,
        turn: &mut Turn<'_>,
    ) {
        match (purpose, result) {
            (ReadPurpose::Reread(request), Ok(groups)) => {
                self.configured = groups;
                self.revision += 1;
                turn.push(Effect::Reply(request, Reply::Changes(self.pending_changes())));
            }
            (ReadPurpose::Reread(request), Err(why)) => {
                turn.push(Effect::Reply(request, Reply::Fault(Fault::CantReread(why))));
            }
            (ReadPurpose::Restart(request), Ok(_)) => {
                if let Some(request) = request {
                    turn.push(Effect::Reply(request, Reply::Done));
                }
                self.stop_everything(Outcome::Restart, turn);
            }
            // Differs: restart-with-broken-configuration
            (ReadPurpose::Restart(request), Err(why)) => {
                turn.log(Level::Error, format!("not restarting, the configuration is broken: {why}"));
                if let Some(request) = request {
                    turn.push(Effect::Reply(request, Reply::Fault(Fault::CantReread(why))));
                }
            }
        }
    }

    fn pending_changes(&self) -> Changes {
        changes(self.groups.values().map(|group| &group.spec), &self.configured)
    }

    fn signalled(
        &mut self,
        id: ProcessId,
        purpose: SignalPurpose,
        result: Result<(), crate::input::SignalError>,
        turn: &mut Turn<'_>,
    ) {
        let Some(process) = self.processes.get_mut(&id) else { return };
        let outcome = process.signalled(purpose, result, turn).map_err(|text| Fault::Failed(Some(text)));
        if let SignalPurpose::Request(request) = purpose {
            self.resolve(request, id, outcome.clone(), turn);
        }
        if purpose == SignalPurpose::Stop || outcome.is_err() {
            self.resolve_stops(id, &outcome, turn);
        }
        self.settle(id, false, turn);
    }

    pub(crate) fn display_name(&self, id: ProcessId) -> String {
        self.processes.get(&id).map_or_else(String::new, |process| {
            DisplayName { group: &process.group_name, process: &process.spec.name }.to_string()
        })
    }

    /// Whether a stop has anything to do: it is up, or about to be.
    pub(crate) fn can_be_stopped(&self, id: ProcessId) -> bool {
        self.processes.get(&id).is_some_and(|process| {
            process.state().is_running()
                || matches!(
                    process.phase(),
                    Phase::Exited { restart_at: Some(_) } | Phase::Stopping { then_start: true, .. }
                )
        })
    }

    pub(crate) fn request(&mut self, request: RequestId, command: Command, turn: &mut Turn<'_>) {
        let in_any_state = matches!(command, Command::SendRemoteCommEvent { .. });
        if !self.is_running() && !in_any_state {
            turn.push(Effect::Reply(request, Reply::Fault(Fault::ShutdownState)));
            return;
        }
        self.carry_out(request, command, turn);
    }
}
