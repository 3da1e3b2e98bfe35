//! The body of an answer that tells events.

use std::task::{Context, Poll};

use hyper::body::Bytes;

use super::json;
use crate::engine::watch::{Happened, Subscription, Told};

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
    /// A text that is too long to be sent at once: what is left of it.
    rest: Bytes,
}

impl EventStream {
    pub(super) fn new(subscription: Subscription, form: Form) -> Self {
        Self { subscription, form, rest: Bytes::new() }
    }

    /// All that there is to tell; `None` when there will be nothing more.
    pub(in crate::http) fn poll_next(&mut self, context: &Context<'_>) -> Poll<Option<Bytes>> {
        let mut text = Vec::new();
        while self.rest.is_empty() && text.len() < CHUNK_BYTES {
            match self.subscription.poll_next(context) {
                Poll::Ready(Some(told)) => match self.form.text(&told) {
                    short if text.len() + short.len() <= CHUNK_BYTES => text.extend_from_slice(&short),
                    long => self.rest = long,
                },
                Poll::Ready(None) | Poll::Pending if !text.is_empty() => break,
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Pending => return Poll::Pending,
            }
        }
        if text.is_empty() {
            // Nothing is copied: all who are told of an event read the same text.
            return Poll::Ready(Some(self.rest.split_to(self.rest.len().min(CHUNK_BYTES))));
        }
        Poll::Ready(Some(Bytes::from(text)))
    }
}

impl Form {
    /// One text for all who read this form.
    fn text(self, told: &Told) -> Bytes {
        match told {
            Told::Event(happened) => {
                happened.texts[self as usize].get_or_init(|| self.of_event(happened)).clone()
            }
            Told::Dropped(count) => self.of_dropped(*count),
        }
    }

    fn of_event(self, happened: &Happened) -> Bytes {
        let object = json::of_event(happened);
        Bytes::from(match self {
            Self::Lines => object + "\n",
            Self::ServerSent => {
                let (serial, name) = (happened.serial, happened.event.type_name());
                format!("id: {serial}\nevent: {name}\ndata: {object}\n\n")
            }
        })
    }

    fn of_dropped(self, count: u64) -> Bytes {
        Bytes::from(match self {
            Self::Lines => format!("{{\"dropped\": {count}}}\n"),
            Self::ServerSent => format!("event: dropped\ndata: {{\"dropped\": {count}}}\n\n"),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use supervisor_core::event::Event;

    use super::*;
    #[test]
    fn browsers_are_told_the_number_the_type_and_the_object() {
        let event = Arc::new(Event::SupervisorStopping);
        let told = [Told::Event(Happened::new(3, 0, event)), Told::Dropped(2)];
        let texts = told.map(|told| Form::ServerSent.text(&told));
        assert_eq!(
            texts.concat(),
            "id: 3\nevent: SUPERVISOR_STATE_CHANGE_STOPPING\ndata: {\"serial\": 3, \"eventname\": \
             \"SUPERVISOR_STATE_CHANGE_STOPPING\", \"time\": \"1970-01-01T00:00:00.000Z\"}\n\n\
             event: dropped\ndata: {\"dropped\": 2}\n\n"
                .as_bytes()
        );
    }

    #[test]
    fn all_who_read_one_form_read_one_text() {
        let happened = Happened::new(3, 0, Arc::new(Event::SupervisorStopping));
        let read = |form: Form| form.text(&Told::Event(happened.clone()));
        assert_eq!(read(Form::Lines).as_ptr(), read(Form::Lines).as_ptr());
        assert_ne!(read(Form::Lines), read(Form::ServerSent));
    }
}
