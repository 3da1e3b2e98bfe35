//! The kernel's table of this process's descriptors.

use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

use nix::errno::Errno;

use crate::limits::{self, Resource};

/// Makes the table large enough for so many descriptors, or for as many as may be open. A table never shrinks.
///
/// It grows by itself, too, but while there are threads, each time it grows whoever wanted one descriptor more waits
/// until all processors are known to have let go of the old table: ten milliseconds and more.
///
/// # Errors
/// `EMFILE` when no descriptor is free, `ENOMEM`. Then it grows by itself.
pub fn make_room(count: u64) -> Result<(), Errno> {
    let highest = highest(count, limits::get(Resource::OpenFiles)?.soft);
    // SAFETY: eventfd takes plain numbers.
    let fd = Errno::result(unsafe { libc::eventfd(0, libc::EFD_CLOEXEC) })?;
    // SAFETY: the kernel has just given us this descriptor and nobody else knows it.
    let low = unsafe { OwnedFd::from_raw_fd(fd) };
    // SAFETY: plain numbers.
    let fd = Errno::result(unsafe { libc::fcntl(low.as_raw_fd(), libc::F_DUPFD_CLOEXEC, highest) })?;
    // SAFETY: as above.
    drop(unsafe { OwnedFd::from_raw_fd(fd) });
    Ok(())
}

/// The highest of so many descriptors, if there is none from the limit on.
fn highest(count: u64, limit: Option<u64>) -> RawFd {
    let count = limit.map_or(count, |limit| count.min(limit));
    RawFd::try_from(count.saturating_sub(1)).unwrap_or(RawFd::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size_of_table() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("FDSize:")).unwrap();
        line.trim().parse().unwrap()
    }

    #[test]
    fn the_table_has_room_for_so_many() {
        make_room(900).unwrap();
        assert!(size_of_table() >= 900);
    }

    #[test]
    fn no_room_is_made_for_what_may_not_be_open() {
        assert_eq!(highest(10, None), 9);
        assert_eq!(highest(10, Some(8)), 7);
        assert_eq!(highest(0, Some(0)), 0);
        assert_eq!(highest(u64::MAX, None), RawFd::MAX);
    }
}
