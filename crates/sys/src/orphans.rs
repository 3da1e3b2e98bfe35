//! Being told of the ends of processes that others started.

use std::os::fd::{FromRawFd, OwnedFd};

use nix::errno::Errno;

/// Makes this process the parent of every orphan below it, so that it can reap daemons that its children left.
///
/// # Errors
/// None that the kernel documents.
pub fn adopt() -> Result<(), Errno> {
    nix::sys::prctl::set_child_subreaper(true)
}

/// A descriptor that is readable when that process has ended, whosever child it is.
///
/// # Errors
/// `ESRCH` no such process; `ENOSYS` on kernels before 5.3.
pub fn watch_for_end(pid: i32) -> Result<OwnedFd, Errno> {
    // SAFETY: pidfd_open takes plain numbers.
    let fd = Errno::result(unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) })?;
    let fd = i32::try_from(fd).map_err(|_| Errno::EBADF)?;
    // SAFETY: the kernel has just given us this descriptor and nobody else knows it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};
    use std::time::Duration;

    use super::*;
    use crate::poll::{Interest, Poller};

    #[test]
    fn the_end_of_a_process_makes_its_descriptor_readable() {
        let mut child = Command::new("/bin/cat").stdin(Stdio::piped()).spawn().unwrap();
        let watched = match watch_for_end(child.id().try_into().unwrap()) {
            Err(Errno::ENOSYS) => None,
            watched => Some(watched.unwrap()),
        };
        let poller = Poller::new().unwrap();
        let mut events = Vec::new();
        if let Some(watched) = &watched {
            poller.add(watched, Interest::READ, 1).unwrap();
            poller.wait(&mut events, Some(Duration::ZERO)).unwrap();
            assert!(events.is_empty());
        }
        drop(child.stdin.take());
        if watched.is_some() {
            poller.wait(&mut events, None).unwrap();
            assert!(events[0].readable);
        }
        child.wait().unwrap();
    }

    #[test]
    fn a_process_that_is_not_there_cannot_be_watched() {
        assert!(watch_for_end(i32::MAX).is_err());
    }
}
