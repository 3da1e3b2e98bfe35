//! Requests to a server. Each has a connection of its own, and none has a time limit: a start may take long.

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue, USER_AGENT};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use supervisor_rpc::value::Value;
use supervisor_rpc::{decode, encode};

use super::Credentials;
use super::address::Address;
use super::transport::Transport;
use crate::failure::Failure;

/// The longest answer to a call that is read into memory.
const MAX_ANSWER_BYTES: usize = 1 << 30;
const AGENT: &str = concat!("supervisorctl/", env!("CARGO_PKG_VERSION"));

/// Calls a method.
pub(super) async fn call(
    url: &str,
    credentials: Option<&Credentials>,
    method: &str,
    params: &[Value],
) -> Result<Value, Failure> {
    let request = Request::post("/RPC2").header(CONTENT_TYPE, "text/xml").header(ACCEPT, "text/xml");
    let body = encode::call(method, params);
    let response = send(url, credentials, request, body.into()).await?;
    if response.status() != StatusCode::OK {
        return Err(refusal(&response));
    }
    let body = Limited::new(response.into_body(), MAX_ANSWER_BYTES).collect().await;
    let body = body.map_err(|error| {
        if error.is::<LengthLimitError>() {
            Failure::Answer("the answer is too long".to_owned())
        } else {
            Failure::Connection(format!("{url}: the server broke off its answer"))
        }
    })?;
    decode::response(&body.to_bytes())?.map_err(Failure::Fault)
}

/// Begins to read a log that never ends.
pub(super) async fn follow(
    url: &str,
    credentials: Option<&Credentials>,
    path: &str,
) -> Result<Follow, Failure> {
    let request = Request::get(path).header(ACCEPT, "*/*");
    let response = send(url, credentials, request, Bytes::new()).await?;
    if response.status() == StatusCode::OK {
        Ok(Follow(response.into_body()))
    } else {
        Err(refusal(&response))
    }
}

/// A log that is being followed.
pub(crate) struct Follow(Incoming);

impl Follow {
    /// The next bytes; `None` once the server has closed the connection.
    pub(crate) async fn next(&mut self) -> Option<Bytes> {
        loop {
            // A connection that breaks is the usual end of such a stream.
            if let Ok(bytes) = self.0.frame().await?.ok()?.into_data() {
                return Some(bytes);
            }
        }
    }
}

async fn send(
    url: &str,
    credentials: Option<&Credentials>,
    request: hyper::http::request::Builder,
    body: Bytes,
) -> Result<Response<Incoming>, Failure> {
    let address = Address::parse(url)?;
    let connection = TokioIo::new(Transport::connect(url, &address).await?);
    let mut request = request.header(HOST, address.host_header()).header(USER_AGENT, AGENT);
    if let Some(credentials) = credentials {
        request = request.header(AUTHORIZATION, basic(credentials));
    }
    let request =
        request.body(Full::new(body)).map_err(|error| Failure::Connection(format!("{url}: {error}")))?;
    let (mut sender, connection) = http1::handshake(connection).await.map_err(|error| broken(url, &error))?;
    // It ends with the connection; what goes wrong in it shows where the answer is read.
    tokio::spawn(connection);
    sender.send_request(request).await.map_err(|error| broken(url, &error))
}

/// A connection that was made and came to nothing.
fn broken(url: &str, error: &hyper::Error) -> Failure {
    let what = if error.is_parse() {
        "what listens there does not speak HTTP"
    } else {
        "the server ended the connection without an answer"
    };
    Failure::Connection(format!("{url}: {what}"))
}

fn basic(Credentials { username, password }: &Credentials) -> HeaderValue {
    let value = supervisor_rpc::basic::authorization(username, password);
    let mut value = HeaderValue::try_from(value).unwrap_or_else(|_| HeaderValue::from_static("Basic"));
    value.set_sensitive(true);
    value
}

fn refusal(response: &Response<Incoming>) -> Failure {
    let status = response.status();
    if status == StatusCode::UNAUTHORIZED {
        return Failure::Unauthorized;
    }
    Failure::Status {
        code: status.as_u16(),
        reason: status.canonical_reason().unwrap_or("Unknown Status").to_owned(),
    }
}
