//! What a supervisor decides, and nothing else.
//!
//! A supervisor is a pure function `(state, time, input) -> (state, effects)`. This crate is that
//! function: it does no I/O, reads no clock, starts no thread and draws no random number, so that
//! every decision can be replayed, simulated and property-tested. The `supervisord` crate is the
//! shell that obeys its effects.
//!
//! The grammar of the API:
//!
//! * [`Supervisor::handle`] takes what came in and appends to a list of [`Effect`]s what must be done;
//! * the outcome of an effect comes back as an [`Input`], so failure is an input like any other;
//! * [`Supervisor::next_deadline`] says until when nothing needs to be done if nothing comes in.
#![forbid(unsafe_code)]

mod answer;
mod brake;
pub mod capture;
pub mod changes;
pub mod command;
mod configured;
mod congestion;
pub mod effect;
pub mod event;
pub mod figures;
#[cfg(test)]
mod fixture;
pub mod group;
pub mod input;
pub mod listener;
mod membership;
pub mod name;
mod overflow;
mod pool;
pub mod process;
mod request;
pub mod rotation;
mod shutdown;
pub mod signal;
pub mod spec;
pub mod state;
pub mod subscription;
mod supervisor;
mod telling;
mod tick;
pub mod time;
mod turn;
pub mod verdict;

pub use supervisor::Supervisor;
