//! Carrying out what clients ask.

use crate::command::{BatchEntry, Command, Fault, Reply, RequestId, Target};
use crate::effect::{Effect, Level, Outcome, ReadPurpose};
use crate::event::Event;
use crate::input::SignalPurpose;
use crate::name::Namespec;
use crate::process::{Phase, Process, ProcessId};
use crate::request::{Awaited, Waiter, Waiting};
use crate::signal::Signal;
use crate::state::ProcessState;
use crate::supervisor::Supervisor;
use crate::turn::Turn;

/// The processes a target names, with the names that faults show.
struct Selection {
    batch: bool,
    processes: Vec<(ProcessId, String)>,
}

impl Supervisor {
    pub(crate) fn carry_out(&mut self, request: RequestId, command: Command, turn: &mut Turn<'_>) {
        let immediate = match command {
            Command::Start { target, wait } => self.start(request, &target, wait, turn),
            Command::Stop { target, wait } => self.stop(request, &target, wait, turn),
            Command::Signal { target, signal } => self.send_signal(request, &target, &signal, turn),
            Command::AddGroup(name) => self.add_group(&name, turn),
            Command::RemoveGroup(name) => self.remove_group(&name, turn),
            Command::AddProgram(program) => self.add_program(request, program, turn),
            Command::RemoveProcess { group, process } => Some(self.remove_process(&group, &process, turn)),
            Command::Log(level, line) => {
                turn.log(level, line);
                Some(Reply::Done)
            }
            Command::Reread => {
                turn.push(Effect::ReadConfiguration(ReadPurpose::Reread(request)));
                None
            }
            Command::ClearProcessLogs(name) => self.clear_logs(request, name, turn),
            Command::ClearAllProcessLogs => self.clear_all_logs(request, turn),
            Command::ClearMainLog => {
                turn.push(Effect::ClearMainLog(request));
                None
            }
            Command::SendStdin { name, chars } => self.send_stdin(request, name, chars, turn),
            Command::SendRemoteCommEvent { kind, data } => {
                turn.emit(Event::RemoteCommunication { kind, data });
                Some(Reply::Done)
            }
            Command::Shutdown => {
                self.stop_everything(Outcome::Shutdown, turn);
                Some(Reply::Done)
            }
            Command::Restart => {
                turn.push(Effect::ReadConfiguration(ReadPurpose::Restart(Some(request))));
                None
            }
        };
        if let Some(reply) = immediate {
            turn.push(Effect::Reply(request, reply));
        }
    }

    fn select(&self, target: &Target) -> Result<Selection, Fault> {
        let group_of = |name: &str, typed: &str| {
            self.group_named(name).map(|id| vec![id]).ok_or_else(|| Fault::BadName(typed.to_owned()))
        };
        let mut groups = match target {
            Target::All => self.groups.keys().copied().collect(),
            Target::Group(name) => group_of(name, name)?,
            Target::Named(typed) => match Namespec::parse(typed) {
                Namespec::Group(name) => group_of(name, typed)?,
                Namespec::Process { group, process } => {
                    let id =
                        self.process_named(group, process).ok_or_else(|| Fault::BadName(typed.clone()))?;
                    return Ok(Selection { batch: false, processes: vec![(id, typed.clone())] });
                }
            },
        };
        groups.sort_by_key(|id| self.groups[id].spec.priority);
        let processes = groups
            .into_iter()
            .flat_map(|id| {
                let mut members = self.groups[&id].members.clone();
                members.sort_by_key(|member| self.processes[member].spec.priority);
                members
            })
            .map(|id| (id, self.display_name(id)))
            .collect();
        Ok(Selection { batch: true, processes })
    }

    /// Files a request for these processes; the answer follows when each of them has an outcome.
    fn file(&mut self, request: RequestId, wait: bool, selection: &Selection, turn: &mut Turn<'_>) {
        let mut waiting = Waiting::new(selection.batch, wait);
        waiting.pending = selection.processes.iter().cloned().collect();
        if waiting.pending.is_empty() {
            turn.push(Effect::Reply(request, waiting.into_reply()));
        } else {
            self.requests.insert(request, waiting);
        }
    }

    /// Notes the outcome for one process of a request and answers it if that was the last one.
    pub(crate) fn resolve(
        &mut self,
        request: RequestId,
        id: ProcessId,
        outcome: Result<(), Fault>,
        turn: &mut Turn<'_>,
    ) {
        let Some(waiting) = self.requests.get_mut(&request) else { return };
        if waiting.pending.remove(&id).is_none() {
            return;
        }
        let (name, group) = match self.processes.get_mut(&id) {
            Some(process) => {
                process.waiters.retain(|waiter| waiter.request != request);
                (process.spec.name.clone(), process.group_name.to_string())
            }
            None => (String::new(), String::new()),
        };
        waiting.done.push(BatchEntry { name, group, outcome });
        if waiting.pending.is_empty()
            && let Some(finished) = self.requests.remove(&request)
        {
            turn.push(Effect::Reply(request, finished.into_reply()));
        }
    }

