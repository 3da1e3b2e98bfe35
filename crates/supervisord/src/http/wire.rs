//! A client's socket, watched: how much goes through it, and whether a request takes too long to arrive.

use std::cell::RefCell;
use std::io;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use supervisor_core::effect::Level;
use supervisor_sys::clock::monotonic_nanoseconds;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};
use tokio::task::yield_now;
use tokio::time::{Sleep, sleep};

use super::activity::Activity;
use super::lookout::Lookout;
use super::server::Shared;

/// How long a client that has nothing more to say may wait for its answer.
const HALF_CLOSED_TIME_MAX: Duration = super::REQUEST_TIME_MAX;
/// How long the end of a connection waits for its client to stop sending.
const LINGER: Duration = Duration::from_secs(1);
/// How much of what a client still sends is read and dropped at the end of its connection. Without that, the
/// kernel would throw our last answer away together with what we have not read.
const LINGER_BYTES_MAX: usize = 1 << 20;

/// A client's socket.
pub(super) enum Stream {
    Inet(TcpStream),
    Unix(UnixStream),
}

/// A client's socket, watched.
pub(super) struct Wire {
    stream: Rc<RefCell<Stream>>,
    activity: Rc<Activity>,
    shared: Rc<Shared>,
    /// Runs only while a request has begun and is incomplete, or at the end.
    timer: Option<Pin<Box<Sleep>>>,
    /// The client has nothing more to say.
    has_ended: bool,
    /// How long that is kept to ourselves.
    end_time: Option<Duration>,
    lingered_bytes: usize,
    is_lingering: bool,
    lookout: Lookout,
}

impl Wire {
    pub(super) fn new(stream: Rc<RefCell<Stream>>, activity: Rc<Activity>, shared: Rc<Shared>) -> Self {
        Self {
            stream,
            activity,
            shared,
            timer: None,
            has_ended: false,
            end_time: None,
            lingered_bytes: 0,
            is_lingering: false,
            lookout: Lookout::default(),
        }
    }

    /// Whether the request that has begun has had its time.
    fn is_late(&mut self, context: &mut Context<'_>) -> bool {
        let Some(deadline) = self.activity.deadline() else {
            self.timer = None;
            return false;
        };
        let timer = self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
        if timer.deadline() != deadline {
            timer.as_mut().reset(deadline);
        }
        timer.as_mut().poll(context).is_ready()
    }

    /// Tells of the client's end, but not while it may be waiting for an answer: some say by it only that they
    /// have asked everything. Others are gone, and do not keep their place for ever.
    fn poll_end(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.activity.owes_an_answer(context.waker()) {
            return Poll::Ready(Ok(()));
        }
        if self.activity.is_streaming() {
            return Poll::Pending;
        }
        // What has come in may not have been looked at to its end yet. If it is incomplete, it stays so.
        let time = if self.activity.has_arrived() { HALF_CLOSED_TIME_MAX } else { LINGER };
        if self.end_time.replace(time) != Some(time) {
            self.timer = None;
        }
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep(time)));
        timer.as_mut().poll(context).map(Ok)
    }

    fn has_sent(&mut self, bytes: usize) {
        self.activity.sent(bytes);
        self.lookout.answered(monotonic_nanoseconds());
    }

    fn report(&self, line: Option<String>) {
        if let Some(line) = line {
            self.shared.log(Level::Trace, line);
        }
    }

    /// Reads and drops what comes in until the client ends, too.
    fn poll_linger(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let mut space = [0; 4096];
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep(LINGER)));
        if timer.as_mut().poll(context).is_ready() {
            return Poll::Ready(());
        }
        loop {
            let mut buffer = ReadBuf::new(&mut space);
            let outcome = ready!(self.stream.borrow_mut().poll_read(context, &mut buffer));
            let read = buffer.filled().len();
            self.lingered_bytes += read;
            if outcome.is_err() || read == 0 || self.lingered_bytes > LINGER_BYTES_MAX {
                return Poll::Ready(());
            }
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.has_ended {
            return self.poll_end(context);
        }
        let before = buffer.filled().len();
        let has_room = buffer.remaining() > 0;
        let outcome = self.stream.borrow_mut().poll_read(context, buffer);
        match outcome {
            Poll::Ready(Ok(())) if buffer.filled().len() > before => {
                self.activity.received();
                self.lookout.has_come(monotonic_nanoseconds());
                Poll::Ready(Ok(()))
            }
            Poll::Ready(Ok(())) if has_room => {
                self.has_ended = true;
                self.timer = None;
                self.poll_end(context)
            }
            Poll::Pending if self.is_late(context) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending if self.lookout.looks_again(monotonic_nanoseconds) => {
                pin!(yield_now()).poll(context).map(Ok)
            }
            outcome => outcome,
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(self.stream.borrow_mut().poll_write(context, bytes))?;
        self.has_sent(written);
        Poll::Ready(Ok(written))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(self.stream.borrow_mut().poll_write_vectored(context, slices))?;
        self.has_sent(written);
        Poll::Ready(Ok(written))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.report(self.activity.flushed());
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.report(self.activity.closed());
        if !self.is_lingering {
            ready!(self.stream.borrow_mut().poll_shutdown(context))?;
            if !self.activity.may_have_more_to_say() {
                return Poll::Ready(Ok(()));
            }
            self.is_lingering = true;
            self.timer = None;
        }
        self.poll_linger(context).map(Ok)
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.report(self.activity.closed());
    }
}

/// Ready when the client of an answer without an end has gone, or has nothing more to say and was sent all that there
/// is. Whatever it says meanwhile is never answered, but as long as some of it is unread, its end would not be seen.
pub(super) fn poll_abandoned(
    stream: &RefCell<Stream>,
    activity: &Activity,
    context: &mut Context<'_>,
) -> Poll<()> {
    if !activity.is_streaming() {
        return Poll::Pending;
    }
    let mut space = [0; 4096];
    loop {
        let mut buffer = ReadBuf::new(&mut space);
        let outcome = ready!(stream.borrow_mut().poll_read(context, &mut buffer));
        if outcome.is_err() || buffer.filled().is_empty() && activity.is_at_rest() {
            return Poll::Ready(());
        }
        if buffer.filled().is_empty() {
            // Whoever is gone takes nothing more: sending ends the connection.
            return Poll::Pending;
        }
    }
}

impl Stream {
    fn poll_read(&mut self, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Inet(stream) => Pin::new(stream).poll_read(context, buffer),
            Self::Unix(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }

    fn poll_write(&mut self, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self {
            Self::Inet(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Unix(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_write_vectored(
        &mut self,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self {
            Self::Inet(stream) => Pin::new(stream).poll_write_vectored(context, slices),
            Self::Unix(stream) => Pin::new(stream).poll_write_vectored(context, slices),
        }
    }

    fn poll_shutdown(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Inet(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Unix(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}
