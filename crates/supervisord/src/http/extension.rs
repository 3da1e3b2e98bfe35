//! Calls of a namespace that a program of somebody's own answers: XML-RPC over HTTP, one connection for each.
//!
//! Whatever the program does, a caller has an answer within a time that is set, nothing of any size is kept, and
//! nobody else waits.

use std::fmt;
use std::io;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{CONNECTION, CONTENT_TYPE, HOST, USER_AGENT};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use supervisor_config::interface::{ExtensionAddress, ExtensionSpec};
use supervisor_core::command::Fault;
use supervisor_rpc::decode::{self, MethodCall};
use supervisor_rpc::encode;
use supervisor_rpc::fault::FaultValue;
use supervisor_rpc::method;
use supervisor_rpc::value::Value;
use supervisor_sys::Errno;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::Semaphore;

use super::aside::aside;
use super::{BODY_BYTES_MAX, HEAD_BYTES_MAX};

/// How many calls an extension gets at once; further ones wait for their turn, which counts as their time.
const CALLS_MAX: usize = 32;
/// How many calls may wait for their turn.
const WAITING_CALLS_MAX: usize = 256;
/// How long a question about its methods may take: whoever lists all methods waits for every extension.
const QUESTION_TIME_MAX: Duration = Duration::from_secs(5);
/// How many methods are listed of one.
const METHODS_MAX: usize = 10_000;
const AGENT: &str = concat!("supervisord/", env!("CARGO_PKG_VERSION"));

/// Somebody who answers for a namespace.
pub(super) struct Extension {
    name: String,
    address: ExtensionAddress,
    timeout: Duration,
    turns: Semaphore,
    places: Semaphore,
}

/// Why there is no answer.
enum Trouble {
    Crowded,
    Unreachable(io::Error),
    Late(Duration),
    BrokenOff,
    NoHttp,
    Status(StatusCode),
    TooLong,
    NoAnswer(decode::DecodeError),
}

impl Extension {
    pub(super) fn new(name: &str, spec: &ExtensionSpec) -> Self {
        Self {
            name: name.to_owned(),
            address: spec.address.clone(),
            timeout: Duration::from_secs(spec.timeout_seconds),
            turns: Semaphore::new(CALLS_MAX),
            places: Semaphore::new(CALLS_MAX + WAITING_CALLS_MAX),
        }
    }

    /// How long an answer may take.
    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Passes a call on; faults come back as they are.
    pub(super) async fn call(&self, call: &MethodCall) -> Result<Value, FaultValue> {
        self.within(self.timeout, call).await
    }

    /// Asks it about one of its methods, in the words of `system`.
    pub(super) async fn ask(&self, question: &str, method: &str) -> Result<Value, FaultValue> {
        let call = MethodCall { method: question.to_owned(), params: vec![Value::from(method)] };
        self.within(self.timeout.min(QUESTION_TIME_MAX), &call).await
    }

    /// The methods of the namespace that it says it has.
    pub(super) async fn methods(&self) -> Result<Vec<String>, FaultValue> {
        let call = MethodCall { method: "system.listMethods".to_owned(), params: Vec::new() };
        let listed = self.within(self.timeout.min(QUESTION_TIME_MAX), &call).await?;
        let names = listed.as_array().unwrap_or_default().iter().filter_map(Value::as_str);
        let own = names.filter(|name| {
            let method = name.strip_prefix(&self.name).and_then(|rest| rest.strip_prefix('.'));
            method.is_some_and(method::is_public)
        });
        Ok(own.take(METHODS_MAX).map(str::to_owned).collect())
    }

    async fn within(&self, time: Duration, call: &MethodCall) -> Result<Value, FaultValue> {
        let answer = async {
            let _place = self.places.try_acquire().map_err(|_| Trouble::Crowded)?;
            let _turn = self.turns.acquire().await.map_err(|_| Trouble::Crowded)?;
            self.exchange(call).await
        };
        let outcome = tokio::time::timeout(time, answer).await.unwrap_or(Err(Trouble::Late(time)));
        outcome.unwrap_or_else(|trouble| {
            let text = format!("{} at {} {trouble}", self.name, self.address_text());
            Err(Fault::Failed(Some(text)).into())
        })
    }

