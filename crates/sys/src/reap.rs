//! Collecting dead children, whoever started them.

use nix::errno::Errno;

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitStatus {
    /// It called `exit` with this status, 0 to 255.
    Exited(i32),
    /// A signal ended it.
    Signaled {
        /// The signal's number.
        signal: i32,
        /// It left a core file.
        core: bool,
    },
}

impl WaitStatus {
    fn decode(raw: i32) -> Option<Self> {
        if libc::WIFEXITED(raw) {
            Some(Self::Exited(libc::WEXITSTATUS(raw)))
        } else if libc::WIFSIGNALED(raw) {
            Some(Self::Signaled { signal: libc::WTERMSIG(raw), core: libc::WCOREDUMP(raw) })
        } else {
            None
        }
    }
}

/// One dead child and how it ended; `None` when no child is dead (or there is none at all).
///
/// SIGCHLD coalesces: call this until it says `None`.
///
/// # Errors
/// None that the kernel documents.
pub fn reap() -> Result<Option<(i32, WaitStatus)>, Errno> {
    loop {
        let mut status = 0;
        // SAFETY: `status` is a valid place for one int for the whole call.
        let pid = unsafe { libc::waitpid(-1, &raw mut status, libc::WNOHANG) };
        match Errno::result(pid) {
            Ok(0) | Err(Errno::ECHILD) => return Ok(None),
            Ok(pid) => {
                // Stops and continuations are not asked for, so every status is an end.
                if let Some(end) = WaitStatus::decode(status) {
                    return Ok(Some((pid, end)));
                }
            }
            Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno),
        }
    }
}

/// Whether there is any child, dead or alive.
#[must_use]
pub fn has_children() -> bool {
    // SAFETY: the kernel's structure is plain numbers, for which all zeros is a value.
    let mut information = unsafe { std::mem::zeroed::<libc::siginfo_t>() };
    let options = libc::WEXITED | libc::WNOHANG | libc::WNOWAIT;
    // SAFETY: `information` is a valid place for the answer for the whole call.
    let outcome = unsafe { libc::waitid(libc::P_ALL, 0, &raw mut information, options) };
    Errno::result(outcome) != Err(Errno::ECHILD)
}

/// Collects one child that is about to be dead; how it ended is of no interest.
pub(crate) fn reap_one(pid: i32) {
    // Nothing else collects it, so it is there.
    let _ = crate::uninterrupted(|| {
        // SAFETY: no place for a status is passed.
        Errno::result(unsafe { libc::waitpid(pid, std::ptr::null_mut(), 0) })
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_word_is_read_as_the_kernel_writes_it() {
        assert_eq!(WaitStatus::decode(0x0000), Some(WaitStatus::Exited(0)));
        assert_eq!(WaitStatus::decode(0x7f00), Some(WaitStatus::Exited(127)));
        assert_eq!(WaitStatus::decode(0x0009), Some(WaitStatus::Signaled { signal: 9, core: false }));
        assert_eq!(WaitStatus::decode(0x0086), Some(WaitStatus::Signaled { signal: 6, core: true }));
        assert_eq!(WaitStatus::decode(0x137f), None, "stopped is not an end");
    }
}
