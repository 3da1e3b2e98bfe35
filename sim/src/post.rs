//! The books of deliveries: which event waits in which pool, and who has it.
//!
//! They are kept from what the core hears and says alone: an event is neither lost nor told twice without cause, the
//! order is kept, nobody waits in front of a listener that is ready, and the core's figures add up.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use supervisor_core::Supervisor;
use supervisor_core::event::{Envelope, Event};
use supervisor_core::figures::PoolFigures;
use supervisor_core::process::ProcessId;
use supervisor_core::spec::{BufferOverflow, GroupKind, GroupSpec, ListenerSpec, ResultHandler};
use supervisor_core::state::ProcessState;
use supervisor_core::subscription::Subscriptions;

use crate::checker::{Verdict, ensure};
use crate::clock::SECOND;

/// An event that is rejected again is sent again so much later.
const RESEND_DELAY: u64 = SECOND;

/// The line in front of a result has no more bytes.
const LINE_MAX: usize = 64 << 10;

/// An event in a pool: its number, its number in the pool, and since when it may be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Item {
    event: Arc<Event>,
    serial: u64,
    poolserial: u64,
    rejections: u32,
    not_before: u64,
}

#[derive(Debug)]
struct Pool {
    spec: ListenerSpec,
    subscriptions: Subscriptions,
    /// In the order in which they are asked.
    members: Vec<ProcessId>,
    waiting: VecDeque<Item>,
    accepted: u64,
    delivered: u64,
    failed: u64,
    dropped: u64,
    /// Given up when the daemon ended.
    lost: u64,
}

/// What a listener is thought to be at.
#[derive(Debug, Default)]
struct Ear {
    pool: String,
    state: State,
    heard: Vec<u8>,
    deaf: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Acknowledged,
    Ready,
    Busy(Item),
    Unknown,
}

#[derive(Debug, Default)]
pub(crate) struct Post {
    pools: BTreeMap<String, Pool>,
    ears: BTreeMap<ProcessId, Ear>,
    last_serial: Option<u64>,
}

impl Post {
    /// A group is put to work; it may be a pool.
    pub(crate) fn opens(&mut self, group: &GroupSpec, ids: &[ProcessId]) {
        let GroupKind::EventListener(spec) = &group.kind else { return };
        let mut members: Vec<_> = group.processes.iter().zip(ids.iter().copied()).collect();
        members.sort_by_key(|(spec, _)| (spec.priority, spec.name.clone()));
        for &id in ids {
            self.ears.insert(id, Ear { pool: group.name.clone(), ..Ear::default() });
        }
        let pool = Pool {
            spec: spec.clone(),
            subscriptions: Subscriptions::new(spec.events.clone()),
            members: members.into_iter().map(|(_, id)| id).collect(),
            waiting: VecDeque::new(),
            accepted: 0,
            delivered: 0,
            failed: 0,
            dropped: 0,
            lost: 0,
        };
        self.pools.insert(group.name.clone(), pool);
    }

    /// These processes are taken from work.
    pub(crate) fn closes(&mut self, ids: &[ProcessId]) {
        for id in ids {
            if let Some(ear) = self.ears.remove(id) {
                self.pools.remove(&ear.pool);
            }
        }
    }

    /// Something has happened that is watched.
    pub(crate) fn emitted(&mut self, serial: u64, event: &Arc<Event>) -> Verdict {
        ensure(self.last_serial.is_none_or(|last| last < serial), || {
            format!("event {serial} comes after {:?}", self.last_serial)
        })?;
        self.last_serial = Some(serial);
        for pool in self.pools.values_mut().filter(|pool| pool.subscriptions.wants(event.type_name())) {
            pool.accept(serial, event);
        }
        Ok(())
    }

