//! What a connection is doing: known to its socket, its requests and whoever looks for one to close.

use std::cell::{Cell, RefCell};
use std::task::Waker;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::REQUEST_TIME_MAX;
use super::access::AccessLine;

/// What one connection is doing.
pub(super) struct Activity {
    /// A request has begun to be answered and its answer is not yet taken.
    is_serving: Cell<bool>,
    /// That request has arrived whole.
    has_arrived: Cell<bool>,
    /// Told when the client's end need not wait for an answer any more.
    end_reader: RefCell<Option<Waker>>,
    /// The answer has no end.
    is_streaming: Cell<bool>,
    /// It has given everything that there is at the moment…
    is_exhausted: Cell<bool>,
    /// …and the kernel has taken it.
    is_at_rest: Cell<bool>,
    /// When something was last read.
    last_read: Cell<Instant>,
    /// Something was read since the last request began.
    has_read: Cell<bool>,
    /// The request that has begun came together with the one before it.
    is_piled_up: Cell<bool>,
    /// By when the request that has begun must have arrived.
    deadline: Cell<Option<Instant>>,
    sent_bytes: Cell<u64>,
    line: RefCell<Option<AccessLine>>,
    is_refused: Cell<bool>,
    is_dismissed: Cell<bool>,
    dismissal: Notify,
}

impl Activity {
    pub(super) fn new() -> Self {
        Self {
            is_serving: Cell::new(false),
            has_arrived: Cell::new(false),
            end_reader: RefCell::default(),
            is_streaming: Cell::new(false),
            is_exhausted: Cell::new(false),
            is_at_rest: Cell::new(false),
            last_read: Cell::new(Instant::now()),
            has_read: Cell::new(false),
            is_piled_up: Cell::new(false),
            deadline: Cell::new(None),
            sent_bytes: Cell::new(0),
            line: RefCell::new(None),
            is_refused: Cell::new(false),
            is_dismissed: Cell::new(false),
            dismissal: Notify::new(),
        }
    }

    /// Bytes have come in. Outside of a request they begin one.
    pub(super) fn received(&self) {
        let now = Instant::now();
        self.last_read.set(now);
        self.has_read.set(true);
        if !self.is_serving.get() && self.deadline.get().is_none() {
            self.deadline.set(Some(now + REQUEST_TIME_MAX));
        }
    }

    pub(super) fn sent(&self, bytes: usize) {
        self.sent_bytes.set(self.sent_bytes.get() + bytes as u64);
    }

    /// By when more must come in; `None` while there is no hurry.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.deadline.get()
    }

    /// The head of a request is there.
    pub(super) fn begin_request(&self) {
        self.is_serving.set(true);
        self.has_arrived.set(false);
        self.deadline.set(None);
        self.is_piled_up.set(!self.has_read.replace(false));
    }

    /// Whether the client did not wait for its last answer before it asked again: nobody else has had a turn since.
    pub(super) fn is_piled_up(&self) -> bool {
        self.is_piled_up.get()
    }

    /// The rest of the request is there, too.
    pub(super) fn arrived(&self) {
        self.has_arrived.set(true);
        self.wake_end_reader();
    }

    pub(super) fn has_arrived(&self) -> bool {
        self.has_arrived.get()
    }

    /// Whether an answer is still to come: that of a stream is, until who watches it ends the connection. If so, the reader is woken when that changes, and when
    /// the request has arrived whole.
    pub(super) fn owes_an_answer(&self, reader: &Waker) -> bool {
        let owes = self.is_serving.get();
        *self.end_reader.borrow_mut() = owes.then(|| reader.clone());
        owes
    }

    fn wake_end_reader(&self) {
        if let Some(reader) = self.end_reader.take() {
            reader.wake();
        }
    }

    pub(super) fn begin_stream(&self) {
        self.is_streaming.set(true);
        self.stream_goes_on(true);
        self.wake_end_reader();
    }

    /// The answer without an end was asked for more, and has some or none at the moment.
    pub(super) fn stream_goes_on(&self, has_more: bool) {
        self.is_exhausted.set(!has_more);
        if has_more {
            self.is_at_rest.set(false);
        }
    }

    /// Whether the client has been sent all that there is at the moment.
    pub(super) fn is_at_rest(&self) -> bool {
        self.is_at_rest.get()
    }

    /// The answer has been taken, or nobody wants it any more.
    pub(super) fn end_request(&self) {
        self.is_serving.set(false);
        self.is_streaming.set(false);
        self.wake_end_reader();
        if let Some(line) = &mut *self.line.borrow_mut() {
            line.is_due = true;
        }
    }

    /// The answer comes before the request was read to its end.
    pub(super) fn refuse(&self) {
        self.is_refused.set(true);
    }

    /// Whether the client may still be sending when the connection ends.
    pub(super) fn may_have_more_to_say(&self) -> bool {
        self.is_refused.get() || self.deadline.get().is_some()
    }

    pub(super) fn is_streaming(&self) -> bool {
        self.is_streaming.get()
    }

    /// Since when nothing happens here; `None` while a request is being answered.
    pub(super) fn idle_since(&self) -> Option<Instant> {
        (!self.is_serving.get()).then(|| self.last_read.get())
    }

    pub(super) fn is_dismissed(&self) -> bool {
        self.is_dismissed.get()
    }

    /// Asks the connection to make room for another.
    pub(super) fn dismiss(&self) {
        self.is_dismissed.set(true);
        self.dismissal.notify_one();
    }

    pub(super) async fn dismissed(&self) {
        self.dismissal.notified().await;
    }

    /// Has a line written when the answer has been sent.
    pub(super) fn report_later(&self, line: AccessLine) {
        *self.line.borrow_mut() = Some(line);
    }

    /// What was sent has arrived in the kernel. Gives the line of an answer that is thereby complete.
    pub(super) fn flushed(&self) -> Option<String> {
        self.is_at_rest.set(self.is_exhausted.get());
        let mut line = self.line.borrow_mut();
        if line.as_ref().is_some_and(|line| line.is_due) { self.take_line(&mut line) } else { None }
    }

    /// The connection is over. Gives the line of an answer that was under way.
    pub(super) fn closed(&self) -> Option<String> {
        self.take_line(&mut self.line.borrow_mut())
    }

    fn take_line(&self, line: &mut Option<AccessLine>) -> Option<String> {
        let sent_bytes = self.sent_bytes.take();
        line.take().map(|line| line.text(sent_bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_that_came_with_the_one_before_it_is_piled_up() {
        let activity = Activity::new();
        let piled_up = [true, false, false, true].map(|has_come| {
            if has_come {
                activity.received();
            }
            activity.begin_request();
            activity.end_request();
            activity.is_piled_up()
        });
        assert_eq!(piled_up, [false, true, true, false]);
    }
}
