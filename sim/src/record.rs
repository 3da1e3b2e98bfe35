//! What is known of one process from what the core has said and done, and what must therefore come next.

use std::collections::VecDeque;
use std::sync::Arc;

use supervisor_core::event::StateDetail;
use supervisor_core::input::ExitStatus;
use supervisor_core::process::{Phase, Pid, Process};
use supervisor_core::spec::{AutoRestart, ProcessSpec};
use supervisor_core::state::ProcessState;

use crate::checker::{Verdict, ensure};
use crate::clock::SECOND;

/// Where there is no room, it is tried again after at most so long.
const REFUSAL_DELAY_SECONDS_MAX: u32 = 10;

/// The turn in which something happens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn {
    pub(crate) number: u64,
    pub(crate) now: u64,
    /// The supervisor has said that it stops.
    pub(crate) stopping: bool,
    /// Programs that start by themselves may do so.
    pub(crate) autostart: bool,
}

/// Something that must happen to a process at a certain time, neither sooner nor later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Due {
    pub(crate) at: u64,
    pub(crate) what: Duty,
    /// The turn that made it so.
    pub(crate) since: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Duty {
    BeUp,
    Retry,
    Kill,
    Restart,
}

#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) group: String,
    pub(crate) group_priority: i64,
    pub(crate) spec: Arc<ProcessSpec>,
    /// The last announced state.
    pub(crate) state: ProcessState,
    /// Spawned and not yet reaped.
    pub(crate) pid: Option<Pid>,
    last_pid: Pid,
    /// A spawn has no outcome yet.
    pub(crate) spawning: bool,
    /// The machine had no room for it when it was last to be spawned.
    no_room: bool,
    /// How often in a row it had none.
    refusals: u32,
    failures: u32,
    started_at: u64,
    pub(crate) due: Option<Due>,
    /// What was reported in this turn.
    exit: Option<ExitStatus>,
    pub(crate) refused: bool,
    /// A client's start was let through in this turn.
    pub(crate) ordered: bool,
    /// A client's start is to follow the stop under way.
    pub(crate) queued: bool,
    /// The stop signal has been sent.
    pub(crate) told_to_end: bool,
    restart_wanted: bool,
    quick_restarts: VecDeque<u64>,
    /// The last turns in which it was so.
    pub(crate) last_running: Option<u64>,
    pub(crate) last_stopped: Option<u64>,
    pub(crate) last_spawned: Option<u64>,
    pub(crate) last_queued: Option<u64>,
}

/// Where a process has its place in the order of starts and stops.
#[derive(Clone, Debug)]
pub(crate) struct Rank {
    group_priority: i64,
    group: String,
    priority: i64,
}

impl Rank {
    /// Groups go by rising priority, and the processes within each.
    pub(crate) fn may_precede(&self, next: &Self) -> bool {
        self.group_priority <= next.group_priority
            && (self.group != next.group || self.priority <= next.priority)
    }
}

impl Record {
    pub(crate) fn rank(&self) -> Rank {
        Rank { group_priority: self.group_priority, group: self.group.clone(), priority: self.spec.priority }
    }

    pub(crate) fn new(group: String, group_priority: i64, spec: Arc<ProcessSpec>) -> Self {
        Self {
            group,
            group_priority,
            spec,
            state: ProcessState::Stopped,
            pid: None,
            last_pid: Pid(0),
            spawning: false,
            no_room: false,
            refusals: 0,
            failures: 0,
            started_at: 0,
            due: None,
            exit: None,
            refused: false,
            ordered: false,
            queued: false,
            told_to_end: false,
            restart_wanted: false,
            quick_restarts: VecDeque::new(),
            last_running: None,
            last_stopped: None,
            last_spawned: None,
            last_queued: None,
        }
    }

    /// There is no process, perhaps because the machine has no room for one.
    pub(crate) fn not_spawned(&mut self, no_room: bool) {
        self.spawning = false;
        self.no_room = no_room;
    }

