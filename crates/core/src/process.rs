//! One process and its states.
//!
//! # The states
//!
//! A process is where it is because of the last thing that happened to it, so its data live in the
//! [`Phase`] and nowhere else: a pid exists only in a phase in which there is somebody to signal, a
//! deadline only in a phase that waits for one. Impossible mixes cannot be written down.
//!
//! ```text
//!              start               up for startsecs
//!   STOPPED ----------> STARTING --------------------> RUNNING
//!      ^                 |   ^  \                      |  |  \
//!      |       exit or   |   |   \ stop           stop |  |   \ exit
//!      |    spawn failed v   |    v                    v  |    v
//!      |<------------- BACKOFF   STOPPING <------------+  |  EXITED --> STARTING
//!      |    stop         |          |  exit               |    (autorestart)
//!      |<----------------)----------+                     |
//!                        v  retries used up               |
//!                      FATAL                       UNKNOWN: a signal could not be sent
//! ```
//!
//! *STARTING* comes in two halves. First the spawn has been asked for and there is no pid yet; its outcome
//! is an input like any other. Then the process is alive and must stay so for `startsecs`. Dying earlier is a
//! failed start whatever the exit code says: `autorestart` and `exitcodes` speak only of a process that has
//! been RUNNING. A program with `startsecs=0` is RUNNING as soon as it is spawned.
//!
//! *BACKOFF* waits as many seconds as starts have failed in a row, then tries again; when more than
//! `startretries` have failed, the process is *FATAL* and stays so until somebody starts it.
//!
//! *STOPPING* has sent `stopsignal` and sends SIGKILL every `stopwaitsecs` until the process is reaped. However
//! it ends then, it is *STOPPED* and does not come back by itself. Somebody may ask for a start meanwhile; it
//! follows the end.
//!
//! *EXITED* may carry a deadline: a program that dies again and again within a second of its start is not
//! restarted faster than the [brake](Brake) allows.
//!
//! *UNKNOWN* means that the system refused to deliver a signal. The pid is kept, and a later exit is accepted.
//!
//! Every function below is a `match` over all phases without a catch-all arm: a new phase or a forgotten pair
//! does not compile.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::brake::Brake;
use crate::effect::{Effect, Level};
use crate::event::{Event, StateDetail};
use crate::input::{ExitStatus, SignalError, SignalPurpose};
use crate::request::Waiter;
use crate::signal::Signal;
use crate::spec::{AutoRestart, ProcessSpec};
use crate::state::ProcessState;
use crate::time::{Moment, Monotonic, WallSeconds, seconds};
use crate::turn::Turn;

/// Identifies a process for as long as its group is at work; never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ProcessId(pub u64);

/// A process id of the operating system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Pid(pub i32);

impl fmt::Display for Pid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A stop that takes no longer is not mentioned.
const STOP_REPORT_DELAY: Duration = Duration::from_millis(50);

/// How often a waiting stop is mentioned in the log.
const STOP_REPORT_INTERVAL: Duration = Duration::from_secs(2);

/// SIGKILL is not repeated faster than this, whatever `stopwaitsecs` says.
const KILL_INTERVAL_MIN: Duration = Duration::from_secs(1);

/// Where a process is in its life, with what belongs to that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// Not running, by request or because it never ran.
    Stopped,
    /// A start is under way.
    Starting {
        /// `None` until the spawn has an outcome.
        pid: Option<Pid>,
        /// When it counts as up.
        up_at: Monotonic,
    },
    /// Up.
    Running {
        /// Its pid.
        pid: Pid,
    },
    /// The start failed.
    Backoff {
        /// When the next try is due; `None` while the supervisor stops.
        retry_at: Option<Monotonic>,
    },
    /// Asked to end.
    Stopping {
        /// `None` until the spawn it interrupted has an outcome.
        pid: Option<Pid>,
        /// When SIGKILL is due.
        kill_at: Monotonic,
        /// When the log mentions again that somebody waits.
        report_at: Option<Monotonic>,
        /// Start it again when it has ended.
        then_start: bool,
    },
    /// Ended by itself.
    Exited {
        /// When it is due to be restarted, if it is and may not be at once.
        restart_at: Option<Monotonic>,
    },
    /// Given up.
    Fatal,
    /// Could not be signalled.
    Unknown {
        /// Its pid if it may still be alive.
        pid: Option<Pid>,
    },
}

