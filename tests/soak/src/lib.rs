//! The soak: hundreds of restless programs, everybody who disturbs their supervisor, and the audit afterwards.
//!
//! * [`plan`] draws the programs; [`program`] is what they do, with [`record`]s and [`account`]s of what they wrote.
//! * [`disturb`] has those who disturb: clients, followers, watchers, an operator.
//! * [`judge`] tells whether all is as it must be.
//! * [`run`] brings them together; [`report`] says what came of it.
//!
//! A seed decides what is drawn, though not when the machine comes to it.
#![forbid(unsafe_code)]

pub mod account;
pub mod client;
pub mod daemon;
pub mod disturb;
pub mod findings;
pub mod gate;
pub mod judge;
pub mod pace;
pub mod plan;
pub mod program;
pub mod record;
pub mod report;
pub mod rest;
pub mod run;
pub mod stage;
