//! One suite, two subjects: the reference and ours.
//!
//! A scenario is a function over a [`World`]: a temporary directory with a configuration, a daemon, clients
//! and files. What the subject answers goes, normalised, into a transcript. [`compare`] runs the scenario
//! for the reference and for ours and demands equal transcripts; [`crossed`] also mixes each daemon with
//! the other's client; [`pending`] is for what ours cannot do yet, and fails as soon as it can.
//!
//! A deliberate difference is written as [`World::differs`] with the name of its entry in COMPAT.md.
//!
//! Both subjects run below `compat-guard`, which kills everything that descends from them when the test
//! ends, however it ends.

mod client;
mod daemon;
mod deadline;
mod http;
mod main_log;
mod normalise;
mod probe;
mod rpc;
mod running;
mod scenario;
mod subject;
mod transcript;
mod world;
pub mod xmlrpc;

pub use client::Finished;
pub use deadline::{PATIENCE, eventually};
pub use http::{Address, HttpAnswer, Stream};
pub use main_log::LogLine;
pub use nix::sys::signal::Signal;
pub use probe::Probe;
pub use running::{Ending, Running};
pub use scenario::{compare, compare_as_root, crossed, pending};
pub use subject::{Pair, Part, Subject, reference_python};
pub use transcript::Transcript;
pub use world::World;
pub use xmlrpc::{Fault, Value};
