//! Signals as something to read from a descriptor, and signals to send.

use std::fmt;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use nix::errno::Errno;

/// The highest signal number of Linux.
pub(crate) const HIGHEST_SIGNAL: i32 = 64;

/// A set of blocked signals.
#[derive(Clone, Copy)]
pub struct SignalMask(libc::sigset_t);

impl SignalMask {
    /// Nothing is blocked.
    #[must_use]
    pub fn empty() -> Self {
        let mut set = MaybeUninit::uninit();
        // SAFETY: sigemptyset initialises the whole set behind the valid pointer and cannot fail.
        unsafe {
            libc::sigemptyset(set.as_mut_ptr());
            Self(set.assume_init())
        }
    }

    /// Everything that can be blocked is.
    pub(crate) fn full() -> Self {
        let mut set = MaybeUninit::uninit();
        // SAFETY: sigfillset initialises the whole set behind the valid pointer and cannot fail.
        unsafe {
            libc::sigfillset(set.as_mut_ptr());
            Self(set.assume_init())
        }
    }

    /// Exactly these signals are blocked.
    ///
    /// # Errors
    /// `EINVAL` for a number that is no signal.
    pub fn of(signals: &[i32]) -> Result<Self, Errno> {
        let mut mask = Self::empty();
        for &signal in signals {
            // SAFETY: the set is initialised; a wrong number is refused with EINVAL.
            Errno::result(unsafe { libc::sigaddset(&raw mut mask.0, signal) })?;
        }
        Ok(mask)
    }

    /// Whether that signal is blocked.
    #[must_use]
    pub fn contains(&self, signal: i32) -> bool {
        // SAFETY: the set is initialised; a wrong number is answered with -1.
        unsafe { libc::sigismember(&raw const self.0, signal) == 1 }
    }

    /// The mask of the calling thread.
    ///
    /// # Errors
    /// None that the kernel documents.
    pub fn of_this_thread() -> Result<Self, Errno> {
        change_mask(libc::SIG_BLOCK, &Self::empty())
    }

    /// Makes this the mask of the calling thread and returns the one before.
    ///
    /// # Errors
    /// None that the kernel documents.
    pub fn install(&self) -> Result<Self, Errno> {
        change_mask(libc::SIG_SETMASK, self)
    }

    pub(crate) fn raw(&self) -> &libc::sigset_t {
        &self.0
    }
}

impl fmt::Debug for SignalMask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries((1..=HIGHEST_SIGNAL).filter(|&signal| self.contains(signal))).finish()
    }
}

impl PartialEq for SignalMask {
    fn eq(&self, other: &Self) -> bool {
        (1..=HIGHEST_SIGNAL).all(|signal| self.contains(signal) == other.contains(signal))
    }
}

impl Eq for SignalMask {}

fn change_mask(how: i32, mask: &SignalMask) -> Result<SignalMask, Errno> {
    let mut before = SignalMask::empty();
    // SAFETY: both sets are initialised and live; pthread_sigmask only reads one and writes the other.
    let code = unsafe { libc::pthread_sigmask(how, mask.raw(), &raw mut before.0) };
    if code == 0 { Ok(before) } else { Err(Errno::from_raw(code)) }
}

/// A descriptor that is readable while one of its signals waits.
#[derive(Debug)]
pub struct SignalFd(OwnedFd);

/// Blocks these signals in the calling thread (and in threads it starts later) and returns a descriptor to
/// read them from, with the mask as it was before: the one that children should get.
///
/// Their dispositions become the default, because an inherited "ignore" would swallow them, and would make
/// the kernel throw away the exit statuses of children in the case of SIGCHLD.
///
/// # Errors
/// `EINVAL` for a number that is no signal; `EMFILE` and the like.
pub fn block_for_signalfd(signals: &[i32]) -> Result<(SignalFd, SignalMask), Errno> {
    let mask = SignalMask::of(signals)?;
    let before = change_mask(libc::SIG_BLOCK, &mask)?;
    for &signal in signals {
        set_disposition(signal, libc::SIG_DFL)?;
    }
    // SAFETY: the set is initialised; -1 asks for a new descriptor.
    let fd =
        Errno::result(unsafe { libc::signalfd(-1, mask.raw(), libc::SFD_CLOEXEC | libc::SFD_NONBLOCK) })?;
    // SAFETY: the kernel has just given us this descriptor and nobody else knows it.
    let fd = unsafe { OwnedFd::from_raw_fd(fd) };
    Ok((SignalFd(fd), before))
}

impl SignalFd {
    /// The number of a signal that arrived, or `None` if none is waiting.
    #[must_use]
    pub fn read(&self) -> Option<i32> {
        let mut record = MaybeUninit::<libc::signalfd_siginfo>::uninit();
        let size = size_of::<libc::signalfd_siginfo>();
        let read = crate::uninterrupted(|| {
            // SAFETY: the buffer is valid for `size` bytes.
            Errno::result(unsafe { libc::read(self.0.as_raw_fd(), record.as_mut_ptr().cast(), size) })
        });
        if read.ok().and_then(|count| usize::try_from(count).ok()) != Some(size) {
            return None;
        }
        // SAFETY: the kernel has written a whole record; every bit pattern of its integers is valid.
        let record = unsafe { record.assume_init() };
        i32::try_from(record.ssi_signo).ok()
    }
}

