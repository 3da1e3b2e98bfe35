//! Pipes to and from children, read and written without ever waiting.

use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};

/// Which end of a pipe this process keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ours {
    /// We read what a child writes.
    Read,
    /// We write what a child reads.
    Write,
}

/// What a read brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    /// That many bytes, at least one.
    Bytes(usize),
    /// Nothing at the moment.
    WouldBlock,
    /// Nothing ever again: the last writer is gone.
    End,
}

/// What became of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Write {
    /// That many bytes were taken.
    Bytes(usize),
    /// No room at the moment.
    WouldBlock,
    /// The last reader is gone.
    Closed,
}

/// A new pipe, `(read end, write end)`. Neither survives an exec; the end that is ours never blocks.
///
/// # Errors
/// `EMFILE`, `ENFILE`.
pub fn pipe(ours: Ours) -> Result<(OwnedFd, OwnedFd), Errno> {
    let (read, write) = nix::unistd::pipe2(OFlag::O_CLOEXEC)?;
    // Both ends are new, so there are no other flags to keep.
    fcntl(if ours == Ours::Read { &read } else { &write }, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
    Ok((read, write))
}

/// Makes reads and writes on that open file (and all its copies) return instead of wait.
///
/// # Errors
/// None for an open descriptor.
pub fn set_nonblocking(fd: BorrowedFd<'_>) -> Result<(), Errno> {
    let flags = OFlag::from_bits_retain(fcntl(fd, FcntlArg::F_GETFL)?);
    fcntl(fd, FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK)).map(drop)
}

/// Gives a pipe room for so many bytes.
///
/// # Errors
/// `EPERM` for more than an unprivileged user may have.
pub fn enlarge(pipe: BorrowedFd<'_>, bytes: usize) -> Result<(), Errno> {
    let bytes = libc::c_int::try_from(bytes).map_err(|_| Errno::EINVAL)?;
    fcntl(pipe, FcntlArg::F_SETPIPE_SZ(bytes)).map(drop)
}

/// How many bytes wait to be read (`FIONREAD`).
///
/// # Errors
/// `ENOTTY` for a file of which that cannot be asked.
pub fn bytes_waiting(fd: BorrowedFd<'_>) -> Result<usize, Errno> {
    let mut count: libc::c_int = 0;
    // SAFETY: FIONREAD writes one int, and `count` is a valid place for it.
    Errno::result(unsafe { libc::ioctl(fd.as_raw_fd(), libc::FIONREAD, &raw mut count) })?;
    Ok(usize::try_from(count).unwrap_or(0))
}

/// Reads what is there into `buffer`, which must not be empty.
///
/// # Errors
/// What the kernel says, `EIO` for example.
pub fn read(fd: BorrowedFd<'_>, buffer: &mut [u8]) -> Result<Read, Errno> {
    match crate::uninterrupted(|| nix::unistd::read(fd, buffer)) {
        Ok(0) => Ok(Read::End),
        Ok(count) => Ok(Read::Bytes(count)),
        Err(Errno::EAGAIN) => Ok(Read::WouldBlock),
        Err(errno) => Err(errno),
    }
}

/// Writes as much of `bytes` as there is room for. SIGPIPE must be ignored.
///
/// # Errors
/// What the kernel says, `ENOSPC` or `EIO` for example.
pub fn write(fd: BorrowedFd<'_>, bytes: &[u8]) -> Result<Write, Errno> {
    outcome_of_write(crate::uninterrupted(|| nix::unistd::write(fd, bytes)))
}

pub(crate) fn outcome_of_write(result: Result<usize, Errno>) -> Result<Write, Errno> {
    match result {
        Ok(count) => Ok(Write::Bytes(count)),
        Err(Errno::EAGAIN) => Ok(Write::WouldBlock),
        Err(Errno::EPIPE) => Ok(Write::Closed),
        Err(errno) => Err(errno),
    }
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd as _;

    use super::*;

    fn flags(fd: &OwnedFd) -> (bool, bool) {
        let cloexec = fcntl(fd, FcntlArg::F_GETFD).unwrap() & libc::FD_CLOEXEC != 0;
        let nonblocking = fcntl(fd, FcntlArg::F_GETFL).unwrap() & libc::O_NONBLOCK != 0;
        (cloexec, nonblocking)
    }

    #[test]
    fn only_our_end_is_nonblocking_and_no_end_survives_exec() {
        let (read, write) = pipe(Ours::Read).unwrap();
        assert_eq!((flags(&read), flags(&write)), ((true, true), (true, false)));
        let (read, write) = pipe(Ours::Write).unwrap();
        assert_eq!((flags(&read), flags(&write)), ((true, false), (true, true)));
    }

    #[test]
    fn a_read_says_bytes_then_would_block_then_end() {
        let (reader, writer) = pipe(Ours::Read).unwrap();
        let mut buffer = [0; 8];
        assert_eq!(read(reader.as_fd(), &mut buffer), Ok(Read::WouldBlock));
        assert_eq!(write(writer.as_fd(), b"abc"), Ok(Write::Bytes(3)));
        assert_eq!(bytes_waiting(reader.as_fd()), Ok(3));
        assert_eq!(read(reader.as_fd(), &mut buffer), Ok(Read::Bytes(3)));
        assert_eq!(&buffer[..3], b"abc");
        assert_eq!(bytes_waiting(reader.as_fd()), Ok(0));
        drop(writer);
        assert_eq!(read(reader.as_fd(), &mut buffer), Ok(Read::End));
    }

    #[test]
    fn a_write_says_when_there_is_no_room_and_when_nobody_reads() {
        let (reader, writer) = pipe(Ours::Write).unwrap();
        let chunk = [0; 4096];
        while let Write::Bytes(_) = write(writer.as_fd(), &chunk).unwrap() {}
        assert_eq!(write(writer.as_fd(), &chunk), Ok(Write::WouldBlock));
        drop(reader);
        assert_eq!(write(writer.as_fd(), &chunk), Ok(Write::Closed));
    }
}
