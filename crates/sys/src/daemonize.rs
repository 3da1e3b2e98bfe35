//! Leaving the terminal: fork, a session of one's own, and a parent that waits for good news.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::sys::stat::{Mode, umask};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, chdir, dup2_stderr, dup2_stdin, dup2_stdout, fork, pipe2, setsid};

use crate::poll::{Interest, Poller};
use crate::signals::{SignalFd, kill};

/// Which of the two processes this one is after [`fork_daemon`].
#[derive(Debug)]
pub enum Side {
    /// The one that was started by hand; it can only wait and exit.
    Parent(DaemonChild),
    /// The daemon to be.
    Daemon(Readiness),
}

/// The parent's view of the daemon.
#[derive(Debug)]
pub struct DaemonChild {
    pid: Pid,
    news: File,
}

/// The daemon's promise to tell its parent how the start went.
#[derive(Debug)]
pub struct Readiness {
    parent: File,
}

/// Forks. Must be called while the process has only one thread.
///
/// # Errors
/// `EBUSY` when there are other threads (they would be missing in the child, along with whatever they hold);
/// `EAGAIN`, `ENOMEM`, `EMFILE`.
pub fn fork_daemon() -> Result<Side, Errno> {
    // SAFETY: unshare(CLONE_THREAD) changes nothing; it is refused with EINVAL when there are other threads.
    if Errno::result(unsafe { libc::unshare(libc::CLONE_THREAD) }) == Err(Errno::EINVAL) {
        return Err(Errno::EBUSY);
    }
    let (read, write) = pipe2(OFlag::O_CLOEXEC)?;
    // SAFETY: there is no other thread, so the child has everything that the parent had.
    match unsafe { fork() }? {
        ForkResult::Parent { child } => {
            drop(write);
            Ok(Side::Parent(DaemonChild { pid: child, news: File::from(read) }))
        }
        ForkResult::Child => {
            drop(read);
            Ok(Side::Daemon(Readiness { parent: File::from(write) }))
        }
    }
}

impl DaemonChild {
    /// The daemon's process id.
    #[must_use]
    pub fn pid(&self) -> i32 {
        self.pid.as_raw()
    }

    /// Waits until the daemon says how its start went and returns the status to exit with: 0 when it is
    /// ready, its own choice when it failed, 128 + signal when a signal ended it before it could say.
    ///
    /// Signals that arrive meanwhile, or had arrived before, are meant for the daemon and passed on to it.
    #[must_use]
    pub fn wait_until_ready(mut self, signals: Option<&SignalFd>) -> u8 {
        if let Some(signals) = signals {
            self.pass_on(signals);
        }
        let mut status = [0];
        if self.news.read_exact(&mut status).is_ok() {
            return status[0];
        }
        match crate::uninterrupted(|| waitpid(self.pid, None)) {
            Ok(WaitStatus::Exited(_, code)) => u8::try_from(code).unwrap_or(1),
            Ok(WaitStatus::Signaled(_, signal, _)) => u8::try_from(128 + signal as i32).unwrap_or(1),
            _ => 1,
        }
    }
}

impl DaemonChild {
    /// Until there is news. Without a poller the signals stay where they are.
    fn pass_on(&self, signals: &SignalFd) {
        let Ok(poller) = Poller::new() else { return };
        let watched = poller
            .add(&self.news, Interest::READ, Token::NEWS)
            .and_then(|()| poller.add(signals, Interest::READ, Token::SIGNALS));
        let mut events = Vec::new();
        while watched.is_ok() && poller.wait(&mut events, None).is_ok() {
            while let Some(signal) = signals.read() {
                if signal != libc::SIGCHLD {
                    // It may have ended, which is news.
                    let _ = kill(self.pid(), signal);
                }
            }
            if events.iter().any(|event| event.token == Token::NEWS) {
                return;
            }
        }
    }
}

/// What a parent waits for.
struct Token;

impl Token {
    const NEWS: u64 = 0;
    const SIGNALS: u64 = 1;
}

impl Readiness {
    /// Lets the parent exit with status 0.
    pub fn ready(self) {
        self.tell(0);
    }

    /// Lets the parent exit with that status.
    pub fn failed(self, status: u8) {
        self.tell(status);
    }

    fn tell(mut self, status: u8) {
        // A parent that was killed needs no news.
        let _ = self.parent.write_all(&[status]);
    }
}

/// Replaces standard input, output and error by `/dev/null`.
///
/// # Errors
/// What opening `/dev/null` may say.
pub fn silence_standard_streams() -> Result<(), Errno> {
    let null = open("/dev/null", OFlag::O_RDWR | OFlag::O_CLOEXEC, Mode::empty())?;
    dup2_stdin(null.as_fd())?;
    dup2_stdout(null.as_fd())?;
    dup2_stderr(null.as_fd())
}

/// Makes this process the leader of a new session, without a terminal.
///
/// # Errors
/// `EPERM` if it leads a process group already.
pub fn new_session() -> Result<(), Errno> {
    setsid().map(drop)
}

/// Changes the working directory of this process.
///
/// # Errors
/// `ENOENT`, `EACCES` and the like.
pub fn change_directory(path: &Path) -> Result<(), Errno> {
    chdir(path)
}

/// Sets the file mode creation mask and returns the one before.
pub fn set_umask(mask: u32) -> u32 {
    umask(Mode::from_bits_truncate(mask)).bits()
}