    async fn exchange(&self, call: &MethodCall) -> Result<Result<Value, FaultValue>, Trouble> {
        match &self.address {
            ExtensionAddress::Unix(path) => {
                let stream = UnixStream::connect(path).await.map_err(Trouble::Unreachable)?;
                self.converse(stream, call).await
            }
            ExtensionAddress::Http { host, port } => {
                let stream =
                    TcpStream::connect((host.as_str(), *port)).await.map_err(Trouble::Unreachable)?;
                self.converse(stream, call).await
            }
        }
    }

    async fn converse(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin + 'static,
        call: &MethodCall,
    ) -> Result<Result<Value, FaultValue>, Trouble> {
        let host = match &self.address {
            ExtensionAddress::Unix(_) => "localhost".to_owned(),
            ExtensionAddress::Http { host, port } if host.contains(':') => format!("[{host}]:{port}"),
            ExtensionAddress::Http { host, port } => format!("{host}:{port}"),
        };
        let body = Full::new(Bytes::from(encode::call(&call.method, &call.params)));
        let request = Request::post("/RPC2")
            .header(HOST, host)
            .header(USER_AGENT, AGENT)
            .header(CONTENT_TYPE, "text/xml")
            .header(CONNECTION, "close")
            .body(body)
            .map_err(|_| Trouble::NoHttp)?;
        let (mut sender, connection) = http1::Builder::new()
            .max_buf_size(HEAD_BYTES_MAX)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|error| broken(&error))?;
        let answer = async {
            let response = sender.send_request(request).await.map_err(|error| broken(&error))?;
            if response.status() != StatusCode::OK {
                return Err(Trouble::Status(response.status()));
            }
            let body = Limited::new(response.into_body(), BODY_BYTES_MAX).collect().await;
            let body = body.map_err(|error| match error.is::<LengthLimitError>() {
                true => Trouble::TooLong,
                false => Trouble::BrokenOff,
            })?;
            let body = body.to_bytes();
            let outcome = aside(body.len() as u64, move || decode::response(&body)).await;
            outcome.ok_or(Trouble::BrokenOff)?.map_err(Trouble::NoAnswer)
        };
        let mut answer = std::pin::pin!(answer);
        // The connection lives no longer than this call, whoever ends it.
        tokio::select! {
            biased;
            answer = answer.as_mut() => return answer,
            _ = connection => {}
        }
        answer.await
    }

    fn address_text(&self) -> String {
        match &self.address {
            ExtensionAddress::Unix(path) => format!("unix://{path}"),
            ExtensionAddress::Http { host, port } if host.contains(':') => format!("http://[{host}]:{port}"),
            ExtensionAddress::Http { host, port } => format!("http://{host}:{port}"),
        }
    }
}

fn broken(error: &hyper::Error) -> Trouble {
    if error.is_parse() { Trouble::NoHttp } else { Trouble::BrokenOff }
}

impl fmt::Display for Trouble {
    /// What follows the name and the address.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Crowded => f.write_str("has too many calls to answer already"),
            Self::Unreachable(error) => match error.raw_os_error() {
                Some(code) => write!(f, "cannot be reached: {}", Errno::from_raw(code).desc()),
                None => write!(f, "cannot be reached: {error}"),
            },
            Self::Late(time) => write!(f, "has not answered within {} seconds", time.as_secs()),
            Self::BrokenOff => f.write_str("ended the connection without an answer"),
            Self::NoHttp => f.write_str("does not speak HTTP"),
            Self::Status(status) => write!(f, "answered with the HTTP status {}", status.as_u16()),
            Self::TooLong => write!(f, "answered with more than {BODY_BYTES_MAX} bytes"),
            Self::NoAnswer(error) => write!(f, "did not answer in XML-RPC: {error}"),
        }
    }
}
