//! Requests to a server. None has a time limit: a start may take long.

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue, USER_AGENT};
use hyper::{Request, Response, StatusCode};
use supervisor_rpc::encode;
use supervisor_rpc::value::Value;

use super::Credentials;
use super::address::Address;
use super::connection::{Connection, Connections, Unanswered};
use crate::failure::Failure;

/// The longest answer to a call that is read into memory.
const MAX_ANSWER_BYTES: usize = 1 << 30;
const AGENT: &str = concat!("supervisorctl/", env!("CARGO_PKG_VERSION"));

/// Calls a method and returns the answer as it is written.
pub(super) async fn call(
    connections: &Connections,
    url: &str,
    credentials: Option<&Credentials>,
    method: &str,
    params: &[Value],
) -> Result<Bytes, Failure> {
    let request = Request::post("/RPC2").header(CONTENT_TYPE, "text/xml").header(ACCEPT, "text/xml");
    let body = encode::call(method, params);
    let request = complete(url, credentials, request, body.into())?;
    let (connection, response) = send(connections, url, request).await?;
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
    connections.keep(url, connection);
    Ok(body.to_bytes())
}

/// Begins to read a log that never ends.
pub(super) async fn follow(
    connections: &Connections,
    url: &str,
    credentials: Option<&Credentials>,
    path: &str,
) -> Result<Follow, Failure> {
    let request = complete(url, credentials, Request::get(path).header(ACCEPT, "*/*"), Bytes::new())?;
    let (_, response) = send(connections, url, request).await?;
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

fn complete(
    url: &str,
    credentials: Option<&Credentials>,
    request: hyper::http::request::Builder,
    body: Bytes,
) -> Result<Request<Full<Bytes>>, Failure> {
    let mut request = request.header(HOST, Address::parse(url)?.host_header()).header(USER_AGENT, AGENT);
    if let Some(credentials) = credentials {
        request = request.header(AUTHORIZATION, basic(credentials));
    }
    request.body(Full::new(body)).map_err(|error| Failure::Connection(format!("{url}: {error}")))
}

/// Sends a request over a connection that was kept, or over a new one.
async fn send(
    connections: &Connections,
    url: &str,
    mut request: Request<Full<Bytes>>,
) -> Result<(Connection, Response<Incoming>), Failure> {
    if let Some(mut connection) = connections.take(url).await {
        match connection.send(request).await {
            Ok(response) => return Ok((connection, response)),
            // The server has closed it meanwhile and knows nothing of this request.
            Err(Unanswered::NotSent(unsent)) => request = unsent,
            Err(Unanswered::Broken(error)) => return Err(broken(url, Some(&error))),
        }
    }
    let mut connection = Connection::open(url).await?;
    match connection.send(request).await {
        Ok(response) => Ok((connection, response)),
        Err(Unanswered::NotSent(_)) => Err(broken(url, None)),
        Err(Unanswered::Broken(error)) => Err(broken(url, Some(&error))),
    }
}

/// A connection that was made and came to nothing.
pub(super) fn broken(url: &str, error: Option<&hyper::Error>) -> Failure {
    let what = if error.is_some_and(hyper::Error::is_parse) {
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
