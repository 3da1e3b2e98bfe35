//! How many answers without an end there may be at a time. A stream is never idle, so it never makes room for another
//! connection: without a limit of their own, streams would keep out whoever wants to control the daemon.

use std::cell::Cell;
use std::rc::Rc;

use hyper::StatusCode;
use supervisor_core::effect::Level;

use super::answer::{self, Answer};
use super::server::Shared;

/// The places of streams.
pub(super) struct Streams {
    limit: usize,
    taken: Rc<Cell<usize>>,
    /// The log has told that there is no place left.
    is_told: Cell<bool>,
}

/// A place among the streams, free again when it is dropped.
pub(super) struct StreamPlace(Rc<Cell<usize>>);

impl Streams {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit: limit.max(1), taken: Rc::default(), is_told: Cell::new(false) }
    }

    /// A place, if one is free.
    fn place(&self) -> Option<StreamPlace> {
        let taken = self.taken.get();
        // Whoever comes and goes at the limit is not told of again and again.
        if taken <= self.limit / 2 {
            self.is_told.set(false);
        }
        (taken < self.limit).then(|| {
            self.taken.set(taken + 1);
            StreamPlace(Rc::clone(&self.taken))
        })
    }
}

impl Drop for StreamPlace {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

/// Gives an answer without an end a place, or puts a refusal in its stead.
pub(super) fn admit(answer: Answer, shared: &Shared) -> Answer {
    if !answer.body().is_stream() {
        return answer;
    }
    let streams = &shared.streams;
    if let Some(place) = streams.place() {
        return answer.map(|body| body.with_place(place));
    }
    let complaint = format!(
        "there are {} streams (/events, /logtail, live pages) already; close some and come again",
        streams.limit
    );
    if !streams.is_told.replace(true) {
        shared.log(Level::Warn, format!("HTTP streams are refused: {complaint}"));
    }
    // Differs: streams-leave-room
    answer::refusal(StatusCode::SERVICE_UNAVAILABLE, &complaint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_free_again_when_its_stream_has_ended() {
        let streams = Streams::new(2);
        let first = streams.place();
        let second = streams.place();
        assert!(first.is_some() && second.is_some() && streams.place().is_none());
        drop(first);
        assert!(streams.place().is_some());
    }
}
