//! Telling listeners what happened: events go to pools, and from pools to listeners that are ready.

use std::sync::Arc;

use crate::effect::{Effect, Level};
use crate::event::{Envelope, Event, OutputChannel, Period, Written};
use crate::figures::{Deliveries, PoolFigures};
use crate::group::GroupId;
use crate::listener::Listener;
use crate::pool::Pool;
use crate::process::{Pid, ProcessId};
use crate::spec::GroupKind;
use crate::state::ProcessState;
use crate::supervisor::Supervisor;
use crate::tick::Ticker;
use crate::time::Monotonic;
use crate::turn::{Happened, Turn};

impl Supervisor {
    /// Whether anybody wants events of that type: who makes them may save the trouble otherwise.
    #[must_use]
    pub fn wants(&self, type_name: &str) -> bool {
        self.watched.wants(type_name) || self.pools.values().any(|pool| pool.wants(type_name))
    }

    /// Until when an event of that type should wait, if it can: some pool has no room for it, and listeners that make
    /// some.
    #[must_use]
    pub fn wait_until(&self, type_name: &str, now: Monotonic) -> Option<Monotonic> {
        let pools = self.pools.values().filter(|pool| pool.wants(type_name));
        pools.filter_map(|pool| pool.wait_until(now)).max()
    }

