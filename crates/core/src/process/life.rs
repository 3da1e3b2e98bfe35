//! How a process starts, comes up, fails and ends.

use std::time::Duration;

use super::{AfterExit, Phase, Pid, Process};
use crate::effect::{Effect, Level};
use crate::event::StateDetail;
use crate::input::ExitStatus;
use crate::spec::AutoRestart;
use crate::time::{Monotonic, seconds};
use crate::turn::Turn;

/// A machine without room for a process is asked again after one second more each time, up to this.
const REFUSAL_DELAY_SECONDS_MAX: u32 = 10;

impl Process {
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
        self.refusals = 0;
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
            Phase::Stopping { pid: pid @ None, kill_at, .. } => {
                turn.log(Level::Info, spawned);
                *pid = Some(new_pid);
                // Nobody can obey a signal that was not sent: its time to do so begins now, too.
                *kill_at = turn.now.monotonic.after(seconds(self.spec.stopwaitsecs));
                self.send_stop(turn);
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

    /// The machine has no room for a process at present. That is not its failure: it is tried again until there is room.
    // Differs: no-room-is-no-failure
    pub(crate) fn spawn_refused(&mut self, why: String, turn: &mut Turn<'_>) {
        if !matches!(self.phase, Phase::Starting { pid: None, .. }) {
            return self.spawn_failed(why, turn);
        }
        let spawnerr = format!("spawnerr: {why}");
        if self.refusals == 0 {
            turn.log(Level::Info, spawnerr);
            let name = &self.spec.name;
            turn.log(
                Level::Warn,
                format!("the system has no room for '{name}', which is tried again until it has"),
            );
        } else {
            turn.log(Level::Debug, spawnerr);
        }
        self.spawnerr = Some(why);
        self.refusals = self.refusals.saturating_add(1);
        let delay = u64::from(self.refusals.min(REFUSAL_DELAY_SECONDS_MAX));
        let retry_at = turn.now.monotonic.after(Duration::from_secs(delay));
        self.enter(Phase::Backoff { retry_at: Some(retry_at) }, StateDetail::Backoff(self.failures), turn);
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
        self.in_vain = false;
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
        let (restart_at, newly_braked) = self.brake.next_start(now, ran_for, self.spec.restart_burst);
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
            self.refusals = 0;
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
}