    /// The system made a process.
    pub(crate) fn spawned(&mut self, pid: Pid, turn: Turn) {
        self.spawning = false;
        self.no_room = false;
        self.refusals = 0;
        self.pid = Some(pid);
        self.last_pid = pid;
        self.last_spawned = Some(turn.number);
        let due = |at, what| Some(Due { at, what, since: turn.number });
        self.due = match self.state {
            ProcessState::Starting => {
                // However long the system took to make it, startsecs begin now.
                self.started_at = turn.now;
                due(self.up_at(), Duty::BeUp)
            }
            _ => due(turn.now + seconds(self.spec.stopwaitsecs), Duty::Kill),
        };
    }

    /// The system has taken the process away.
    pub(crate) fn reaped(&mut self, status: ExitStatus) {
        self.pid = None;
        self.exit = Some(status);
    }

    /// The core announces a state.
    pub(crate) fn announced(&mut self, from: ProcessState, to: StateDetail, turn: Turn) -> Verdict {
        let state = state_of(to);
        ensure(from == self.state, || format!("it was {} and is said to have been {from}", self.state))?;
        ensure(is_legal(from, state), || format!("{from} to {state} is not in the essay"))?;
        let timely = self.due.take();
        match to {
            StateDetail::Starting(tries) => self.starting(from, tries, timely, turn)?,
            StateDetail::Running(pid) => {
                ensure(pid == self.last_pid, || format!("{pid} is not its pid"))?;
                ensure(turn.now >= self.up_at(), || "RUNNING before startsecs have passed".to_owned())?;
                self.failures = 0;
            }
            StateDetail::Backoff(tries) => self.backing_off(tries, turn)?,
            StateDetail::Stopping(pid) => {
                ensure(self.pid.unwrap_or(Pid(0)) == pid, || format!("{pid} is not its pid"))?;
                self.told_to_end = false;
                let at = turn.now + seconds(self.spec.stopwaitsecs);
                let due = Due { at, what: Duty::Kill, since: turn.number };
                self.due = self.pid.map(|_| due);
            }
            StateDetail::Exited(expected, pid) => self.exited(expected, pid, turn)?,
            StateDetail::Stopped(pid) => {
                let right = if self.exit.is_some() { self.last_pid } else { Pid(0) };
                ensure(pid == right, || format!("stopped with pid {pid}, not {right}"))?;
                if from == ProcessState::Backoff {
                    self.failures = 0;
                    self.refusals = 0;
                }
            }
            StateDetail::Fatal => {
                let spent = i64::from(self.failures) > self.spec.startretries;
                ensure(spent || turn.stopping, || format!("given up after {} failures", self.failures))?;
                self.failures = 0;
                self.refusals = 0;
            }
            StateDetail::Unknown => {
                ensure(self.refused, || "UNKNOWN though no signal was refused".to_owned())?;
                self.queued = false;
            }
        }
        self.state = state;
        if state == ProcessState::Running {
            self.last_running = Some(turn.number);
        }
        if state.is_stopped() || from.is_stopped() {
            self.last_stopped = Some(turn.number);
        }
        Ok(())
    }

    fn starting(&mut self, from: ProcessState, tries: u32, due: Option<Due>, turn: Turn) -> Verdict {
        ensure(tries == self.failures, || format!("tries:{tries} after {} failures", self.failures))?;
        ensure(self.pid.is_none(), || "started while it is alive".to_owned())?;
        ensure(!turn.stopping, || "started while the supervisor stops".to_owned())?;
        let now = turn.now;
        let at_its_time = |duty| due.is_some_and(|due| due.what == duty && due.at <= now);
        let queued = self.queued && self.exit.is_some();
        let reason = match from {
            ProcessState::Backoff => at_its_time(Duty::Retry),
            ProcessState::Exited => {
                self.ordered || self.exit.is_some() && self.restart_wanted || at_its_time(Duty::Restart)
            }
            _ => self.ordered || queued || turn.autostart && self.spec.autostart,
        };
        ensure(reason, || format!("started out of {from} for no reason"))?;
        if from == ProcessState::Exited && !self.ordered {
            self.restarts_by_itself(now)?;
        }
        self.queued = false;
        self.restart_wanted = false;
        self.started_at = now;
        Ok(())
    }

