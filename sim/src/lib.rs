//! A model operating system around the real core.
//!
//! One seed makes one world: a configuration, a clock, children with their own characters, operators, and
//! faults. The world drives the real [`Supervisor`](supervisor_core::Supervisor) as the daemon would and
//! [checks](checker) what it does after every turn. Nothing in here reads a clock or the system's randomness,
//! so the same seed is the same story, word for word, and a failure is reported as its seed.
//!
//! The model is of one engine thread: it obeys effects in order, feeds their outcomes back before anything
//! else comes in, reaps a child and says so in one go, and may be late. Outcomes that a daemon may leave to
//! another thread (looking at a command, reading the configuration, emptying logs) may come much later.
#![forbid(unsafe_code)]

pub mod checker;
mod children;
mod clock;
mod configuration;
mod decision;
mod ears;
mod errand;
mod herald;
mod history;
mod ledger;
mod operator;
mod pipes;
mod post;
mod random;
mod record;
mod run;
pub mod scale;
mod shell;
mod shrink;
mod trace;
mod twin;
mod weather;
mod world;

pub use decision::Decision;
pub use run::{Failure, Options, Report, run, run_all, run_traced};
