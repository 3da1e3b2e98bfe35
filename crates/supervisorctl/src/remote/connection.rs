//! A connection to a server, and the one that is kept for the next call of the same action.

use std::cell::RefCell;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;

use super::address::Address;
use super::http::broken;
use super::transport::Transport;
use crate::failure::Failure;

/// How much one read takes: an answer may have a thousand processes in it.
const READ_BYTES: usize = 256 << 10;

/// A connection over which one request after the other is sent.
pub(super) struct Connection(SendRequest<Full<Bytes>>);

/// Why there is no answer.
pub(super) enum Unanswered {
    /// The connection was closed before any of the request was sent.
    NotSent(Request<Full<Bytes>>),
    /// The server may know of the request.
    Broken(hyper::Error),
}

impl Connection {
    pub(super) async fn open(url: &str) -> Result<Self, Failure> {
        let transport = TokioIo::new(Transport::connect(url, &Address::parse(url)?).await?);
        let handshake = http1::Builder::new().read_buf_exact_size(Some(READ_BYTES)).handshake(transport);
        let (sender, connection) = handshake.await.map_err(|error| broken(url, Some(&error)))?;
        // It ends with the connection; what goes wrong in it shows where the answer is read.
        tokio::spawn(connection);
        Ok(Self(sender))
    }

    pub(super) async fn send(
        &mut self,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, Unanswered> {
        self.0.try_send_request(request).await.map_err(|mut error| match error.take_message() {
            Some(request) => Unanswered::NotSent(request),
            None => Unanswered::Broken(error.into_error()),
        })
    }
}

/// The connection that is kept while an action goes on, so that a hundred calls need not make a hundred of them. Calls
/// at the same time have others beside it.
#[derive(Default)]
pub(crate) struct Connections(RefCell<Option<(String, Connection)>>);

impl Connections {
    /// The connection that was kept, if it leads to this server and is still open.
    pub(super) async fn take(&self, url: &str) -> Option<Connection> {
        let (kept_url, mut connection) = self.0.take()?;
        // A server that closes after each answer, as HTTP/1.0 has it, shows here.
        (kept_url == url && connection.0.ready().await.is_ok()).then_some(connection)
    }

    /// Keeps a connection on which an answer was read to its end.
    pub(super) fn keep(&self, url: &str, connection: Connection) {
        self.0.replace(Some((url.to_owned(), connection)));
    }

    /// Closes what is kept: a server has only so many connections, and a user may think for hours.
    pub(crate) fn close(&self) {
        self.0.take();
    }
}
