//! Waiting for descriptors: epoll, and a bell that other threads can ring.

use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use nix::errno::Errno;

/// How many events one wait returns at most; the rest comes with the next.
const EVENTS_PER_WAIT: usize = 256;

/// What to wait for. A hang-up is always reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interest {
    /// Something can be read, or the other side is gone.
    pub read: bool,
    /// Something can be written.
    pub write: bool,
}

impl Interest {
    /// Only reading.
    pub const READ: Self = Self { read: true, write: false };
    /// Only writing.
    pub const WRITE: Self = Self { read: false, write: true };
    /// Neither: only a hang-up.
    pub const NONE: Self = Self { read: false, write: false };

    fn bits(self) -> u32 {
        let read = if self.read { libc::EPOLLIN } else { 0 };
        let write = if self.write { libc::EPOLLOUT } else { 0 };
        (read | write).cast_unsigned()
    }
}

/// What happened to one descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// The number given when it was added.
    pub token: u64,
    /// Bytes wait to be read.
    pub readable: bool,
    /// There is room to write.
    pub writable: bool,
    /// The other side is gone (bytes may still wait), or the descriptor is in error.
    pub hangup: bool,
}

/// A set of descriptors to wait for, level-triggered.
#[derive(Debug)]
pub struct Poller {
    epoll: OwnedFd,
    /// The kernel is older than 5.11 and only counts milliseconds.
    only_milliseconds: AtomicBool,
}

impl Poller {
    /// An empty set.
    ///
    /// # Errors
    /// `EMFILE` and the like.
    pub fn new() -> Result<Self, Errno> {
        // SAFETY: epoll_create1 takes only flags.
        let fd = Errno::result(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) })?;
        // SAFETY: the kernel has just given us this descriptor and nobody else knows it.
        let epoll = unsafe { OwnedFd::from_raw_fd(fd) };
        Ok(Self { epoll, only_milliseconds: AtomicBool::new(false) })
    }

    /// Adds a descriptor; its events carry `token`. Closing its last copy removes it.
    ///
    /// # Errors
    /// `EEXIST` it is there already; `EPERM` a file that is always ready (a regular file).
    pub fn add(&self, fd: impl AsFd, interest: Interest, token: u64) -> Result<(), Errno> {
        self.control(libc::EPOLL_CTL_ADD, fd.as_fd(), interest, token)
    }

    /// Changes what to wait for.
    ///
    /// # Errors
    /// `ENOENT` it is not in the set.
    pub fn modify(&self, fd: impl AsFd, interest: Interest, token: u64) -> Result<(), Errno> {
        self.control(libc::EPOLL_CTL_MOD, fd.as_fd(), interest, token)
    }

    /// Takes a descriptor out.
    ///
    /// # Errors
    /// `ENOENT` it is not in the set.
    pub fn remove(&self, fd: impl AsFd) -> Result<(), Errno> {
        self.control(libc::EPOLL_CTL_DEL, fd.as_fd(), Interest::NONE, 0)
    }

    fn control(
        &self,
        operation: i32,
        fd: BorrowedFd<'_>,
        interest: Interest,
        token: u64,
    ) -> Result<(), Errno> {
        let mut event = libc::epoll_event { events: interest.bits(), u64: token };
        let (epoll, fd) = (self.epoll.as_raw_fd(), fd.as_raw_fd());
        // SAFETY: both descriptors are open for the whole call and `event` is initialised.
        Errno::result(unsafe { libc::epoll_ctl(epoll, operation, fd, &raw mut event) }).map(drop)
    }

    /// Waits until something happens or `timeout` is over (`None`: for ever) and replaces the contents of
    /// `events` with what happened. Never returns before the timeout without an event, except when a
    /// signal handler ran.
    ///
    /// # Errors
    /// None that can happen to a valid set.
    pub fn wait(&self, events: &mut Vec<Event>, timeout: Option<Duration>) -> Result<(), Errno> {
        events.clear();
        let mut buffer = [const { MaybeUninit::<libc::epoll_event>::uninit() }; EVENTS_PER_WAIT];
        let count = match self.wait_raw(&mut buffer, timeout) {
            Ok(count) => count,
            Err(Errno::EINTR) => 0,
            Err(errno) => return Err(errno),
        };
        events.extend(buffer.iter().take(count).map(|slot| {
            // SAFETY: the kernel has initialised the first `count` slots.
            let event = unsafe { slot.assume_init() };
            let has = |bits: i32| event.events & bits.cast_unsigned() != 0;
            Event {
                token: event.u64,
                readable: has(libc::EPOLLIN),
                writable: has(libc::EPOLLOUT),
                hangup: has(libc::EPOLLHUP | libc::EPOLLERR),
            }
        }));
        Ok(())
    }

    fn wait_raw(
        &self,
        buffer: &mut [MaybeUninit<libc::epoll_event>],
        timeout: Option<Duration>,
    ) -> Result<usize, Errno> {
        let (epoll, room) = (self.epoll.as_raw_fd(), i32::try_from(buffer.len()).unwrap_or(i32::MAX));
        let start = buffer.as_mut_ptr().cast::<libc::epoll_event>();
        if !self.only_milliseconds.load(Ordering::Relaxed) {
            let limit = timeout.map(timespec);
            let limit = limit.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
            // SAFETY: the buffer has `room` slots, the time (if any) outlives the call, no mask is passed.
            let count = unsafe {
                libc::syscall(
                    libc::SYS_epoll_pwait2,
                    epoll,
                    start,
                    room,
                    limit,
                    std::ptr::null::<u8>(),
                    0_usize,
                )
            };
            match Errno::result(count) {
                Err(Errno::ENOSYS) => self.only_milliseconds.store(true, Ordering::Relaxed),
                outcome => return outcome.map(|count| usize::try_from(count).unwrap_or(0)),
            }
        }
        // SAFETY: the buffer has `room` slots.
        let count = unsafe { libc::epoll_wait(epoll, start, room, milliseconds(timeout)) };
        Errno::result(count).map(|count| usize::try_from(count).unwrap_or(0))
    }
}

