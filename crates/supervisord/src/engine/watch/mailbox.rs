//! The box between the engine and one watcher: bounded, and never in the engine's way.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use supervisor_core::event::Event;

use super::{Happened, Told};

/// A watcher that does not take its events keeps at most so many waiting.
const EVENTS_MAX: usize = 4096;
/// What processes have written counts, too: a watcher keeps at most so many bytes of it waiting.
const BYTES_MAX: usize = 4 << 20;

/// What waits for one watcher.
#[derive(Debug, Default)]
pub struct Mailbox(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    told: VecDeque<Told>,
    bytes: usize,
    waker: Option<Waker>,
    closed: bool,
}

impl Mailbox {
    /// Puts an event in, or counts it where there is no room.
    pub fn put(&self, happened: &Happened) {
        let mut waiting = self.lock();
        let size = size_of(&happened.event);
        let has_room =
            waiting.told.len() < EVENTS_MAX && (waiting.bytes + size <= BYTES_MAX || waiting.told.is_empty());
        if has_room {
            waiting.bytes += size;
            waiting.told.push_back(Told::Event(happened.clone()));
        } else if let Some(Told::Dropped(count)) = waiting.told.back_mut() {
            *count += 1;
        } else {
            waiting.told.push_back(Told::Dropped(1));
        }
        let waker = waiting.waker.take();
        drop(waiting);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Takes the oldest out, if it is there; `None` at the end.
    pub(super) fn poll_take(&self, context: &Context<'_>) -> Poll<Option<Told>> {
        let mut waiting = self.lock();
        if let Some(told) = waiting.told.pop_front() {
            if let Told::Event(happened) = &told {
                waiting.bytes -= size_of(&happened.event);
            }
            return Poll::Ready(Some(told));
        }
        if waiting.closed {
            return Poll::Ready(None);
        }
        waiting.waker = Some(context.waker().clone());
        Poll::Pending
    }

    /// Nothing more is put in, or nothing more is taken out.
    pub(super) fn close(&self) {
        let mut waiting = self.lock();
        waiting.closed = true;
        let waker = waiting.waker.take();
        drop(waiting);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Whether one side has left.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.lock().closed
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The bytes that may be many.
fn size_of(event: &Event) -> usize {
    match event {
        Event::ProcessLog(written) | Event::ProcessCommunication(written) => written.data.len(),
        Event::RemoteCommunication { kind, data } => kind.len() + data.len(),
        Event::ProcessState { .. }
        | Event::ProcessGroupAdded(_)
        | Event::ProcessGroupRemoved(_)
        | Event::SupervisorRunning
        | Event::SupervisorStopping
        | Event::Tick { .. } => 0,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn happened(serial: u64, bytes: usize) -> Happened {
        let event = Event::RemoteCommunication { kind: String::new(), data: "x".repeat(bytes) };
        Happened::new(serial, 0, Arc::new(event))
    }

    /// `3` for the event of that number, `-3` for so many that were dropped.
    fn take(mailbox: &Mailbox) -> Option<i64> {
        match mailbox.poll_take(&Context::from_waker(Waker::noop())) {
            Poll::Ready(Some(Told::Event(happened))) => Some(i64::try_from(happened.serial).unwrap()),
            Poll::Ready(Some(Told::Dropped(count))) => Some(-i64::try_from(count).unwrap()),
            Poll::Ready(None) | Poll::Pending => None,
        }
    }

    #[test]
    fn what_has_no_room_is_counted_where_it_is_missing() {
        let mailbox = Mailbox::default();
        for serial in 0..EVENTS_MAX as u64 + 3 {
            mailbox.put(&happened(serial, 0));
        }
        for serial in 0..i64::try_from(EVENTS_MAX).unwrap() {
            assert_eq!(take(&mailbox), Some(serial));
        }
        mailbox.put(&happened(9999, 0));
        assert_eq!([take(&mailbox), take(&mailbox), take(&mailbox)], [Some(-3), Some(9999), None]);
    }

    #[test]
    fn bytes_count_and_one_event_always_has_room() {
        let mailbox = Mailbox::default();
        for serial in 0..3 {
            mailbox.put(&happened(serial, BYTES_MAX));
        }
        assert_eq!([take(&mailbox), take(&mailbox), take(&mailbox)], [Some(0), Some(-2), None]);
        mailbox.put(&happened(3, BYTES_MAX + 1));
        assert_eq!(take(&mailbox), Some(3));
    }

    #[test]
    fn a_closed_box_is_emptied_and_then_ends() {
        let mailbox = Mailbox::default();
        mailbox.put(&happened(0, 0));
        mailbox.close();
        assert_eq!(take(&mailbox), Some(0));
        let end = mailbox.poll_take(&Context::from_waker(Waker::noop()));
        assert!(matches!(end, Poll::Ready(None)));
    }
}