/// What the end of a process calls for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AfterExit {
    Nothing,
    /// `autorestart` says so; the run lasted so long.
    Restart,
    /// Somebody asked for a start while it was stopping.
    Start,
}

/// One process.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Process {
    pub(crate) id: ProcessId,
    pub(crate) group_name: Arc<str>,
    pub(crate) spec: Arc<ProcessSpec>,
    phase: Phase,
    /// Failed starts in a row.
    failures: u32,
    started: Option<Moment>,
    ended: Option<WallSeconds>,
    exitstatus: Option<i32>,
    spawnerr: Option<String>,
    brake: Brake,
    /// Who waits for this process.
    pub(crate) waiters: Vec<Waiter>,
    /// The deadline under which the supervisor has filed this process.
    pub(crate) filed_deadline: Option<Monotonic>,
}

impl Process {
    pub(crate) fn new(id: ProcessId, group_name: Arc<str>, spec: Arc<ProcessSpec>) -> Self {
        Self {
            id,
            group_name,
            spec,
            phase: Phase::Stopped,
            failures: 0,
            started: None,
            ended: None,
            exitstatus: None,
            spawnerr: None,
            brake: Brake::default(),
            waiters: Vec::new(),
            filed_deadline: None,
        }
    }

    /// Its identity.
    #[must_use]
    pub fn id(&self) -> ProcessId {
        self.id
    }

    /// The name of its group.
    #[must_use]
    pub fn group_name(&self) -> &str {
        &self.group_name
    }

    /// Its configuration.
    #[must_use]
    pub fn spec(&self) -> &Arc<ProcessSpec> {
        &self.spec
    }

    /// Where it is in its life.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Its state as clients know it.
    #[must_use]
    pub fn state(&self) -> ProcessState {
        match self.phase {
            Phase::Stopped => ProcessState::Stopped,
            Phase::Starting { .. } => ProcessState::Starting,
            Phase::Running { .. } => ProcessState::Running,
            Phase::Backoff { .. } => ProcessState::Backoff,
            Phase::Stopping { .. } => ProcessState::Stopping,
            Phase::Exited { .. } => ProcessState::Exited,
            Phase::Fatal => ProcessState::Fatal,
            Phase::Unknown { .. } => ProcessState::Unknown,
        }
    }

    /// Its pid while there is somebody to signal or to reap.
    #[must_use]
    pub fn pid(&self) -> Option<Pid> {
        match self.phase {
            Phase::Starting { pid, .. } | Phase::Stopping { pid, .. } | Phase::Unknown { pid } => pid,
            Phase::Running { pid } => Some(pid),
            Phase::Stopped | Phase::Backoff { .. } | Phase::Exited { .. } | Phase::Fatal => None,
        }
    }

    /// When it was last started.
    #[must_use]
    pub fn started(&self) -> Option<Moment> {
        self.started
    }

    /// When it last ended.
    #[must_use]
    pub fn ended(&self) -> Option<WallSeconds> {
        self.ended
    }

    /// The exit code of its last run, -1 for a signal; none after a start that failed.
    #[must_use]
    pub fn exitstatus(&self) -> Option<i32> {
        self.exitstatus
    }

    /// Why its last start or run failed.
    #[must_use]
    pub fn spawnerr(&self) -> Option<&str> {
        self.spawnerr.as_deref()
    }

    /// Failed starts in a row.
    #[must_use]
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// When something is to happen to it if nothing else does.
    pub(crate) fn deadline(&self) -> Option<Monotonic> {
        match self.phase {
            Phase::Starting { pid: Some(_), up_at } => Some(up_at),
            Phase::Backoff { retry_at } => retry_at,
            Phase::Stopping { pid: Some(_), kill_at, report_at, .. } => {
                Some(report_at.map_or(kill_at, |report_at| report_at.min(kill_at)))
            }
            Phase::Exited { restart_at } => restart_at,
            Phase::Stopped
            | Phase::Starting { pid: None, .. }
            | Phase::Stopping { pid: None, .. }
            | Phase::Running { .. }
            | Phase::Fatal
            | Phase::Unknown { .. } => None,
        }
    }