    /// Whether events wait for listeners that have others to settle first.
    #[must_use]
    pub fn has_events_waiting(&self) -> bool {
        self.pools.values().any(Pool::has_waiting)
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

    /// The end of a turn: what follows from it, and telling the listeners of it all.
    pub(crate) fn conclude(&mut self, turn: &mut Turn<'_>) {
        let was_finished = self.is_finished();
        self.advance_shutdown(turn);
        self.tick(turn);
        self.absorb(turn);
        // An answer that comes at the last moment is an answer.
        self.lose_patience(turn);
        self.dispatch(turn);
        self.name_congested_pools(turn);
        if self.is_finished() && !was_finished {
            self.end_pools(turn);
        }
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
        let listeners = members.iter().map(|&member| (member, Listener::new(id, spec)));
        self.listeners.extend(listeners);
        self.pools.insert(id, Pool::new(&group.spec.name, spec, members));
    }

    /// The group is gone, and with it whatever waited for its listeners.
    pub(crate) fn close_pool(&mut self, id: GroupId, turn: &mut Turn<'_>) {
        let Some(mut pool) = self.pools.remove(&id) else { return };
        pool.end(turn);
        for member in pool.members {
            let deadline = self.listeners.remove(&member).and_then(|listener| listener.filed_deadline);
            if let Some(deadline) = deadline {
                self.patience.remove(&(deadline, member));
            }
        }
    }

    /// The daemon ends: whatever waits for listeners waits in vain.
    pub(crate) fn end_pools(&mut self, turn: &mut Turn<'_>) {
        for pool in self.pools.values_mut() {
            pool.end(turn);
        }
    }

    /// How deliveries go, pool by pool.
    pub fn pools(&self) -> impl Iterator<Item = PoolFigures> {
        self.pools.values().map(|pool| {
            let listeners: Vec<_> = pool
                .members
                .iter()
                .filter_map(|id| {
                    Some(self.listeners.get(id)?.figures(*id, &self.processes.get(id)?.spec.name))
                })
                .collect();
            PoolFigures {
                name: pool.name.to_string(),
                buffer_size: pool.spec.buffer_size,
                queued: pool.waiting(),
                accepted: pool.accepted(),
                dropped: pool.dropped,
                deliveries: listeners.iter().fold(Deliveries::default(), |sum, one| sum.and(one.deliveries)),
                listeners,
            }
        })
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
            self.revision += 1;
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
                    length: pool.spec.event_length,
                };
                let name = &self.processes[&member].spec.name;
                turn.debug(|| format!("event {} sent to listener {name}", queued.serial));
                turn.push(Effect::Deliver(member, envelope));
                if let Some(listener) = self.listeners.get_mut(&member) {
                    listener.occupy(queued, turn);
                }
                self.file_patience(member);
            }
        }
        // Only somebody who is ready is worth waking for: whoever becomes ready later is heard of.
        let delayed = self.pools.iter().filter(|(_, pool)| pool.is_delayed(turn.now.monotonic));
        let awaited: Vec<_> =
            delayed.map(|(&id, _)| id).filter(|&id| self.ready_member(id).is_some()).collect();
        for (id, pool) in &mut self.pools {
            pool.settle(awaited.contains(id), turn);
        }
    }

    /// Files until when the log is patient with a listener, after it may have become busy or answered.
    fn file_patience(&mut self, id: ProcessId) {
        self.revision += 1;
        let Some(listener) = self.listeners.get_mut(&id) else { return };
        let deadline = listener.deadline();
        if let Some(old) = std::mem::replace(&mut listener.filed_deadline, deadline) {
            self.patience.remove(&(old, id));
        }
        if let Some(new) = deadline {
            self.patience.insert((new, id));
        }
    }

    /// Names listeners that have been busy for too long.
    // Differs: silent-listeners-are-named
    pub(crate) fn lose_patience(&mut self, turn: &mut Turn<'_>) {
        while let Some(&(deadline, id)) = self.patience.first() {
            if deadline > turn.now.monotonic {
                return;
            }
            if let Some(listener) = self.listeners.get_mut(&id) {
                let name = self.processes.get(&id).map_or("", |process| process.spec.name.as_str());
                let pool = self.pools.get(&listener.pool).map_or("", |pool| &*pool.name);
                listener.time_passed(name, pool, turn);
            }
            self.patience.remove(&(deadline, id));
            self.file_patience(id);
        }
    }

    fn ready_member(&self, id: GroupId) -> Option<ProcessId> {
        self.pools.get(&id)?.members.iter().copied().find(|member| {
            self.listeners.get(member).is_some_and(Listener::is_ready)
                && self.processes.get(member).is_some_and(|process| process.state() == ProcessState::Running)
        })
    }

    /// A listener has said something. What descendants of an earlier one say is no word of the protocol.
    // Differs: output-of-descendants
    pub(crate) fn listener_heard(&mut self, id: ProcessId, pid: Pid, bytes: &[u8], turn: &mut Turn<'_>) {
        let Some(process) = self.processes.get(&id).filter(|process| process.pid() == Some(pid)) else {
            return;
        };
        let Some(listener) = self.listeners.get_mut(&id) else { return };
        let heard = listener.hear(&process.spec.name, bytes, turn);
        if let Some(pool) = self.pools.get_mut(&listener.pool) {
            for queued in heard.rejected {
                pool.take_back(queued, true, turn);
            }
        }
        for (event, text) in heard.fed {
            self.feed_subject(&event, text, turn);
        }
        self.file_patience(id);
    }

    /// Writes to the process that an event is about, if it is alive and may go on living.
    fn feed_subject(&self, event: &Event, text: String, turn: &mut Turn<'_>) {
        let Some((group, Some(name))) = event.subject() else { return };
        let Some(id) = self.process_named(group, name) else { return };
        let process = &self.processes[&id];
        if process.pid().is_some() && process.state() != ProcessState::Stopping {
            turn.push(Effect::Feed(id, text));
        }
    }

    /// Nobody reads the standard input of a listener.
    pub(crate) fn delivery_failed(&mut self, id: ProcessId, turn: &mut Turn<'_>) {
        let Some(listener) = self.listeners.get_mut(&id) else { return };
        let pool = self.pools.get_mut(&listener.pool);
        let Some(queued) = listener.refuse() else { return };
        let name = self.processes.get(&id).map_or("", |process| process.spec.name.as_str());
        let serial = queued.serial;
        turn.log(
            Level::Debug,
            format!(
                "epipe occurred while sending event {serial} to listener {name}, listener state unchanged"
            ),
        );
        if let Some(pool) = pool {
            pool.take_back(queued, false, turn);
        }
        self.file_patience(id);
    }

    /// A listener ended, or is about to be started: what it did not answer goes back to its pool.
    pub(crate) fn listener_restarts(&mut self, id: ProcessId, turn: &mut Turn<'_>) {
        let Some(listener) = self.listeners.get_mut(&id) else { return };
        if let Some(queued) = listener.restart()
            && let Some(pool) = self.pools.get_mut(&listener.pool)
        {
            pool.take_back(queued, false, turn);
        }
        self.file_patience(id);
    }

    /// What a process or its descendants wrote, as an event. It has the id of the process whose pipe it was.
    // Differs: output-of-descendants
    pub(crate) fn written(
        &self,
        id: ProcessId,
        pid: Pid,
        channel: OutputChannel,
        data: Vec<u8>,
    ) -> Option<Written> {
        let process = self.processes.get(&id)?;
        Some(Written {
            name: Arc::clone(&process.name),
            group: Arc::clone(&process.group_name),
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
