//! What `pidproxy` does while its command, or the daemon that the command left behind, lives.

use std::ffi::OsString;
use std::os::fd::OwnedFd;
use std::time::Duration;

use supervisor_sys::Errno;
use supervisor_sys::clock::monotonic_nanoseconds;
use supervisor_sys::inotify::ChangeQueue;
use supervisor_sys::orphans::{adopt, watch_for_end};
use supervisor_sys::poll::{Interest, Poller};
use supervisor_sys::reap::{WaitStatus, has_children, reap};
use supervisor_sys::signals::{SignalFd, block_for_signalfd, kill};

use super::lineage::{child_that_leads_to, has_ended};
use super::pidfile::Pidfile;
use super::{Failure, command, complain, say};

const SIGHUP: i32 = 1;
const SIGINT: i32 = 2;
const SIGQUIT: i32 = 3;
const SIGUSR1: i32 = 10;
const SIGUSR2: i32 = 12;
const SIGTERM: i32 = 15;
const SIGCHLD: i32 = 17;

/// Signals that are passed on; after some of them the daemon is expected to end.
const PASSED_ON: [i32; 6] = [SIGTERM, SIGHUP, SIGINT, SIGUSR1, SIGUSR2, SIGQUIT];
const STOPPING: [i32; 3] = [SIGTERM, SIGINT, SIGQUIT];

/// A command that has put a daemon into the background is given so long until the daemon has written its pidfile.
const PIDFILE_PATIENCE: Duration = Duration::from_secs(5);
/// A wrapper that goes on for so long after its daemon has been stopped is stopped too.
const WRAPPER_PATIENCE: Duration = Duration::from_secs(1);
/// How often a daemon that is stopped is looked at where the kernel (before 5.3) cannot tell of its end.
const LOOK_PAUSE: Duration = Duration::from_millis(100);

/// Runs the command until it, or the daemon that it left behind, has ended; returns how.
pub(super) fn run(pidfile: Pidfile, words: &[OsString]) -> Result<WaitStatus, Failure> {
    let no_room = |errno: Errno| Failure { message: format!("cannot start: {}", errno.desc()), status: 1 };
    let (signals, before) = block_for_signalfd(&[&PASSED_ON[..], &[SIGCHLD]].concat()).map_err(no_room)?;
    let poller = Poller::new().map_err(no_room)?;
    poller.add(&signals, Interest::READ, 0).map_err(no_room)?;
    adopt().map_err(no_room)?;
    let command = command::start(words, before)?;
    let mut proxy =
        Proxy { pidfile, poller, command, followed: command, end: None, orphan: None, stopped: None };
    Ok(proxy.until_the_end(&signals))
}

struct Proxy {
    pidfile: Pidfile,
    poller: Poller,
    /// What was started.
    command: i32,
    /// The child whose end is the end of `pidproxy`: the command, later perhaps the daemon.
    followed: i32,
    /// How it ended, while nobody is known yet who could be followed instead.
    end: Option<End>,
    /// The last other child that ended: perhaps the daemon, before it was known to be it.
    orphan: Option<(i32, WaitStatus)>,
    stopped: Option<Stopped>,
}

/// The child that was followed is gone.
struct End {
    status: WaitStatus,
    /// Until when somebody may appear in the pidfile, on the monotonic clock.
    wait_until: u64,
    /// Readable when something changes beside the pidfile. Without it (a system that is out of them) the pidfile is
    /// looked at now and then.
    changes: Option<ChangeQueue>,
}

/// The daemon was told to end.
struct Stopped {
    signal: i32,
    daemon: i32,
    /// Readable at its end.
    watch: Option<OwnedFd>,
    /// When the wrapper is told too, on the monotonic clock.
    tell_wrapper_at: Option<u64>,
}

impl Proxy {
    fn until_the_end(&mut self, signals: &SignalFd) -> WaitStatus {
        let mut events = Vec::new();
        loop {
            while let Some(signal) = signals.read() {
                if signal != SIGCHLD {
                    self.pass_on(signal);
                }
            }
            self.reap();
            if let Some(status) = self.verdict() {
                return status;
            }
            self.see_to_the_wrapper();
            // It cannot fail, and if it did the loop would only look more often.
            let _ = self.poller.wait(&mut events, self.longest_wait());
            if let Some(changes) = self.end.as_ref().and_then(|end| end.changes.as_ref()) {
                let _ = changes.read();
            }
        }
    }