    /// Begins a start. Where there is a process already, or may be, it only says so.
    pub(crate) fn start(&mut self, turn: &mut Turn<'_>) {
        match self.phase {
            Phase::Stopped
            | Phase::Backoff { .. }
            | Phase::Exited { .. }
            | Phase::Fatal
            | Phase::Unknown { pid: None } => {
                self.exitstatus = None;
                self.spawnerr = None;
                self.started = Some(turn.now);
                let up_at = turn.now.monotonic.after(seconds(self.spec.startsecs));
                self.enter(Phase::Starting { pid: None, up_at }, StateDetail::Starting(self.failures), turn);
                turn.push(Effect::Spawn(self.id));
            }
            Phase::Starting { .. }
            | Phase::Running { .. }
            | Phase::Stopping { .. }
            | Phase::Unknown { pid: Some(_) } => {
                turn.log(Level::Warn, format!("process '{}' already running", self.spec.name));
            }
        }
    }

    /// Has it started when the stop under way has ended; without one this does nothing.
    pub(crate) fn start_after_stop(&mut self) {
        if let Phase::Stopping { then_start, .. } = &mut self.phase {
            *then_start = true;
        }
    }

    /// The spawn succeeded; says whether it had been asked for. A pid that was not is none of ours.
    pub(crate) fn spawned(&mut self, new_pid: Pid, turn: &mut Turn<'_>) -> bool {
        let spawned = format!("spawned: '{}' with pid {new_pid}", self.spec.name);
        match &mut self.phase {
            Phase::Starting { pid: pid @ None, up_at } => {
                turn.log(Level::Info, spawned);
                *pid = Some(new_pid);
                // Its time begins now: among a thousand others it may have waited for its turn.
                self.started = Some(turn.now);
                *up_at = turn.now.monotonic.after(seconds(self.spec.startsecs));
                if self.spec.startsecs <= 0 {
                    self.up(turn);
                }
                true
            }
            Phase::Stopping { pid: pid @ None, .. } => {
                turn.log(Level::Info, spawned);
                *pid = Some(new_pid);
                self.send(Purpose::Stop, turn);
                true
            }
            Phase::Stopped
            | Phase::Starting { pid: Some(_), .. }
            | Phase::Running { .. }
            | Phase::Backoff { .. }
            | Phase::Stopping { pid: Some(_), .. }
            | Phase::Exited { .. }
            | Phase::Fatal
            | Phase::Unknown { .. } => {
                turn.log(Level::Critical, format!("{spawned}, which nobody asked for"));
                false
            }
        }
    }

    /// The spawn failed before there was a process.
    pub(crate) fn spawn_failed(&mut self, why: String, turn: &mut Turn<'_>) {
        let spawnerr = format!("spawnerr: {why}");
        match self.phase {
            Phase::Starting { pid: None, .. } => {
                turn.log(Level::Info, spawnerr);
                self.start_failed(why, turn);
            }
            Phase::Stopping { pid: None, .. } => {
                turn.log(Level::Info, spawnerr);
                self.spawnerr = Some(why);
                self.ended = Some(turn.now.wall);
                self.enter(Phase::Stopped, StateDetail::Stopped(Pid(0)), turn);
            }
            Phase::Stopped
            | Phase::Starting { pid: Some(_), .. }
            | Phase::Running { .. }
            | Phase::Backoff { .. }
            | Phase::Stopping { pid: Some(_), .. }
            | Phase::Exited { .. }
            | Phase::Fatal
            | Phase::Unknown { .. } => {
                turn.log(Level::Critical, format!("{spawnerr}, from a spawn that nobody asked for"));
            }
        }
    }