    /// However quickly it dies, it comes back no faster than the brake allows.
    fn restarts_by_itself(&mut self, now: u64) -> Verdict {
        self.quick_restarts.push_back(now);
        let count = self.quick_restarts.len() as u64;
        let span = now.saturating_sub(self.quick_restarts[0]);
        // The burst, and the first one after it.
        let free = u64::try_from(self.spec.restart_burst).unwrap_or(0) + 1;
        let unbraked = self.spec.restart_burst <= 0;
        ensure(unbraked || count <= free + span / SECOND, || {
            format!("restarted {count} times within {span} nanoseconds")
        })?;
        if self.quick_restarts.len() > 20 {
            self.quick_restarts.pop_front();
        }
        Ok(())
    }

    fn backing_off(&mut self, tries: u32, turn: Turn) -> Verdict {
        if self.no_room {
            return self.waiting_for_room(tries, turn);
        }
        self.failures += 1;
        ensure(tries == self.failures, || format!("tries:{tries} after {} failures", self.failures))?;
        ensure(self.exit.is_none() || turn.now < self.up_at(), || {
            "stayed up for startsecs and counts as a failed start".to_owned()
        })?;
        let at = turn.now + u64::from(tries) * SECOND;
        self.due = (!turn.stopping).then_some(Due { at, what: Duty::Retry, since: turn.number });
        Ok(())
    }

    /// That the machine has no room is no failure of the process, and it is tried for ever.
    fn waiting_for_room(&mut self, tries: u32, turn: Turn) -> Verdict {
        ensure(tries == self.failures, || {
            format!("tries:{tries} after {} failures and no room", self.failures)
        })?;
        self.refusals += 1;
        let at = turn.now + u64::from(self.refusals.min(REFUSAL_DELAY_SECONDS_MAX)) * SECOND;
        self.due = (!turn.stopping).then_some(Due { at, what: Duty::Retry, since: turn.number });
        Ok(())
    }

    fn exited(&mut self, expected: bool, pid: Pid, turn: Turn) -> Verdict {
        ensure(pid == self.last_pid, || format!("{pid} is not its pid"))?;
        let Some(status) = self.exit else {
            return ensure(false, || "EXITED though nobody was reaped".to_owned());
        };
        let right = matches!(status, ExitStatus::Code(code) if self.spec.exitcodes.contains(&code));
        ensure(expected == right, || format!("{status} is said to be expected: {expected}"))?;
        self.failures = 0;
        if turn.now.saturating_sub(self.started_at) >= SECOND {
            self.quick_restarts.clear();
        }
        self.restart_wanted = match self.spec.autorestart {
            AutoRestart::True => true,
            AutoRestart::Unexpected => !expected,
            AutoRestart::False => false,
        };
        Ok(())
    }

    /// SIGKILL is sent.
    pub(crate) fn killed(&mut self, turn: Turn) -> Verdict {
        let Some(Due { at, what: Duty::Kill, .. }) = self.due else {
            return ensure(false, || "killed though nobody asked for that".to_owned());
        };
        ensure(at <= turn.now, || "killed before stopwaitsecs have passed".to_owned())?;
        let at = turn.now + seconds(self.spec.stopwaitsecs).max(SECOND);
        self.due = Some(Due { at, what: Duty::Kill, since: turn.number });
        Ok(())
    }

