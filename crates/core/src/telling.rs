//! Telling listeners what happened: events go to pools, and from pools to listeners that are ready.

use std::sync::Arc;

use crate::effect::{Effect, Level};
use crate::event::{Envelope, OutputChannel, Period, Written};
use crate::group::GroupId;
use crate::listener::Listener;
use crate::pool::Pool;
use crate::process::ProcessId;
use crate::spec::GroupKind;
use crate::state::ProcessState;
use crate::supervisor::Supervisor;
use crate::tick::Ticker;
use crate::turn::{Happened, Turn};

impl Supervisor {
    /// Whether anybody wants events of that type: who makes them may save the trouble otherwise.
    #[must_use]
    pub fn wants(&self, type_name: &str) -> bool {
        self.watched.wants(type_name) || self.pools.values().any(|pool| pool.wants(type_name))
    }

    /// The number that the next event will have. It goes on over a restart of the daemon.
    #[must_use]
    pub fn next_serial(&self) -> u64 {
        self.next_serial
    }

    /// Whether the process is an event listener, whose standard output is for the supervisor.
    #[must_use]
    pub fn is_listener(&self, id: ProcessId) -> bool {
        self.listeners.contains_key(&id)
    }

    /// Makes a pool of a group of listeners.
    pub(crate) fn open_pool(&mut self, id: GroupId) {
        let Some(group) = self.groups.get(&id) else { return };
        let GroupKind::EventListener(spec) = &group.spec.kind else { return };
        let mut members = group.members.clone();
        members.sort_by_key(|member| {
            let spec = &self.processes[member].spec;
            (spec.priority, spec.name.clone())
        });
        self.listeners.extend(members.iter().map(|&member| (member, Listener::default())));
        self.pools.insert(id, Pool::new(&group.spec.name, spec, members));
    }

    /// The group is gone, and with it whatever waited for its listeners.
    pub(crate) fn close_pool(&mut self, id: GroupId) {
        if let Some(pool) = self.pools.remove(&id) {
            for member in pool.members {
                self.listeners.remove(&member);
            }
        }
    }

    /// Gives the events of this turn that no pool has seen yet to the pools that want them.
    pub(crate) fn absorb(&mut self, turn: &mut Turn<'_>) {
        for happened in std::mem::take(&mut turn.happened) {
            self.accept(happened, turn);
        }
    }

    fn accept(&mut self, happened: Happened, turn: &mut Turn<'_>) {
        let Happened { event, emitted } = happened;
        let type_name = event.type_name();
        let mut serial = None;
        // Only events that somebody wants are counted.
        let mut number = |next: &mut u64| {
            *serial.get_or_insert_with(|| {
                let serial = *next;
                *next = next.wrapping_add(1);
                serial
            })
        };
        if let Some(index) = emitted
            && let Some(Effect::Emit { serial, .. }) = turn.effects.get_mut(index)
        {
            *serial = number(&mut self.next_serial);
        }
        for pool in self.pools.values_mut().filter(|pool| pool.wants(type_name)) {
            pool.accept(number(&mut self.next_serial), Arc::clone(&event), turn);
        }
    }

    /// Sends waiting events to listeners that are ready.
    pub(crate) fn dispatch(&mut self, turn: &mut Turn<'_>) {
        let waiting: Vec<_> =
            self.pools.iter().filter(|(_, pool)| pool.has_waiting()).map(|(&id, _)| id).collect();
        for id in waiting {
            while let Some(member) = self.ready_member(id) {
                let Some(pool) = self.pools.get_mut(&id) else { break };
                let Some(queued) = pool.next(turn.now.monotonic) else { break };
                let envelope = Envelope {
                    serial: queued.serial,
                    pool: Arc::clone(&pool.name),
                    poolserial: queued.poolserial,
                    event: Arc::clone(&queued.event),
                };
                let name = self.processes[&member].spec.name.clone();
                turn.log(Level::Debug, format!("event {} sent to listener {name}", queued.serial));
                turn.push(Effect::Deliver(member, envelope));
                if let Some(listener) = self.listeners.get_mut(&member) {
                    listener.occupy(&name, queued, turn);
                }
            }
        }
        for pool in self.pools.values_mut() {
            pool.note_resend(turn.now.monotonic);
        }
    }

    fn ready_member(&self, id: GroupId) -> Option<ProcessId> {
        self.pools.get(&id)?.members.iter().copied().find(|member| {
            self.listeners.get(member).is_some_and(Listener::is_ready)
                && self.processes.get(member).is_some_and(|process| process.state() == ProcessState::Running)
        })
    }

    /// A listener has said something.
    pub(crate) fn listener_heard(&mut self, id: ProcessId, bytes: &[u8], turn: &mut Turn<'_>) {
        let Some(process) = self.processes.get(&id) else { return };
        let name = process.spec.name.clone();
        let Some(listener) = self.listeners.get_mut(&id) else { return };
        let rejected = listener.hear(&name, bytes, turn);
        let pool = self.pools.values_mut().find(|pool| pool.members.contains(&id));
        if let Some(pool) = pool {
            for queued in rejected {
                pool.take_back(queued, true, turn);
            }
        }
    }

    /// Nobody reads the standard input of a listener.
    pub(crate) fn delivery_failed(&mut self, id: ProcessId, turn: &mut Turn<'_>) {
        let Some(queued) = self.listeners.get_mut(&id).and_then(Listener::refuse) else { return };
        let name = self.processes.get(&id).map_or("", |process| process.spec.name.as_str());
        let serial = queued.serial;
        turn.log(
            Level::Debug,
            format!(
                "epipe occurred while sending event {serial} to listener {name}, listener state unchanged"
            ),
        );
        if let Some(pool) = self.pools.values_mut().find(|pool| pool.members.contains(&id)) {
            pool.take_back(queued, false, turn);
        }
    }

    /// A listener ended, or is about to be started: what it did not answer goes back to its pool.
    pub(crate) fn listener_restarts(&mut self, id: ProcessId, turn: &mut Turn<'_>) {
        let Some(queued) = self.listeners.get_mut(&id).and_then(Listener::restart) else { return };
        if let Some(pool) = self.pools.values_mut().find(|pool| pool.members.contains(&id)) {
            pool.take_back(queued, false, turn);
        }
    }

    /// What a process wrote, as an event.
    pub(crate) fn written(&self, id: ProcessId, channel: OutputChannel, data: Vec<u8>) -> Option<Written> {
        let process = self.processes.get(&id)?;
        let pid = process.pid()?;
        Some(Written {
            name: process.spec.name.clone(),
            group: process.group_name.to_string(),
            pid,
            channel,
            data,
        })
    }

    /// Emits the ticks that are due, if anybody wants any.
    pub(crate) fn tick(&mut self, turn: &mut Turn<'_>) {
        let (pools, watched) = (&self.pools, &self.watched);
        let wanted = |period: Period| {
            let type_name = period.type_name();
            watched.wants(type_name) || pools.values().any(|pool| pool.wants(type_name))
        };
        if !Period::ALL.into_iter().any(wanted) {
            self.ticker = Ticker::default();
            return;
        }
        for event in self.ticker.look(turn.now, wanted) {
            turn.emit(event);
        }
    }
}