    /// It has just been reaped, and the news of it follows: no more signals to its pid.
    pub(crate) fn spare(&mut self) {
        if let Phase::Stopping { kill_at, .. } = &mut self.phase {
            *kill_at = Monotonic(u64::MAX);
        }
    }

    /// It was reaped.
    pub(crate) fn exited(&mut self, status: ExitStatus, turn: &mut Turn<'_>) -> AfterExit {
        let pid = self.pid().unwrap_or(Pid(0));
        self.ended = Some(turn.now.wall);
        match self.phase {
            Phase::Starting { .. } => {
                self.exitstatus = None;
                // The event comes before the line, and FATAL, which may follow at once, after it.
                self.back_off("Exited too quickly (process log may have details)".to_owned(), turn);
                turn.log(Level::Warn, format!("exited: {} ({status}; not expected)", self.spec.name));
                self.give_up_if_spent(turn);
                AfterExit::Nothing
            }
            Phase::Running { .. } => self.ended_by_itself(pid, status, turn),
            Phase::Stopping { then_start, .. } => {
                self.exitstatus = Some(status.code());
                self.enter(Phase::Stopped, StateDetail::Stopped(pid), turn);
                let level = if self.expects(status) { Level::Info } else { Level::Warn };
                turn.log(level, format!("stopped: {} ({status})", self.spec.name));
                if then_start { AfterExit::Start } else { AfterExit::Nothing }
            }
            // Differs: unknown-then-exit
            Phase::Unknown { .. } => {
                self.exitstatus = Some(status.code());
                self.enter(Phase::Stopped, StateDetail::Stopped(pid), turn);
                turn.log(Level::Warn, format!("stopped: {} ({status})", self.spec.name));
                AfterExit::Nothing
            }
            Phase::Stopped | Phase::Backoff { .. } | Phase::Exited { .. } | Phase::Fatal => {
                debug_assert!(false, "a process without a pid was reaped");
                AfterExit::Nothing
            }
        }
    }

    fn ended_by_itself(&mut self, pid: Pid, status: ExitStatus, turn: &mut Turn<'_>) -> AfterExit {
        let expected = self.expects(status);
        self.failures = 0;
        self.exitstatus = Some(status.code());
        self.spawnerr = (!expected).then(|| format!("Bad exit code {}", status.code()));
        self.enter(Phase::Exited { restart_at: None }, StateDetail::Exited(expected, pid), turn);
        let (level, verdict) =
            if expected { (Level::Info, "expected") } else { (Level::Warn, "not expected") };
        turn.log(level, format!("exited: {} ({status}; {verdict})", self.spec.name));
        let restart = match self.spec.autorestart {
            AutoRestart::True => true,
            AutoRestart::Unexpected => !expected,
            AutoRestart::False => false,
        };
        if restart { AfterExit::Restart } else { AfterExit::Nothing }
    }

    fn expects(&self, status: ExitStatus) -> bool {
        matches!(status, ExitStatus::Code(code) if self.spec.exitcodes.contains(&code))
    }

    /// Restarts it as `autorestart` wants: at once, or when the brake lets go.
    pub(crate) fn restart(&mut self, turn: &mut Turn<'_>) {
        let now = turn.now.monotonic;
        let ran_for = self.started.map_or(Duration::MAX, |started| now.since(started.monotonic));
        let (restart_at, newly_braked) = self.brake.next_start(now, ran_for);
        if newly_braked {
            // Differs: restart-brake
            let name = &self.spec.name;
            turn.log(
                Level::Info,
                format!("'{name}' keeps ending within a second of its start; restarting it once a second"),
            );
        }
        if restart_at <= now {
            self.start(turn);
        } else if let Phase::Exited { restart_at: due } = &mut self.phase {
            *due = Some(restart_at);
        }
    }