    /// The turn is over: what the core shows must be what it said, and nothing may be left undone.
    pub(crate) fn settled(&mut self, shown: &Process, turn: Turn) -> Verdict {
        ensure(shown.state() == self.state, || {
            format!("it is shown as {} and was said to be {}", shown.state(), self.state)
        })?;
        ensure(shown.pid() == self.pid, || format!("pid {:?} is shown for {:?}", shown.pid(), self.pid))?;
        ensure(shown.failures() == self.failures, || {
            format!("{} failures are shown for {}", shown.failures(), self.failures)
        })?;
        let alive = self.pid.is_some() || self.spawning;
        let should = self.state.is_signallable() || self.state == ProcessState::Unknown;
        ensure(alive == should, || format!("{} with a process: {alive}", self.state))?;
        let deaf = self.state == ProcessState::Stopping && self.pid.is_some() && !self.told_to_end;
        ensure(!deaf, || "STOPPING without a signal".to_owned())?;
        let spent = i64::from(self.failures) > self.spec.startretries;
        ensure(self.state != ProcessState::Backoff || !spent || self.no_room, || {
            "one retry too many".to_owned()
        })?;
        ensure(!self.refused || self.state == ProcessState::Unknown || self.pid.is_none(), || {
            "a signal was refused and it is not UNKNOWN".to_owned()
        })?;
        if turn.stopping {
            self.queued = false;
            self.restart_wanted = false;
            self.due = self.due.filter(|due| matches!(due.what, Duty::BeUp | Duty::Kill));
        }
        ensure(!(self.queued && self.state == ProcessState::Stopped), || {
            "the start that was to follow did not".to_owned()
        })?;
        if let Phase::Exited { restart_at } = shown.phase() {
            self.awaits_restart(restart_at.map(|at| at.0), turn)?;
        }
        self.exit = None;
        self.refused = false;
        self.ordered = false;
        Ok(())
    }

    fn awaits_restart(&mut self, at: Option<u64>, turn: Turn) -> Verdict {
        ensure(at.is_some() == self.restart_wanted, || {
            format!("a restart is wanted: {}, and planned: {at:?}", self.restart_wanted)
        })?;
        if let Some(at) = at
            && self.due.is_none()
        {
            ensure(self.spec.restart_burst > 0, || "braked though there is no brake".to_owned())?;
            ensure(at <= turn.now + SECOND, || format!("braked until {at}"))?;
            self.due = Some(Due { at, what: Duty::Restart, since: turn.number });
        }
        Ok(())
    }

    /// A client's start is let through.
    pub(crate) fn told_to_start(&mut self, turn: Turn) {
        self.ordered = true;
        if self.state == ProcessState::Stopping && !turn.stopping {
            self.queued = true;
            self.last_queued = Some(turn.number);
        }
    }

    /// Whether a stop would change anything.
    pub(crate) fn has_something_to_stop(&self) -> bool {
        self.state.is_running() || self.queued || self.state == ProcessState::Exited && self.restart_wanted
    }

    /// A client's stop reaches it.
    pub(crate) fn told_to_stop(&mut self) {
        self.queued = false;
        if self.state == ProcessState::Exited {
            self.restart_wanted = false;
            self.due = None;
        }
    }

    fn up_at(&self) -> u64 {
        self.started_at + seconds(self.spec.startsecs)
    }
}

fn seconds(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0) * SECOND
}

pub(crate) fn state_of(detail: StateDetail) -> ProcessState {
    match detail {
        StateDetail::Starting(_) => ProcessState::Starting,
        StateDetail::Running(_) => ProcessState::Running,
        StateDetail::Backoff(_) => ProcessState::Backoff,
        StateDetail::Stopping(_) => ProcessState::Stopping,
        StateDetail::Exited(..) => ProcessState::Exited,
        StateDetail::Stopped(_) => ProcessState::Stopped,
        StateDetail::Fatal => ProcessState::Fatal,
        StateDetail::Unknown => ProcessState::Unknown,
    }
}

/// The arrows of the essay on the states.
pub(crate) const LEGAL: [(ProcessState, &[ProcessState]); 8] = {
    use ProcessState::{Backoff, Exited, Fatal, Running, Starting, Stopped, Stopping, Unknown};
    [
        (Stopped, &[Starting]),
        (Starting, &[Running, Backoff, Stopping, Unknown]),
        (Running, &[Exited, Stopping, Unknown]),
        (Backoff, &[Starting, Stopped, Fatal]),
        (Stopping, &[Stopped, Unknown]),
        (Exited, &[Starting]),
        (Fatal, &[Starting]),
        (Unknown, &[Stopped]),
    ]
};

fn is_legal(from: ProcessState, to: ProcessState) -> bool {
    LEGAL.iter().any(|(state, next)| *state == from && next.contains(&to))
}
