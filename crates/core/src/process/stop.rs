//! How a process is asked to end, and what happens when it does not.

use std::time::Duration;

use super::{Phase, Pid, Process};
use crate::effect::{Effect, Level};
use crate::event::StateDetail;
use crate::input::{SignalError, SignalPurpose};
use crate::signal::Signal;
use crate::state::ProcessState;
use crate::time::seconds;
use crate::turn::Turn;

/// A stop that takes no longer is not mentioned.
const STOP_REPORT_DELAY: Duration = Duration::from_millis(50);

/// How often a waiting stop is mentioned in the log.
const STOP_REPORT_INTERVAL: Duration = Duration::from_secs(2);

/// SIGKILL is not repeated faster than this, whatever `stopwaitsecs` says.
const KILL_INTERVAL_MIN: Duration = Duration::from_secs(1);

impl Process {
    /// Asks it to end; says whether there was anything to end.
    pub(crate) fn stop(&mut self, turn: &mut Turn<'_>) -> bool {
        match &mut self.phase {
            Phase::Running { .. } | Phase::Starting { .. } => {
                let pid = self.pid();
                let kill_at = turn.now.monotonic.after(seconds(self.spec.stopwaitsecs));
                let stopping = Phase::Stopping { pid, kill_at, report_at: None, then_start: false };
                self.enter(stopping, StateDetail::Stopping(pid.unwrap_or(Pid(0))), turn);
                if pid.is_some() {
                    self.send_stop(turn);
                }
                true
            }
            Phase::Backoff { .. } => {
                // Differs: stop-in-backoff
                self.failures = 0;
                self.refusals = 0;
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
                self.refusals = 0;
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

    pub(super) fn report_again(&mut self, turn: &mut Turn<'_>) {
        let awaited = self.waiters.iter().any(|waiter| waiter.awaits_stop());
        if let Phase::Stopping { report_at, .. } = &mut self.phase {
            *report_at = awaited.then(|| turn.now.monotonic.after(STOP_REPORT_INTERVAL));
        }
        if awaited {
            turn.log(Level::Info, format!("waiting for {} to stop", self.spec.name));
        }
    }

    pub(super) fn kill(&mut self, pid: Pid, turn: &mut Turn<'_>) {
        turn.log(Level::Warn, format!("killing '{}' ({pid}) with SIGKILL", self.spec.name));
        if let Phase::Stopping { kill_at, .. } = &mut self.phase {
            *kill_at = turn.now.monotonic.after(seconds(self.spec.stopwaitsecs).max(KILL_INTERVAL_MIN));
        }
        self.send(Signal::KILL, self.spec.killasgroup || self.spec.stopasgroup, SignalPurpose::Kill, turn);
    }

    /// Sends `stopsignal`.
    pub(super) fn send_stop(&self, turn: &mut Turn<'_>) {
        self.send(self.spec.stopsignal, self.spec.stopasgroup, SignalPurpose::Stop, turn);
    }

    fn send(&self, signal: Signal, group: bool, purpose: SignalPurpose, turn: &mut Turn<'_>) {
        let Some(pid) = self.pid() else { return };
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
}
