//! The daemon: the thin shell that feeds the core with what happens and obeys what it decides.
#![forbid(unsafe_code)]

pub mod boot;
pub mod engine;
pub mod http;
pub mod logs;
pub mod pidproxy;
pub mod view;