    /// Sends a signal to the process in the pidfile.
    fn pass_on(&mut self, signal: i32) {
        let stops = STOPPING.contains(&signal);
        let Some(daemon) = self.pidfile.read() else {
            say(&format!("Can't read child pidfile {}!\n", self.pidfile));
            return self.stop_without_pidfile(signal);
        };
        match kill(daemon, signal) {
            Ok(()) if stops => self.expect_the_end(signal, daemon),
            Ok(()) => {}
            // Differs: pidproxy-survives-a-lost-daemon
            Err(errno) => {
                let reason = errno.desc();
                complain(&format!(
                    "cannot send signal {signal} to process {daemon} of {}: {reason}",
                    self.pidfile
                ));
                self.stop_without_pidfile(signal);
            }
        }
    }

    /// Nobody can be told to end through the pidfile, so who is followed is told.
    // Differs: pidproxy-stops-without-a-pidfile
    fn stop_without_pidfile(&mut self, signal: i32) {
        if STOPPING.contains(&signal) {
            if self.end.is_none() {
                // It may have ended by itself just now, which is seen next.
                let _ = kill(self.followed, signal);
            }
            self.expect_the_end(signal, self.followed);
        }
    }

    fn expect_the_end(&mut self, signal: i32, daemon: i32) {
        // Of a child's end the kernel tells anyway. Where it cannot tell of others it is looked for.
        let watch = watch_for_end(daemon).ok();
        let watch = watch.filter(|watch| self.poller.add(watch, Interest::READ, 1).is_ok());
        self.stopped = Some(Stopped { signal, daemon, watch, tell_wrapper_at: None });
    }

    /// Collects all that have ended.
    fn reap(&mut self) {
        while let Ok(Some((pid, status))) = reap() {
            if pid == self.followed && self.end.is_none() {
                let wait_until = monotonic_nanoseconds() + nanoseconds(PIDFILE_PATIENCE);
                self.end = Some(End { status, wait_until, changes: None });
            } else {
                self.orphan = Some((pid, status));
            }
        }
    }

    /// How `pidproxy` ends, if it does now.
    // Differs: pidproxy-follows-the-daemon
    fn verdict(&mut self) -> Option<WaitStatus> {
        let status = self.end.as_ref()?.status;
        if self.command == self.followed && self.end.as_ref()?.changes.is_none() {
            let changes = ChangeQueue::new().ok().filter(|changes| {
                changes.watch_files_in(self.pidfile.directory()).is_ok()
                    && self.poller.add(changes, Interest::READ, 2).is_ok()
            });
            self.end.as_mut()?.changes = changes;
        }
        let daemon = self.pidfile.read();
        let has_left = self.command == self.followed && status == WaitStatus::Exited(0);
        if let Some((orphan, status)) = self.orphan
            && has_left
            && daemon == Some(orphan)
        {
            return Some(status);
        }
        if let Some(heir) = daemon.and_then(child_that_leads_to) {
            self.followed = heir;
            self.end = None;
            return None;
        }
        let left_somebody = has_left
            && self.stopped.is_none()
            && monotonic_nanoseconds() < self.end.as_ref()?.wait_until
            && has_children();
        (!left_somebody).then_some(status)
    }

    /// A wrapper that outlives the daemon which was stopped is stopped after a while.
    // Differs: pidproxy-waits-for-the-end
    fn see_to_the_wrapper(&mut self) {
        let Some(stopped) = &mut self.stopped else { return };
        let now = monotonic_nanoseconds();
        match stopped.tell_wrapper_at {
            None if has_ended(stopped.daemon) => {
                if let Some(watch) = stopped.watch.take() {
                    let _ = self.poller.remove(&watch);
                }
                stopped.tell_wrapper_at = Some(now + nanoseconds(WRAPPER_PATIENCE));
            }
            Some(due) if due <= now && self.end.is_none() => {
                let _ = kill(self.followed, stopped.signal);
                stopped.tell_wrapper_at = Some(u64::MAX);
            }
            _ => {}
        }
    }

    /// How long nothing needs to be looked at if nothing is heard.
    fn longest_wait(&self) -> Option<Duration> {
        let now = monotonic_nanoseconds();
        let until = |due: u64| Duration::from_nanos(due.saturating_sub(now));
        let for_pidfile = self.end.as_ref().map(|end| match end.changes {
            Some(_) => until(end.wait_until),
            None => LOOK_PAUSE,
        });
        let for_wrapper = self.stopped.as_ref().and_then(|stopped| match stopped.tell_wrapper_at {
            Some(u64::MAX) => None,
            Some(due) => Some(until(due)),
            None => stopped.watch.is_none().then_some(LOOK_PAUSE),
        });
        for_pidfile.into_iter().chain(for_wrapper).min()
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