    /// An event is sent to a listener.
    pub(crate) fn delivers(
        &mut self,
        id: ProcessId,
        envelope: &Envelope,
        now: u64,
        supervisor: &Supervisor,
    ) -> Verdict {
        let Some(pool) = self.ears.get(&id).and_then(|ear| self.pools.get(&ear.pool)) else {
            return ensure(false, || format!("{id:?} is no listener and is sent an event"));
        };
        let first = pool.members.iter().find(|member| self.is_ready(**member, supervisor));
        ensure(first == Some(&id), || format!("{id:?} is sent an event and {first:?} is ready"))?;
        let Some(pool) = self.pools.get_mut(&*envelope.pool) else {
            return ensure(false, || format!("an event of a pool {} that is not there", envelope.pool));
        };
        let Some(item) = pool.waiting.pop_front() else {
            return ensure(false, || format!("event {} is sent and does not wait any more", envelope.serial));
        };
        let next = (item.serial, item.poolserial);
        ensure(next == (envelope.serial, envelope.poolserial), || {
            format!("{} is sent event {}, and {next:?} is next", envelope.pool, envelope.serial)
        })?;
        ensure(item.event == envelope.event, || format!("event {} has become another", item.serial))?;
        ensure(item.not_before <= now, || format!("event {} is sent again too soon", item.serial))?;
        if let Some(ear) = self.ears.get_mut(&id) {
            ear.state = State::Busy(item);
        }
        Ok(())
    }

    fn is_ready(&self, id: ProcessId, supervisor: &Supervisor) -> bool {
        self.ears.get(&id).is_some_and(|ear| ear.state == State::Ready && !ear.deaf)
            && supervisor.process(id).is_some_and(|process| process.state() == ProcessState::Running)
    }

    /// A listener says something. What comes back is for the standard input of those whom events are about.
    pub(crate) fn heard(&mut self, id: ProcessId, bytes: &[u8], now: u64) -> Vec<(Arc<Event>, String)> {
        let Some(ear) = self.ears.get_mut(&id) else { return Vec::new() };
        let Some(pool) = self.pools.get_mut(&ear.pool) else { return Vec::new() };
        ear.heard.extend_from_slice(bytes);
        let (mut rejected, mut fed) = (Vec::new(), Vec::new());
        while let Some(item) = ear.understand(pool, &mut fed) {
            rejected.extend(item);
        }
        for mut item in rejected {
            pool.failed += 1;
            item.rejections += 1;
            if item.rejections > 1 {
                item.not_before = now + RESEND_DELAY;
            }
            pool.take_back(item);
        }
        fed
    }

    /// A listener has ended.
    pub(crate) fn ended(&mut self, id: ProcessId) {
        let Some(ear) = self.ears.get_mut(&id) else { return };
        let ended = std::mem::take(ear);
        ear.pool = ended.pool;
        if let (State::Busy(item), Some(pool)) = (ended.state, self.pools.get_mut(&ear.pool)) {
            pool.failed += 1;
            pool.take_back(item);
        }
    }

    /// Nobody reads what a listener was sent.
    pub(crate) fn not_delivered(&mut self, id: ProcessId) {
        let Some(ear) = self.ears.get_mut(&id) else { return };
        ear.deaf = true;
        if let State::Busy(item) = ear.state.clone() {
            ear.state = State::Ready;
            if let Some(pool) = self.pools.get_mut(&ear.pool) {
                pool.take_back(item);
            }
        }
    }

    /// The daemon has ended.
    pub(crate) fn finishes(&mut self) {
        for pool in self.pools.values_mut() {
            pool.lost += pool.waiting.len() as u64;
            pool.waiting.clear();
        }
    }

    /// Nobody waits in front of somebody who is ready.
    pub(crate) fn settles(&self, now: u64, supervisor: &Supervisor) -> Verdict {
        for (name, pool) in &self.pools {
            let Some(first) = pool.waiting.front().filter(|item| item.not_before <= now) else { continue };
            let ready = pool.members.iter().find(|member| self.is_ready(**member, supervisor));
            ensure(ready.is_none(), || {
                format!("event {} of {name} waits and {ready:?} is ready", first.serial)
            })?;
        }
        Ok(())
    }

    /// The core's figures are those of the books, and add up.
    pub(crate) fn audit(&self, supervisor: &Supervisor) -> Verdict {
        // A group may have no processes.
        let shown: Vec<_> = supervisor.pools().filter(|pool| !pool.listeners.is_empty()).collect();
        ensure(shown.len() == self.pools.len(), || "pools are missing".to_owned())?;
        for figures in shown {
            let Some(pool) = self.pools.get(&figures.name) else {
                return ensure(false, || format!("there is no pool {}", figures.name));
            };
            pool.agrees_with(&figures)?;
        }
        Ok(())
    }
}

