//! The oracle: what the reference understands of a configuration, and whether ours understands the same.
//!
//! A [`case::Case`] is a configuration on a made-up [`machine::Machine`]. A [`judge::Judge`] lets the reference
//! (Supervisor 4.3.0, in a Python process that serves many configurations) and ours read it, and compares
//! everything that they have understood, field by field. Deliberate differences are [`rules`], each with the
//! name of its entry in COMPAT.md; any other difference is a fault.
//!
//! Beside that, [`hunt`] and [`live`] look for bytes that our readers and our daemon do not survive, and [`race`] and
//! [`contest`] take the time of both sides.
//!
//! Cases come from seeds ([`draw`]), or from folders of configurations that people use ([`corpus`]).
#![forbid(unsafe_code)]

pub mod calls;
pub mod capture;
pub mod case;
pub mod contest;
pub mod corpus;
pub mod daemon;
pub mod difference;
pub mod draw;
pub mod hunt;
pub mod judge;
pub mod live;
pub mod logins;
pub mod machine;
pub mod mutation;
pub mod ours;
pub mod outcome;
pub mod parser;
pub mod race;
pub mod random;
pub mod reference;
pub mod rules;
pub mod scratch;
pub mod shrink;
pub mod speech;
