//! What must be announced because of something else than a change of state: each once, in the very turn.

use supervisor_core::Supervisor;
use supervisor_core::command::Command;
use supervisor_core::event::{Event, OutputChannel, Period, Written};
use supervisor_core::input::Input;
use supervisor_core::process::{Pid, ProcessId};
use supervisor_core::time::Moment;

use crate::checker::{Verdict, ensure};
use crate::clock::SECOND;
use crate::record::Record;

/// The books of output, messages and time.
#[derive(Debug, Default)]
pub(crate) struct Herald {
    /// Somebody wants to know of the passing of time.
    ticks: bool,
    /// The slices of the wall clock's time that were current in the last turn.
    slices: Option<[i64; 3]>,
    /// When the next slice begins if nobody sets the clock.
    next_slice: u64,
    expected: Vec<Event>,
}

impl Herald {
    pub(crate) fn new(ticks: bool) -> Self {
        Self { ticks, ..Self::default() }
    }

    /// The core is about to hear this.
    pub(crate) fn hears<'a>(
        &mut self,
        now: Moment,
        input: &Input,
        at_work: impl Fn(ProcessId) -> Option<&'a Record>,
    ) {
        let written = |id: ProcessId, pid: Pid, channel: OutputChannel, data: &[u8]| {
            let record = at_work(id)?;
            let (name, group) = (record.spec.name.as_str().into(), record.group.as_str().into());
            Some(Written { name, group, pid, channel, data: data.to_vec() })
        };
        match input {
            Input::OutputRead(id, pid, channel, data) => {
                self.expected.extend(written(*id, *pid, *channel, data).map(Event::ProcessLog));
            }
            Input::Captured(id, pid, channel, data) => {
                self.expected.extend(written(*id, *pid, *channel, data).map(Event::ProcessCommunication));
            }
            Input::Request(_, Command::SendRemoteCommEvent { kind, data }) => {
                let (kind, data) = (kind.clone(), data.clone());
                self.expected.push(Event::RemoteCommunication { kind, data });
            }
            _ => {}
        }
        if self.ticks {
            self.time_passes(now);
        }
    }

    fn time_passes(&mut self, now: Moment) {
        let wall = now.wall.0;
        let current = Period::ALL.map(|period| wall.div_euclid(period.seconds()) * period.seconds());
        if let Some(before) = self.slices.replace(current) {
            for ((period, before), when) in Period::ALL.into_iter().zip(before).zip(current) {
                if before != when {
                    self.expected.push(Event::Tick { period, when });
                }
            }
        }
        let left = u64::try_from(current[0] + Period::Seconds5.seconds() - wall).unwrap_or(0);
        self.next_slice = now.monotonic.0 + left * SECOND;
    }

    /// The core announces something.
    pub(crate) fn emits(&mut self, event: &Event) -> Verdict {
        match event {
            Event::ProcessLog(_)
            | Event::ProcessCommunication(_)
            | Event::RemoteCommunication { .. }
            | Event::Tick { .. } => {
                let Some(place) = self.expected.iter().position(|expected| expected == event) else {
                    return ensure(false, || format!("{event:?} is announced and has not happened"));
                };
                self.expected.remove(place);
                Ok(())
            }
            Event::ProcessState { .. }
            | Event::ProcessGroupAdded(_)
            | Event::ProcessGroupRemoved(_)
            | Event::SupervisorRunning
            | Event::SupervisorStopping => Ok(()),
        }
    }

    /// The turn is over.
    pub(crate) fn settles(&self, now: u64, supervisor: &Supervisor) -> Verdict {
        ensure(self.expected.is_empty(), || format!("nobody is told of {:?}", self.expected))?;
        let deadline = supervisor.next_deadline().map(|deadline| deadline.0);
        let sleeps_over =
            self.ticks && self.next_slice > now && deadline.is_some_and(|at| at > self.next_slice);
        ensure(!sleeps_over, || {
            format!("the next tick is at {}, and it sleeps until {deadline:?}", self.next_slice)
        })
    }
}