    /// How a request calls a process.
    pub(crate) fn name_of(&self, request: RequestId, id: ProcessId) -> Option<String> {
        self.requests.get(&request)?.pending.get(&id).cloned()
    }

    fn await_process(&mut self, request: RequestId, id: ProcessId, awaited: Awaited) {
        if let Some(process) = self.processes.get_mut(&id) {
            process.waiters.push(Waiter { request, awaited });
        }
    }

    fn start(
        &mut self,
        request: RequestId,
        target: &Target,
        wait: bool,
        turn: &mut Turn<'_>,
    ) -> Option<Reply> {
        let mut selection = match self.select(target) {
            Ok(selection) => selection,
            Err(fault) => return Some(Reply::Fault(fault)),
        };
        if selection.batch {
            selection.processes.retain(|(id, _)| !self.processes[id].state().is_running());
        }
        self.file(request, wait, &selection, turn);
        for (id, _) in selection.processes {
            turn.push(Effect::Check(request, id));
        }
        None
    }

    /// The command of a process to start was looked at.
    pub(crate) fn checked(
        &mut self,
        request: RequestId,
        id: ProcessId,
        result: Result<(), Fault>,
        turn: &mut Turn<'_>,
    ) {
        let Some(name) = self.name_of(request, id) else { return };
        let wait = self.requests[&request].wait;
        let running = self.is_running();
        let Some(process) = self.processes.get_mut(&id) else {
            return self.resolve(request, id, Err(Fault::BadName(name)), turn);
        };
        let refusal = match result {
            Err(fault) => Some(fault),
            Ok(()) if !running => Some(Fault::ShutdownState),
            Ok(()) if process.state().is_running() => Some(Fault::AlreadyStarted(name)),
            Ok(()) if process.state() == ProcessState::Unknown => {
                Some(Fault::Failed(Some(format!("{name} is in an unknown process state"))))
            }
            Ok(()) => None,
        };
        if let Some(fault) = refusal {
            return self.resolve(request, id, Err(fault), turn);
        }
        // Differs: start-while-stopping
        let queued = process.state() == ProcessState::Stopping;
        if queued {
            process.start_after_stop();
        }
        match (queued, wait) {
            (true, false) => self.resolve(request, id, Ok(()), turn),
            (true, true) => self.await_process(request, id, Awaited::Running),
            (false, wait) => {
                let awaited = if wait { Awaited::Running } else { Awaited::Spawned };
                self.await_process(request, id, awaited);
                self.with(id, turn, Process::start);
            }
        }
    }

    fn stop(
        &mut self,
        request: RequestId,
        target: &Target,
        wait: bool,
        turn: &mut Turn<'_>,
    ) -> Option<Reply> {
        let mut selection = match self.select(target) {
            Ok(selection) => selection,
            Err(fault) => return Some(Reply::Fault(fault)),
        };
        if selection.batch {
            selection.processes.retain(|&(id, _)| self.can_be_stopped(id));
        } else if let Some((id, name)) = selection.processes.first()
            && !self.can_be_stopped(*id)
        {
            return Some(Reply::Fault(Fault::NotRunning(name.clone())));
        }
        self.file(request, wait, &selection, turn);
        for (id, _) in selection.processes {
            let was_stopping = matches!(self.processes[&id].phase(), Phase::Stopping { .. });
            let at_once = !wait && was_stopping;
            self.await_process(request, id, if wait { Awaited::Stopped } else { Awaited::StopSent });
            self.with(id, turn, |process, turn| {
                process.stop(turn);
                if wait {
                    process.report_stopping(turn);
                }
            });
            // Without a signal on its way there is nothing more to wait for.
            if at_once || self.processes[&id].state().is_stopped() {
                self.resolve(request, id, Ok(()), turn);
            }
        }
        None
    }

    /// A stop signal has been sent, or could not be: answers those who wait for that.
    pub(crate) fn resolve_stops(&mut self, id: ProcessId, outcome: &Result<(), Fault>, turn: &mut Turn<'_>) {
        let Some(process) = self.processes.get(&id) else { return };
        let over: Vec<_> = process
            .waiters
            .iter()
            .filter(|waiter| {
                waiter.awaited == Awaited::StopSent || (waiter.awaits_stop() && outcome.is_err())
            })
            .map(|waiter| waiter.request)
            .collect();
        for request in over {
            self.resolve(request, id, outcome.clone(), turn);
        }
    }

