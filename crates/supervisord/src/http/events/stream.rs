//! The body of an answer that tells events.

use std::fmt::Write as _;
use std::task::{Context, Poll};

use hyper::body::Bytes;

use super::json;
use crate::engine::watch::{Subscription, Told};

/// So much text is sent at once, if so much waits.
const CHUNK_BYTES: usize = 64 << 10;

/// What the client reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// One JSON object on each line.
    Lines,
    /// Server-sent events, as browsers read them.
    ServerSent,
}

/// Events on their way to a client.
pub(in crate::http) struct EventStream {
    subscription: Subscription,
    form: Form,
}

impl EventStream {
    pub(super) fn new(subscription: Subscription, form: Form) -> Self {
        Self { subscription, form }
    }

    /// All that there is to tell; `None` when there will be nothing more.
    pub(in crate::http) fn poll_next(&mut self, context: &Context<'_>) -> Poll<Option<Bytes>> {
        let mut text = String::new();
        while text.len() < CHUNK_BYTES {
            match self.subscription.poll_next(context) {
                Poll::Ready(Some(told)) => self.form.write(&told, &mut text),
                Poll::Ready(None) | Poll::Pending if !text.is_empty() => break,
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Pending => return Poll::Pending,
            }
        }
        Poll::Ready(Some(Bytes::from(text)))
    }
}

impl Form {
    fn write(self, told: &Told, text: &mut String) {
        let object = match told {
            Told::Event(happened) => json::of_event(happened),
            Told::Dropped(count) => format!("{{\"dropped\": {count}}}"),
        };
        // Writing to a String cannot fail.
        let _ = match (self, told) {
            (Self::Lines, _) => writeln!(text, "{object}"),
            (Self::ServerSent, Told::Event(happened)) => {
                let (serial, name) = (happened.serial, happened.event.type_name());
                write!(text, "id: {serial}\nevent: {name}\ndata: {object}\n\n")
            }
            (Self::ServerSent, Told::Dropped(_)) => write!(text, "event: dropped\ndata: {object}\n\n"),
        };
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use supervisor_core::event::Event;

    use super::*;
    use crate::engine::watch::Happened;

    #[test]
    fn browsers_are_told_the_number_the_type_and_the_object() {
        let event = Arc::new(Event::SupervisorStopping);
        let happened = Happened { serial: 3, wall_nanoseconds: 0, event };
        let mut text = String::new();
        Form::ServerSent.write(&Told::Event(happened), &mut text);
        Form::ServerSent.write(&Told::Dropped(2), &mut text);
        assert_eq!(
            text,
            "id: 3\nevent: SUPERVISOR_STATE_CHANGE_STOPPING\ndata: {\"serial\": 3, \"eventname\": \
             \"SUPERVISOR_STATE_CHANGE_STOPPING\", \"time\": \"1970-01-01T00:00:00.000Z\"}\n\n\
             event: dropped\ndata: {\"dropped\": 2}\n\n"
        );
    }
}
