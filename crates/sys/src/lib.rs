//! The only room with unsafe code: Linux behind small typed wrappers.
//!
//! Nothing here decides anything and nothing here knows what a supervisor is. Every function says in its
//! types what it needs and what can go wrong; errors are plain [`Errno`]s, whose `Debug` form is the
//! symbolic name (`ENOENT`) that messages show.

pub mod aligned;
pub mod allocator;
pub mod clock;
mod close;
pub mod daemonize;
pub mod descriptors;
pub mod execute;
pub mod files;
pub mod host;
pub mod inotify;
pub mod limits;
pub mod locks;
pub mod memory;
pub mod orphans;
pub mod pipes;
mod places;
mod planted;
pub mod poll;
pub mod privileges;
pub mod reap;
pub mod reserve;
pub mod resolve;
pub mod signals;
pub mod sockets;
pub mod spawn;
pub mod syslog;
pub mod users;

pub use nix::errno::Errno;

/// Calls `attempt` until it is not interrupted by a signal.
fn uninterrupted<T>(mut attempt: impl FnMut() -> Result<T, Errno>) -> Result<T, Errno> {
    loop {
        match attempt() {
            Err(Errno::EINTR) => {}
            outcome => return outcome,
        }
    }
}