    fn send_signal(
        &mut self,
        request: RequestId,
        target: &Target,
        text: &str,
        turn: &mut Turn<'_>,
    ) -> Option<Reply> {
        let mut selection = match self.select(target) {
            Ok(selection) => selection,
            Err(fault) => return Some(Reply::Fault(fault)),
        };
        if selection.batch {
            selection.processes.retain(|(id, _)| self.processes[id].state().is_signallable());
        }
        let signal = Signal::parse(text);
        self.file(request, true, &selection, turn);
        for (id, name) in selection.processes {
            let process = &self.processes[&id];
            let refusal = match (signal, process.pid()) {
                (None, _) => Fault::BadSignal(text.to_owned()),
                (Some(signal), Some(pid)) if process.state().is_signallable() => {
                    let message = format!("sending {} (pid {pid}) sig {signal}", process.spec.name);
                    turn.log(Level::Debug, message);
                    let purpose = SignalPurpose::Request(request);
                    turn.push(Effect::Signal { process: id, pid, group: false, signal, purpose });
                    self.await_process(request, id, Awaited::SignalSent);
                    continue;
                }
                (Some(_), _) => Fault::NotRunning(name),
            };
            self.resolve(request, id, Err(refusal), turn);
        }
        None
    }

    fn add_group(&mut self, name: &str, turn: &mut Turn<'_>) -> Option<Reply> {
        if self.group_named(name).is_some() {
            return Some(Reply::Fault(Fault::AlreadyAdded(name.to_owned())));
        }
        let Some(spec) = self.configured.named(name).cloned() else {
            return Some(Reply::Fault(Fault::BadName(name.to_owned())));
        };
        let members = self.put_to_work(spec, turn);
        self.autostart(&members, turn);
        Some(Reply::Done)
    }

    fn remove_group(&mut self, name: &str, turn: &mut Turn<'_>) -> Option<Reply> {
        let Some(id) = self.group_named(name) else {
            return Some(Reply::Fault(Fault::BadName(name.to_owned())));
        };
        let members = self.groups[&id].members.clone();
        if members.iter().any(|member| !self.processes[member].state().is_stopped()) {
            return Some(Reply::Fault(Fault::StillRunning(name.to_owned())));
        }
        self.resolve_leaving(&members, turn);
        self.take_from_work(id, turn);
        Some(Reply::Done)
    }

    /// Answers whoever still waits for processes that go: a start whose command is still being looked at has
    /// nothing left to start.
    pub(crate) fn resolve_leaving(&mut self, members: &[ProcessId], turn: &mut Turn<'_>) {
        // A request may be about everybody: each is asked for those who go, not the other way round.
        let mut waiting = Vec::new();
        for (&request, open) in &self.requests {
            let leaving = members.iter().filter_map(|id| Some((*id, open.pending.get(id)?.clone())));
            waiting.extend(leaving.map(|(id, name)| (request, id, name)));
        }
        for (request, id, name) in waiting {
            self.resolve(request, id, Err(Fault::BadName(name)), turn);
        }
    }

    fn one_process(&self, typed: &str) -> Result<ProcessId, Fault> {
        match Namespec::parse(typed) {
            Namespec::Process { group, process } => self.process_named(group, process),
            Namespec::Group(_) => None,
        }
        .ok_or_else(|| Fault::BadName(typed.to_owned()))
    }

    fn clear_logs(&mut self, request: RequestId, name: String, turn: &mut Turn<'_>) -> Option<Reply> {
        let id = match self.one_process(&name) {
            Ok(id) => id,
            Err(fault) => return Some(Reply::Fault(fault)),
        };
        let selection = Selection { batch: false, processes: vec![(id, name)] };
        self.file(request, true, &selection, turn);
        turn.push(Effect::ClearLogs(request, id));
        None
    }

    fn clear_all_logs(&mut self, request: RequestId, turn: &mut Turn<'_>) -> Option<Reply> {
        let selection = match self.select(&Target::All) {
            Ok(selection) => selection,
            Err(fault) => return Some(Reply::Fault(fault)),
        };
        self.file(request, true, &selection, turn);
        for (id, _) in selection.processes {
            turn.push(Effect::ClearLogs(request, id));
        }
        None
    }

    fn send_stdin(
        &mut self,
        request: RequestId,
        name: String,
        chars: String,
        turn: &mut Turn<'_>,
    ) -> Option<Reply> {
        let id = match self.one_process(&name) {
            Ok(id) => id,
            Err(fault) => return Some(Reply::Fault(fault)),
        };
        let process = &self.processes[&id];
        if process.pid().is_none() || process.state() == ProcessState::Stopping {
            return Some(Reply::Fault(Fault::NotRunning(name)));
        }
        let selection = Selection { batch: false, processes: vec![(id, name)] };
        self.file(request, true, &selection, turn);
        turn.push(Effect::WriteStdin(request, id, chars));
        None
    }
}
