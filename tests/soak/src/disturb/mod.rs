//! Who disturbs the daemon: each a thread of its own, with dice of its own.

pub mod asker;
pub mod commander;
pub mod follower;
pub mod operator;
pub mod rude;
pub mod watcher;
