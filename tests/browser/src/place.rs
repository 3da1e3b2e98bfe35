//! Room for a few houses at a time: each has a browser in it, which wants a processor for itself.

use std::sync::{Condvar, Mutex, PoisonError};

/// More at a time would only keep each other waiting.
const HOUSES_MAX: usize = 4;

static OPEN: Mutex<usize> = Mutex::new(0);
static LEFT: Condvar = Condvar::new();

/// Room for one house, until it is dropped.
#[derive(Debug)]
pub(crate) struct Place(());

impl Place {
    /// Waits for its turn.
    pub(crate) fn take() -> Self {
        let open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = |open: &mut usize| *open >= HOUSES_MAX;
        let mut open = LEFT.wait_while(open, is_full).unwrap_or_else(PoisonError::into_inner);
        *open += 1;
        Self(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        *OPEN.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        LEFT.notify_one();
    }
}