fn timespec(duration: Duration) -> libc::timespec {
    libc::timespec {
        tv_sec: libc::time_t::try_from(duration.as_secs()).unwrap_or(libc::time_t::MAX),
        tv_nsec: duration.subsec_nanos().into(),
    }
}

/// Rounded up, because a wait that ends before its deadline would spin until the deadline.
fn milliseconds(timeout: Option<Duration>) -> i32 {
    timeout.map_or(-1, |duration| i32::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(i32::MAX))
}

/// Wakes whoever waits for it, from any thread. Ringing twice before it is heard is ringing once.
#[derive(Clone, Debug)]
pub struct Bell(Arc<OwnedFd>);

impl Bell {
    /// A silent bell.
    ///
    /// # Errors
    /// `EMFILE` and the like.
    pub fn new() -> Result<Self, Errno> {
        // SAFETY: eventfd takes plain numbers.
        let fd = Errno::result(unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) })?;
        // SAFETY: the kernel has just given us this descriptor and nobody else knows it.
        Ok(Self(Arc::new(unsafe { OwnedFd::from_raw_fd(fd) })))
    }

    /// Makes it readable.
    pub fn ring(&self) {
        // A counter that is full is a bell that rings already, so no failure matters.
        let _ = nix::unistd::write(&*self.0, &1_u64.to_ne_bytes());
    }

    /// Makes it unreadable until the next ring.
    pub fn silence(&self) {
        let mut counter = [0; 8];
        // A failure means that it did not ring.
        let _ = nix::unistd::read(&*self.0, &mut counter);
    }
}

impl AsFd for Bell {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipes::{self, Ours};

    fn wait_once(poller: &Poller) -> Vec<Event> {
        let mut events = Vec::new();
        poller.wait(&mut events, Some(Duration::ZERO)).unwrap();
        events
    }

    #[test]
    fn a_bell_wakes_the_waiter_until_it_is_silenced() {
        let (poller, bell) = (Poller::new().unwrap(), Bell::new().unwrap());
        poller.add(&bell, Interest::READ, 7).unwrap();
        assert_eq!(wait_once(&poller), []);
        let ringer = bell.clone();
        let thread = std::thread::spawn(move || {
            ringer.ring();
            ringer.ring();
        });
        let mut events = Vec::new();
        poller.wait(&mut events, None).unwrap();
        assert_eq!(events, [Event { token: 7, readable: true, writable: false, hangup: false }]);
        thread.join().unwrap();
        bell.silence();
        assert_eq!(wait_once(&poller), []);
    }

    #[test]
    fn a_pipe_whose_writer_is_gone_hangs_up_with_its_last_bytes_readable() {
        let poller = Poller::new().unwrap();
        let (reader, writer) = pipes::pipe(Ours::Read).unwrap();
        poller.add(&reader, Interest::READ, 1).unwrap();
        pipes::write(writer.as_fd(), b"x").unwrap();
        drop(writer);
        assert_eq!(wait_once(&poller), [Event { token: 1, readable: true, writable: false, hangup: true }]);
        poller.remove(&reader).unwrap();
        assert_eq!(wait_once(&poller), []);
    }

    #[test]
    fn the_interest_can_be_changed() {
        let poller = Poller::new().unwrap();
        let (_reader, writer) = pipes::pipe(Ours::Write).unwrap();
        poller.add(&writer, Interest::NONE, 1).unwrap();
        assert_eq!(wait_once(&poller), []);
        poller.modify(&writer, Interest::WRITE, 2).unwrap();
        assert_eq!(wait_once(&poller), [Event { token: 2, readable: false, writable: true, hangup: false }]);
    }

    #[test]
    fn a_wait_never_ends_before_its_time() {
        for old_kernel in [false, true] {
            let poller = Poller::new().unwrap();
            poller.only_milliseconds.store(old_kernel, Ordering::Relaxed);
            let before = crate::clock::monotonic_nanoseconds();
            poller.wait(&mut Vec::new(), Some(Duration::from_nanos(1_500_001))).unwrap();
            assert!(crate::clock::monotonic_nanoseconds() - before >= 1_500_001);
        }
    }

    #[test]
    fn times_are_rounded_up_and_never_overflow() {
        assert_eq!(milliseconds(None), -1);
        assert_eq!(milliseconds(Some(Duration::ZERO)), 0);
        assert_eq!(milliseconds(Some(Duration::from_nanos(1))), 1);
        assert_eq!(milliseconds(Some(Duration::from_millis(5))), 5);
        assert_eq!(milliseconds(Some(Duration::MAX)), i32::MAX);
    }

    #[test]
    fn more_events_than_one_wait_returns_come_with_the_next() {
        let poller = Poller::new().unwrap();
        let bells: Vec<Bell> = (0..EVENTS_PER_WAIT + 1).map(|_| Bell::new().unwrap()).collect();
        for (token, bell) in (0..).zip(&bells) {
            poller.add(bell, Interest::READ, token).unwrap();
            bell.ring();
        }
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..3 {
            seen.extend(wait_once(&poller).iter().map(|event| event.token));
        }
        assert_eq!(seen.len(), bells.len());
    }
}