    /// Asks it to end; says whether there was anything to end.
    pub(crate) fn stop(&mut self, turn: &mut Turn<'_>) -> bool {
        match &mut self.phase {
            Phase::Running { .. } | Phase::Starting { .. } => {
                let pid = self.pid();
                let kill_at = turn.now.monotonic.after(seconds(self.spec.stopwaitsecs));
                let stopping = Phase::Stopping { pid, kill_at, report_at: None, then_start: false };
                self.enter(stopping, StateDetail::Stopping(pid.unwrap_or(Pid(0))), turn);
                if pid.is_some() {
                    self.send(Purpose::Stop, turn);
                }
                true
            }
            Phase::Backoff { .. } => {
                // Differs: stop-in-backoff
                self.failures = 0;
                self.ended = Some(turn.now.wall);
                self.enter(Phase::Stopped, StateDetail::Stopped(Pid(0)), turn);
                true
            }
            Phase::Exited { restart_at } => restart_at.take().is_some(),
            Phase::Stopping { then_start, .. } => std::mem::take(then_start),
            Phase::Stopped | Phase::Fatal | Phase::Unknown { .. } => false,
        }
    }

    /// The supervisor stops: what is alive is asked to end, what waits for a retry gives up.
    pub(crate) fn shut_down(&mut self, turn: &mut Turn<'_>) {
        match self.phase {
            Phase::Backoff { .. } => {
                self.failures = 0;
                self.enter(Phase::Fatal, StateDetail::Fatal, turn);
            }
            Phase::Starting { .. }
            | Phase::Running { .. }
            | Phase::Stopping { .. }
            | Phase::Exited { .. }
            | Phase::Stopped
            | Phase::Fatal
            | Phase::Unknown { .. } => {
                self.stop(turn);
            }
        }
    }

    /// The supervisor stops: nothing more is started by itself.
    pub(crate) fn cancel_starts(&mut self) {
        match &mut self.phase {
            Phase::Backoff { retry_at } => *retry_at = None,
            Phase::Exited { restart_at } => *restart_at = None,
            Phase::Stopping { then_start, .. } => *then_start = false,
            Phase::Stopped
            | Phase::Starting { .. }
            | Phase::Running { .. }
            | Phase::Fatal
            | Phase::Unknown { .. } => {}
        }
    }

    /// Has it mentioned in the log, while it takes its time, that somebody waits for it to stop.
    pub(crate) fn report_stopping(&mut self, turn: &Turn<'_>) {
        if let Phase::Stopping { report_at: report_at @ None, .. } = &mut self.phase {
            *report_at = Some(turn.now.monotonic.after(STOP_REPORT_DELAY));
        }
    }

    fn report_again(&mut self, turn: &mut Turn<'_>) {
        let awaited = self.waiters.iter().any(|waiter| waiter.awaits_stop());
        if let Phase::Stopping { report_at, .. } = &mut self.phase {
            *report_at = awaited.then(|| turn.now.monotonic.after(STOP_REPORT_INTERVAL));
        }
        if awaited {
            turn.log(Level::Info, format!("waiting for {} to stop", self.spec.name));
        }
    }

    /// Its deadline has passed.
    pub(crate) fn deadline_passed(&mut self, turn: &mut Turn<'_>) {
        let now = turn.now.monotonic;
        match self.phase {
            Phase::Starting { pid: Some(_), up_at } if up_at <= now => self.up(turn),
            Phase::Backoff { retry_at: Some(retry_at) } if retry_at <= now => self.start(turn),
            Phase::Exited { restart_at: Some(restart_at) } if restart_at <= now => self.start(turn),
            Phase::Stopping { pid: Some(pid), kill_at, report_at, .. } => {
                if report_at.is_some_and(|report_at| report_at <= now) {
                    self.report_again(turn);
                }
                if kill_at <= now {
                    self.kill(pid, turn);
                }
            }
            Phase::Starting { .. }
            | Phase::Backoff { .. }
            | Phase::Exited { .. }
            | Phase::Stopping { .. }
            | Phase::Stopped
            | Phase::Running { .. }
            | Phase::Fatal
            | Phase::Unknown { .. } => {}
        }
    }

    fn kill(&mut self, pid: Pid, turn: &mut Turn<'_>) {
        turn.log(Level::Warn, format!("killing '{}' ({pid}) with SIGKILL", self.spec.name));
        if let Phase::Stopping { kill_at, .. } = &mut self.phase {
            *kill_at = turn.now.monotonic.after(seconds(self.spec.stopwaitsecs).max(KILL_INTERVAL_MIN));
        }
        self.send(Purpose::Kill, turn);
    }

