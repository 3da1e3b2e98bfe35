//! How deliveries go: what operators see of pools and listeners.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::process::ProcessId;
use crate::time::{Moment, WallSeconds};

/// What has become of the events that a pool or a listener was given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deliveries {
    /// Settled by an answer.
    pub delivered: u64,
    /// Times that one came back: rejected, not understood, or the listener ended over it. It is sent again.
    pub failed: u64,
    /// The longest time from sending to answer.
    pub slowest: Duration,
}

impl Deliveries {
    /// An event is settled that was sent then.
    pub(crate) fn settled(&mut self, took: Duration) {
        self.delivered += 1;
        self.slowest = self.slowest.max(took);
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            delivered: self.delivered + other.delivered,
            failed: self.failed + other.failed,
            slowest: self.slowest.max(other.slowest),
        }
    }
}

/// How a pool of listeners fares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolFigures {
    /// Its name.
    pub name: String,
    /// How many events may wait.
    pub buffer_size: usize,
    /// How many wait now.
    pub queued: usize,
    /// How many it has been given since it was put to work. Each of them is delivered, dropped, waiting, or with a
    /// listener.
    pub accepted: u64,
    /// How many were dropped because there was no room.
    pub dropped: u64,
    /// What has become of the others.
    pub deliveries: Deliveries,
    /// Its listeners, in the order in which they are asked.
    pub listeners: Vec<ListenerFigures>,
}

/// How one listener fares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenerFigures {
    /// Which process it is.
    pub process: ProcessId,
    /// Its name.
    pub name: String,
    /// ACKNOWLEDGED, READY, BUSY or UNKNOWN.
    pub state: &'static str,
    /// What it has done, in all its lives.
    pub deliveries: Deliveries,
    /// The event that it has not answered yet, if there is one.
    pub busy: Option<Busy>,
}

/// What a listener is busy with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy {
    /// The number of the event.
    pub serial: u64,
    /// Since when.
    pub since: WallSeconds,
}

impl Busy {
    pub(crate) fn new(serial: u64, since: Moment) -> Self {
        Self { serial, since: since.wall }
    }
}
