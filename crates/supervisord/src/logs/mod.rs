//! Where bytes go: the daemon's own log and what children write.

pub mod activity;
pub mod ansi;
pub mod auto;
pub mod file;
mod loss;
pub mod output;
pub mod recent;
