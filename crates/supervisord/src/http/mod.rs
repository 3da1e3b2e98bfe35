//! The HTTP thread: servers, authentication, XML-RPC, log streams, calls of extensions.
//!
//! All of it runs on one thread of its own, so that no client can delay supervision. It reaches the rest of
//! the daemon in three ways only: requests and pictures through the
//! [`EngineHandle`](crate::engine::handle::EngineHandle), lines for the main log through a [`LogSink`], and
//! log files, which it reads itself. Nothing here polls: an idle server makes no system calls.
//!
//! A server is [bound](bind::bind) on the main thread, before the daemon leaves the terminal, and
//! [served](server::serve) afterwards.

mod access;
mod activity;
mod admission;
mod all_info;
mod answer;
mod aside;
mod auth;
pub mod bind;
mod body;
mod changes;
mod connection;
mod door;
mod events;
mod extension;
mod follow;
mod lineage;
mod log_text;
mod logtail;
mod lookout;
mod origin;
mod page;
mod parameters;
mod plugins;
mod query;
mod route;
pub mod server;
mod streams;
#[cfg(test)]
mod tests;
mod wire;
mod xmlrpc;

use std::sync::Arc;
use std::time::Duration;

use supervisor_core::effect::Level;

pub use self::bind::{BindError, BoundServer, Unbound, bind};
pub use self::server::{Context, ServerThread, serve};

/// Takes lines for the main log, from any thread.
pub type LogSink = Arc<dyn Fn(Level, String) + Send + Sync>;

/// How long a request that has begun may take to arrive.
const REQUEST_TIME_MAX: Duration = Duration::from_secs(30);
/// The largest body of a request.
const BODY_BYTES_MAX: usize = 16 << 20;
/// All bodies of requests that are being read or answered together.
const ALL_BODIES_BYTES_MAX: usize = 4 * BODY_BYTES_MAX;
/// The request line and all headers of a request; also what waits to be sent to a slow reader.
const HEAD_BYTES_MAX: usize = 64 << 10;
/// Connections at a time. A process that may open few files gets fewer, to leave some for the children.
const CONNECTIONS_MAX: usize = 1024;
/// One in so many connections may be a stream, which is never idle: the others stay for whoever wants to control.
const CONNECTIONS_FOR_A_STREAM: usize = 2;
