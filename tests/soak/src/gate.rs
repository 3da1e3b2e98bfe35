//! When it is quiet, and when a reload excuses that a client was cut off.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

/// Everybody who disturbs passes here for each disturbance.
#[derive(Debug, Default)]
pub struct Gate {
    passing: RwLock<()>,
    is_closing: AtomicBool,
    is_over: AtomicBool,
    /// Odd while the daemon reloads.
    reloads: AtomicU64,
}

impl Gate {
    /// Waits until it is not quiet, and keeps it so until the pass is given back.
    pub fn pass(&self) -> RwLockReadGuard<'_, ()> {
        loop {
            let pass = self.passing.read().unwrap_or_else(PoisonError::into_inner);
            if !self.is_closing() || self.is_over() {
                return pass;
            }
            drop(pass);
            crate::pace::pause(std::time::Duration::from_millis(20));
        }
    }

    /// Does something while everybody else is quiet.
    pub fn quietly<T>(&self, what: impl FnOnce() -> T) -> T {
        self.is_closing.store(true, Ordering::SeqCst);
        let alone = self.passing.write().unwrap_or_else(PoisonError::into_inner);
        let result = what();
        self.is_closing.store(self.is_over(), Ordering::SeqCst);
        drop(alone);
        result
    }

    /// Whether somebody waits for quiet: what takes long should end.
    pub fn is_closing(&self) -> bool {
        self.is_closing.load(Ordering::SeqCst)
    }

    /// Sends everybody home.
    pub fn end(&self) {
        self.is_over.store(true, Ordering::SeqCst);
        self.is_closing.store(true, Ordering::SeqCst);
    }

    /// Whether everybody should go home.
    pub fn is_over(&self) -> bool {
        self.is_over.load(Ordering::SeqCst)
    }

    /// A moment, to tell later whether a reload came.
    pub fn moment(&self) -> u64 {
        self.reloads.load(Ordering::SeqCst)
    }

    /// Whether the daemon has reloaded, or begun to, since that moment or during it.
    pub fn reloaded_since(&self, moment: u64) -> bool {
        moment % 2 == 1 || self.moment() != moment
    }

    /// A reload begins or ends.
    pub fn turn(&self) {
        self.reloads.fetch_add(1, Ordering::SeqCst);
    }

    /// How many reloads there were.
    pub fn reloads(&self) -> u64 {
        self.moment() / 2
    }
}
