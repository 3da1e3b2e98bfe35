//! The bodies of answers: all there, read from a log on the way, or without an end.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use hyper::body::{Body, Bytes, Frame, SizeHint};

use super::activity::Activity;
use super::events::EventStream;
use super::follow::Follower;
use super::log_text::LogText;
use super::page::{Live, TextFile};
use super::streams::StreamPlace;

/// The body of an answer.
pub(super) struct AnswerBody {
    content: Content,
    /// Told when the body has been taken or given up.
    activity: Option<Rc<Activity>>,
    /// Held by a body without an end.
    place: Option<StreamPlace>,
}

enum Content {
    Whole(Option<Bytes>),
    LogText(Box<LogText>),
    Follower(Box<Follower>),
    TextFile(Box<TextFile>),
    Live(Live),
    Events(EventStream),
}

/// A body that ends before its end: the connection is cut, so that nobody takes it for whole.
#[derive(Debug)]
pub(super) struct Cut(pub(super) &'static str);

impl AnswerBody {
    pub(super) fn log_text(text: LogText) -> Self {
        Self { content: Content::LogText(Box::new(text)), activity: None, place: None }
    }

    pub(super) fn follower(follower: Follower) -> Self {
        Self { content: Content::Follower(Box::new(follower)), activity: None, place: None }
    }

    pub(super) fn text_file(file: TextFile) -> Self {
        Self { content: Content::TextFile(Box::new(file)), activity: None, place: None }
    }

    pub(super) fn live(live: Live) -> Self {
        Self { content: Content::Live(live), activity: None, place: None }
    }

    /// What is a part of this program.
    pub(super) fn of_program(bytes: &'static [u8]) -> Self {
        Self { content: Content::Whole(Some(Bytes::from_static(bytes))), activity: None, place: None }
    }

    pub(super) fn events(stream: EventStream) -> Self {
        Self { content: Content::Events(stream), activity: None, place: None }
    }

    /// Whether it has no end.
    pub(super) fn is_stream(&self) -> bool {
        matches!(self.content, Content::Follower(_) | Content::Events(_) | Content::Live(_))
    }

    /// Keeps the place of a stream as long as it lasts.
    pub(super) fn with_place(mut self, place: StreamPlace) -> Self {
        self.place = Some(place);
        self
    }

    /// Has the connection know when this body is done.
    pub(super) fn reporting_to(mut self, activity: Rc<Activity>) -> Self {
        if self.is_stream() {
            activity.begin_stream();
        }
        self.activity = Some(activity);
        self
    }
}

impl From<String> for AnswerBody {
    fn from(text: String) -> Self {
        Self::from(Bytes::from(text))
    }
}

impl From<Bytes> for AnswerBody {
    fn from(bytes: Bytes) -> Self {
        Self { content: Content::Whole(Some(bytes)), activity: None, place: None }
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        let next = match &mut self.content {
            Content::Whole(bytes) => Poll::Ready(Ok(bytes.take().filter(|bytes| !bytes.is_empty()))),
            Content::LogText(text) => Poll::Ready(text.next()),
            Content::Follower(follower) => follower.poll_next(context).map(|next| next.map(Some)),
            Content::TextFile(file) => Poll::Ready(file.next()),
            Content::Live(live) => live.0.poll_recv(context).map(Ok),
            Content::Events(stream) => stream.poll_next(context).map(Ok),
        };
        if let Some(activity) = self.activity.as_ref().filter(|_| self.is_stream()) {
            activity.stream_goes_on(next.is_ready());
        }
        next.map(|next| next.map(|bytes| bytes.map(Frame::data)).transpose())
    }

    fn is_end_stream(&self) -> bool {
        match &self.content {
            Content::Whole(bytes) => bytes.as_ref().is_none_or(Bytes::is_empty),
            Content::TextFile(file) => file.size() == 0,
            Content::LogText(_) | Content::Follower(_) | Content::Events(_) | Content::Live(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Whole(bytes) => {
                SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
            }
            Content::TextFile(file) => SizeHint::with_exact(file.size()),
            Content::LogText(_) | Content::Follower(_) | Content::Events(_) | Content::Live(_) => {
                SizeHint::default()
            }
        }
    }
}

impl Drop for AnswerBody {
    fn drop(&mut self) {
        if let Some(activity) = &self.activity {
            activity.end_request();
        }
    }
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Cut {}

impl From<Infallible> for Cut {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}