impl AsFd for SignalFd {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Has the whole process ignore a signal (SIGPIPE, SIGXFSZ); children inherit that.
///
/// # Errors
/// `EINVAL` for a number that is no signal or cannot be ignored.
pub fn ignore(signal: i32) -> Result<(), Errno> {
    set_disposition(signal, libc::SIG_IGN)
}

/// Gives a signal its default. Allocates nothing, locks nothing, and asks the kernel directly, because libc
/// refuses to touch the two signals that it uses itself even where they were inherited as ignored.
///
/// # Safety
/// Only for a process that uses no more of libc's threads, such as a child about to exec.
pub(crate) unsafe fn restore_default(signal: i32) -> Result<(), Errno> {
    // The kernel's structure (handler, flags, restorer, mask) in any order: "default" is all zeros.
    let action = [0_u64; 4];
    // SAFETY: the structure is as large as the kernel's and lives for the call; its mask has 8 bytes.
    let result = unsafe {
        libc::syscall(libc::SYS_rt_sigaction, signal, action.as_ptr(), std::ptr::null_mut::<u8>(), 8_usize)
    };
    Errno::result(result).map(drop)
}

fn set_disposition(signal: i32, disposition: libc::sighandler_t) -> Result<(), Errno> {
    let action = libc::sigaction {
        sa_sigaction: disposition,
        sa_mask: SignalMask::empty().0,
        sa_flags: 0,
        sa_restorer: None,
    };
    // SAFETY: the action is fully initialised and installs no function, only "default" or "ignore".
    Errno::result(unsafe { libc::sigaction(signal, &raw const action, std::ptr::null_mut()) }).map(drop)
}

/// Sends a signal to one process. Signal 0 only asks whether it could be sent.
///
/// # Errors
/// `ESRCH` no such process, `EPERM` not ours to signal, `EINVAL` no such signal. A pid that is not positive
/// would mean a group or everybody and is refused with `EINVAL`.
pub fn kill(pid: i32, signal: i32) -> Result<(), Errno> {
    if pid <= 0 {
        return Err(Errno::EINVAL);
    }
    // SAFETY: kill takes plain numbers.
    Errno::result(unsafe { libc::kill(pid, signal) }).map(drop)
}

/// Sends a signal to every process of a process group.
///
/// # Errors
/// As [`kill`]; the ids 0 and 1 (our own group, everybody) and negative ones are refused with `EINVAL`.
pub fn kill_group(group: i32, signal: i32) -> Result<(), Errno> {
    if group <= 1 {
        return Err(Errno::EINVAL);
    }
    // SAFETY: kill takes plain numbers.
    Errno::result(unsafe { libc::kill(-group, signal) }).map(drop)
}

/// Ends this process by a signal, so that its parent sees which, and leaves no core file. Returns only if that
/// signal ends nobody.
pub fn end_by(signal: i32) {
    // Each step is harmless by itself, and if one fails the caller goes on and exits.
    let _ = nix::sys::prctl::set_dumpable(false);
    let _ = set_disposition(signal, libc::SIG_DFL);
    let _ = kill(crate::host::own_pid(), signal);
    if let Ok(mask) = SignalMask::of(&[signal]) {
        let _ = change_mask(libc::SIG_UNBLOCK, &mask);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blocked_signal_is_read_from_the_descriptor() {
        // Masks belong to threads, and this test has a thread of its own.
        let (signals, before) = block_for_signalfd(&[libc::SIGUSR2]).unwrap();
        assert!(!before.contains(libc::SIGUSR2));
        assert!(SignalMask::of_this_thread().unwrap().contains(libc::SIGUSR2));
        assert_eq!(signals.read(), None);
        // SAFETY: raise takes a plain number; the signal is blocked here.
        assert_eq!(unsafe { libc::raise(libc::SIGUSR2) }, 0);
        assert_eq!(signals.read(), Some(libc::SIGUSR2));
        assert_eq!(signals.read(), None);
        before.install().unwrap();
        assert_eq!(SignalMask::of_this_thread().unwrap(), before);
    }

    #[test]
    fn a_number_that_is_no_signal_is_refused() {
        assert_eq!(SignalMask::of(&[65]).unwrap_err(), Errno::EINVAL);
        assert_eq!(ignore(libc::SIGKILL), Err(Errno::EINVAL));
        assert_eq!(kill(crate::host::own_pid(), 65), Err(Errno::EINVAL));
    }

    #[test]
    fn pids_that_mean_many_processes_are_refused() {
        for pid in [0, -1, -2, i32::MIN] {
            assert_eq!(kill(pid, 0), Err(Errno::EINVAL));
            assert_eq!(kill_group(pid, 0), Err(Errno::EINVAL));
        }
        assert_eq!(kill_group(1, 0), Err(Errno::EINVAL));
        assert_eq!(kill(crate::host::own_pid(), 0), Ok(()));
    }

    #[test]
    fn masks_show_their_numbers() {
        let mask = SignalMask::of(&[libc::SIGTERM, libc::SIGHUP]).unwrap();
        assert_eq!(format!("{mask:?}"), "{1, 15}");
    }
}