impl Pool {
    fn accept(&mut self, serial: u64, event: &Arc<Event>) {
        let event = Arc::clone(event);
        let item = Item { event, serial, poolserial: self.accepted, rejections: 0, not_before: 0 };
        self.accepted += 1;
        match self.spec.buffer_overflow {
            BufferOverflow::DropOldest => self.make_room(),
            BufferOverflow::DropNewest if self.waiting.len() >= self.spec.buffer_size => {
                self.dropped += 1;
                return;
            }
            BufferOverflow::DropNewest => {}
        }
        self.waiting.push_back(item);
    }

    fn take_back(&mut self, item: Item) {
        self.make_room();
        self.waiting.push_front(item);
    }

    fn make_room(&mut self) {
        if self.waiting.len() >= self.spec.buffer_size {
            self.dropped += 1;
            match self.spec.buffer_overflow {
                BufferOverflow::DropOldest => self.waiting.pop_front(),
                BufferOverflow::DropNewest => self.waiting.pop_back(),
            };
        }
    }

    fn agrees_with(&self, figures: &PoolFigures) -> Verdict {
        let deliveries = figures.deliveries;
        let told = [
            figures.queued as u64,
            figures.accepted,
            figures.dropped,
            deliveries.delivered,
            deliveries.failed,
        ];
        let known = [self.waiting.len() as u64, self.accepted, self.dropped, self.delivered, self.failed];
        ensure(told == known, || format!("the figures of {} are {told:?}, not {known:?}", figures.name))?;
        let busy = figures.listeners.iter().filter(|listener| listener.busy.is_some()).count() as u64;
        let sum = deliveries.delivered + figures.dropped + figures.queued as u64 + busy + self.lost;
        ensure(sum == figures.accepted, || {
            format!("{} events of {} are accounted for, of {}", sum, figures.name, figures.accepted)
        })
    }
}

impl Ear {
    /// Understands one thing of what was heard: `None` when there is nothing more, and else an event that comes back.
    fn understand(&mut self, pool: &mut Pool, fed: &mut Vec<(Arc<Event>, String)>) -> Option<Option<Item>> {
        match self.state.clone() {
            State::Acknowledged if self.heard.len() < 6 => None,
            State::Acknowledged if self.heard.starts_with(b"READY\n") => {
                self.heard.drain(..6);
                self.state = State::Ready;
                Some(None)
            }
            State::Ready if self.heard.is_empty() => None,
            State::Acknowledged | State::Ready | State::Unknown => {
                self.heard.clear();
                self.state = State::Unknown;
                None
            }
            State::Busy(item) => {
                let Some(end) = self.heard.iter().position(|&byte| byte == b'\n') else {
                    return (self.heard.len() > LINE_MAX).then(|| self.loses(item));
                };
                let line = String::from_utf8_lossy(&self.heard[..end]).into_owned();
                let Some(length) =
                    line.strip_prefix("RESULT ").and_then(|length| length.parse::<usize>().ok())
                else {
                    return Some(self.loses(item));
                };
                let answer = self.heard.get(end + 1..end + 1 + length)?.to_vec();
                self.heard.drain(..=end + length);
                self.state = State::Acknowledged;
                let text = answer.strip_prefix(b"STDIN:");
                match text.filter(|_| pool.spec.result_handler == ResultHandler::TwiddlerStdin) {
                    Some(text) if matches!(item.event.subject(), Some((_, Some(_)))) => {
                        fed.push((item.event, String::from_utf8_lossy(text).into_owned()));
                    }
                    Some(_) => return Some(self.loses(item)),
                    None if answer == b"OK" => {}
                    None => return Some(Some(item)),
                }
                pool.delivered += 1;
                Some(None)
            }
        }
    }

    /// It cannot be understood any more, and its event comes back.
    fn loses(&mut self, item: Item) -> Option<Item> {
        self.heard.clear();
        self.state = State::Unknown;
        Some(item)
    }
}