    fn send(&self, purpose: Purpose, turn: &mut Turn<'_>) {
        let Some(pid) = self.pid() else { return };
        let (signal, group, purpose) = match purpose {
            Purpose::Stop => (self.spec.stopsignal, self.spec.stopasgroup, SignalPurpose::Stop),
            Purpose::Kill => {
                (Signal::KILL, self.spec.killasgroup || self.spec.stopasgroup, SignalPurpose::Kill)
            }
        };
        let whom = if group { "process group " } else { "" };
        let name = &self.spec.name;
        turn.log(Level::Debug, format!("killing {name} (pid {pid}) {whom}with signal {signal}"));
        turn.push(Effect::Signal { process: self.id, pid, group, signal, purpose });
    }

    /// The outcome of a signal that was to end it; the text of the trouble if there was any.
    pub(crate) fn signalled(
        &mut self,
        purpose: SignalPurpose,
        result: Result<(), SignalError>,
        turn: &mut Turn<'_>,
    ) -> Result<(), String> {
        // Whoever has been reaped meanwhile needs no signal.
        let (Err(error), Some(pid)) = (result, self.pid()) else { return Ok(()) };
        let name = &self.spec.name;
        let (ending, moment) = match purpose {
            SignalPurpose::Stop | SignalPurpose::Kill => (true, "just"),
            SignalPurpose::Request(_) => (false, "just now"),
        };
        match error {
            SignalError::NoSuchProcess => {
                turn.log(
                    Level::Debug,
                    format!(
                        "unable to signal {name} (pid {pid}), it probably {moment} exited on its own: \
                         [Errno 3] No such process"
                    ),
                );
                Ok(())
            }
            SignalError::Other(why) => {
                let doing = if ending { "killing" } else { "sending sig" };
                let text = format!("unknown problem {doing} {name} ({pid}):{why}");
                turn.log(Level::Critical, text.clone());
                if self.state() != ProcessState::Unknown {
                    self.enter(Phase::Unknown { pid: Some(pid) }, StateDetail::Unknown, turn);
                }
                Err(text)
            }
        }
    }

    fn up(&mut self, turn: &mut Turn<'_>) {
        let Some(pid) = self.pid() else { return };
        self.failures = 0;
        self.enter(Phase::Running { pid }, StateDetail::Running(pid), turn);
        turn.log(
            Level::Info,
            format!(
                "success: {} entered RUNNING state, process has stayed up for > than {} seconds (startsecs)",
                self.spec.name, self.spec.startsecs
            ),
        );
    }

    fn start_failed(&mut self, why: String, turn: &mut Turn<'_>) {
        self.back_off(why, turn);
        self.give_up_if_spent(turn);
    }

    fn back_off(&mut self, why: String, turn: &mut Turn<'_>) {
        self.spawnerr = Some(why);
        self.failures = self.failures.saturating_add(1);
        let retry_at = turn.now.monotonic.after(Duration::from_secs(u64::from(self.failures)));
        self.enter(Phase::Backoff { retry_at: Some(retry_at) }, StateDetail::Backoff(self.failures), turn);
    }

    fn give_up_if_spent(&mut self, turn: &mut Turn<'_>) {
        if i64::from(self.failures) > self.spec.startretries {
            self.failures = 0;
            self.enter(Phase::Fatal, StateDetail::Fatal, turn);
            turn.log(
                Level::Info,
                format!(
                    "gave up: {} entered FATAL state, too many start retries too quickly",
                    self.spec.name
                ),
            );
        }
    }

    fn enter(&mut self, phase: Phase, to: StateDetail, turn: &mut Turn<'_>) {
        let from = self.state();
        self.phase = phase;
        turn.emit(Event::ProcessState {
            name: self.spec.name.clone(),
            group: self.group_name.to_string(),
            from,
            to,
        });
    }
}

#[derive(Clone, Copy)]
enum Purpose {
    Stop,
    Kill,
}
