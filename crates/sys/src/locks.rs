//! Locks that end with whoever has them.

use std::os::fd::AsFd;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, fcntl};

/// Who has a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locked {
    /// Whoever asked, until the open file is closed.
    Ours,
    /// Somebody else.
    Theirs,
}

/// Locks one byte of an open file, which need not exist, for that opening of the file. Never waits. The highest bits of
/// `place` do not count.
///
/// # Errors
/// `EINVAL` on a kernel before 3.15, `ENOLCK` and the like on file systems without locks.
pub fn lock_byte(file: impl AsFd, place: u64) -> Result<Locked, Errno> {
    let start = libc::off_t::try_from(place >> 2).map_err(|_| Errno::EINVAL)?;
    let whence = libc::c_short::try_from(libc::SEEK_SET).map_err(|_| Errno::EINVAL)?;
    let kind = libc::c_short::try_from(libc::F_WRLCK).map_err(|_| Errno::EINVAL)?;
    let lock = libc::flock { l_type: kind, l_whence: whence, l_start: start, l_len: 1, l_pid: 0 };
    match fcntl(file, FcntlArg::F_OFD_SETLK(&lock)) {
        Ok(_) => Ok(Locked::Ours),
        Err(Errno::EAGAIN | Errno::EACCES) => Ok(Locked::Theirs),
        Err(errno) => Err(errno),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::OpenOptions;

    use super::*;

    #[test]
    fn a_byte_has_one_owner_until_its_file_is_closed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        let open = || OpenOptions::new().write(true).create(true).truncate(false).open(&path).unwrap();
        let (first, second) = (open(), open());
        assert_eq!(lock_byte(&first, u64::MAX), Ok(Locked::Ours));
        assert_eq!(lock_byte(&second, u64::MAX), Ok(Locked::Theirs));
        assert_eq!(lock_byte(&second, 4), Ok(Locked::Ours));
        drop(first);
        assert_eq!(lock_byte(&second, u64::MAX), Ok(Locked::Ours));
    }
}
