//! How other threads reach the engine: one queue, one bell, one published picture.

use std::fmt;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};

use supervisor_core::command::{Command, Fault, Reply};
use supervisor_core::effect::Level;
use supervisor_core::spec::GroupSpec;
use tokio::sync::{oneshot, watch};

use super::watch::{Filter, Mailbox};
use crate::view::View;

/// What other threads ask of the engine.
#[derive(Debug)]
pub enum Request {
    /// Something to decide and do.
    Command {
        /// What.
        command: Command,
        /// Where the answer goes, now or when the command is finished.
        reply: oneshot::Sender<Reply>,
    },
    /// A line for the main log.
    Log(Level, String),
    /// The groups at work, as they are configured.
    GroupsAtWork {
        /// Where they go.
        reply: oneshot::Sender<Vec<GroupSpec>>,
    },
    /// The last lines of the main log, wherever it goes.
    RecentLines {
        /// Where they go.
        reply: oneshot::Sender<String>,
    },
    /// Somebody wants to see events.
    Watch {
        /// Which.
        filter: Filter,
        /// Where they go.
        mailbox: Arc<Mailbox>,
    },
    /// Somebody has closed its box.
    Unwatch,
    /// A picture of the present.
    View {
        /// Where it goes.
        reply: oneshot::Sender<Arc<View>>,
    },
}

/// A way to reach the engine, cheap to clone.
#[derive(Clone)]
pub struct EngineHandle {
    requests: Sender<Request>,
    ring: Arc<dyn Fn() + Send + Sync>,
    published: Arc<Published>,
}

/// The last picture somebody asked for, valid until the engine changes something.
#[derive(Debug, Default)]
pub struct Published {
    view: Mutex<Option<Arc<View>>>,
    /// Whoever waits for changes hears of them here.
    changed: watch::Sender<()>,
}

impl Published {
    /// Says that the picture is out of date. The engine calls this before it answers whoever caused the change.
    pub fn invalidate(&self) {
        *self.view.lock().unwrap_or_else(PoisonError::into_inner) = None;
        // Whoever begins to wait now asks for the new picture first.
        if self.changed.receiver_count() > 0 {
            self.changed.send_replace(());
        }
    }

    /// Offers a new picture.
    pub fn publish(&self, view: Arc<View>) {
        *self.view.lock().unwrap_or_else(PoisonError::into_inner) = Some(view);
    }

    fn current(&self) -> Option<Arc<View>> {
        self.view.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl fmt::Debug for EngineHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EngineHandle")
    }
}

impl EngineHandle {
    /// A handle that puts requests into `requests` and calls `ring` after each.
    #[must_use]
    pub fn new(
        requests: Sender<Request>,
        ring: Arc<dyn Fn() + Send + Sync>,
        published: Arc<Published>,
    ) -> Self {
        Self { requests, ring, published }
    }

    /// Has `command` carried out and waits for the answer. An engine that is gone answers `ShutdownState`.
    pub async fn command(&self, command: Command) -> Reply {
        let (reply, answer) = oneshot::channel();
        self.send(Request::Command { command, reply });
        answer.await.unwrap_or(Reply::Fault(Fault::ShutdownState))
    }

    /// The present state of things; `None` when the engine is gone.
    pub async fn view(&self) -> Option<Arc<View>> {
        if let Some(view) = self.published.current() {
            return Some(view);
        }
        let (reply, answer) = oneshot::channel();
        self.send(Request::View { reply });
        answer.await.ok()
    }

    /// The configuration of the groups at work; empty when the engine is gone.
    pub async fn groups_at_work(&self) -> Vec<GroupSpec> {
        let (reply, answer) = oneshot::channel();
        self.send(Request::GroupsAtWork { reply });
        answer.await.unwrap_or_default()
    }

    /// The last lines of the main log, wherever it goes; empty when the engine is gone.
    pub async fn recent_lines(&self) -> String {
        let (reply, answer) = oneshot::channel();
        self.send(Request::RecentLines { reply });
        answer.await.unwrap_or_default()
    }

    /// Tells when the picture is out of date.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<()> {
        self.published.changed.subscribe()
    }

    /// Writes a line to the main log.
    pub fn log(&self, level: Level, message: String) {
        self.send(Request::Log(level, message));
    }

    /// Says whether there is somebody to hear it.
    pub(super) fn send(&self, request: Request) -> bool {
        // A failed send drops the reply's sender, which the waiting side sees.
        let sent = self.requests.send(request).is_ok();
        if sent {
            (self.ring)();
        }
        sent
    }
}
