//! Supervisor's XML-RPC API: values, the codec, the table of methods, and what the answers look like.
//!
//! The daemon goes from bytes to a typed [`method::Call`] and back; the client goes the other way. Nothing
//! here opens a socket or a file.
//!
//! * [`decode`] and [`encode`] turn XML into [`value::Value`]s and back;
//! * [`method::Api`] knows every method and types a call;
//! * [`reply`], [`info`] and [`log_slice`] make the values that methods return;
//! * [`cache`] holds what clients store;
//! * [`basic`] writes and reads names and passwords of HTTP;
//! * [`fault`] gives the core's faults their codes and texts.
#![forbid(unsafe_code)]

pub mod basic;
pub mod cache;
pub mod decode;
pub mod encode;
pub mod explanation;
pub mod fault;
pub mod info;
pub mod log_slice;
pub mod method;
pub mod reply;
pub mod value;

mod argument;
mod document;
mod element;
mod flat;
mod table;

/// The version of this API, as `getAPIVersion` tells it.
pub const API_VERSION: &str = "3.0";
