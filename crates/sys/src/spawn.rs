//! Starting a program: a child that borrows our memory until it becomes the program.
//!
//! `fork` copies the page tables of a grown daemon (tens of milliseconds for half a gigabyte) and
//! `posix_spawn` cannot change users. So the child is made as `vfork` makes it, with a stack of its own: it
//! shares our memory, we stand still until it has become the program or given up, and what went wrong it
//! simply writes down for us. It shares our table of descriptors, too, until it takes a small one of its own:
//! see `places`.
//!
//! The child may therefore not do anything that our memory could not survive: it allocates nothing, takes no
//! lock, unwinds never, has every signal blocked until all handlers are gone, and calls the kernel directly
//! where libc would tell other threads.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::os::fd::{BorrowedFd, RawFd};
use std::ptr;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Mutex, PoisonError};

use nix::errno::Errno;

use crate::close::{close_from, keep_below};
use crate::places::Places;
pub use crate::privileges::Credentials;
use crate::signals::{HIGHEST_SIGNAL, SignalMask};

/// Room for the child between clone and exec, which needs a few kilobytes.
const STACK_BYTES: usize = 64 * 1024;

/// The status of a child that could not become its program.
pub const EXIT_NOT_SPAWNED: i32 = 127;

/// All that a child is to be.
#[derive(Debug)]
pub struct SpawnPlan<'a> {
    /// The file to execute. No search, no shell.
    pub path: &'a CStr,
    /// Its arguments, the first of which is its name.
    pub argv: &'a [CString],
    /// Its whole environment, `NAME=value` each.
    pub env: &'a [CString],
    /// Its standard input.
    pub stdin: BorrowedFd<'a>,
    /// Its standard output.
    pub stdout: BorrowedFd<'a>,
    /// Its standard error; may be the same as `stdout`.
    pub stderr: BorrowedFd<'a>,
    /// Who it runs as; `None` for who we are.
    pub user: Option<Credentials>,
    /// Where it runs; `None` for where we are.
    pub directory: Option<&'a CStr>,
    /// Whether it leads a process group of its own; otherwise it is in ours.
    pub own_process_group: bool,
    /// Its file mode creation mask; `None` for ours.
    pub umask: Option<u32>,
    /// Which signals it has blocked.
    pub signal_mask: SignalMask,
    /// SIGPIPE and SIGXFSZ get their default; otherwise the child ignores them if we do.
    pub reset_sigpipe: bool,
}

/// A child that exists, even if only to be reaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spawned {
    /// Its process id, which is also the id of its process group if it has its own.
    pub pid: i32,
    /// Why it did not become its program. It then exits with [`EXIT_NOT_SPAWNED`] and must be reaped as any
    /// other.
    pub failed: Option<StepFailure>,
}

/// What a child could not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepFailure {
    /// What.
    pub step: Step,
    /// Why.
    pub errno: Errno,
}

/// The steps of a child towards its program, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Its own table of descriptors. Where the kernel has no such thing it is tried again in another way.
    Table,
    /// Its own process group.
    ProcessGroup,
    /// Standard input, output and error.
    Descriptors,
    /// Supplementary groups of the user.
    Groups,
    /// Primary group of the user.
    Group,
    /// The user.
    User,
    /// Working directory.
    Directory,
    /// The program itself.
    Exec,
}

impl Step {
    const ALL: [Self; 8] = [
        Self::Table,
        Self::ProcessGroup,
        Self::Descriptors,
        Self::Groups,
        Self::Group,
        Self::User,
        Self::Directory,
        Self::Exec,
    ];
}

/// Starts a child. Every failure before the child exists is an error, everything later is in
/// [`Spawned::failed`]. All our descriptors but the three stay ours alone.
///
/// # Errors
/// `EAGAIN` too many processes, `ENOMEM`; also when that is found only on the way to the program.
pub fn spawn(plan: &SpawnPlan<'_>) -> Result<Spawned, Errno> {
    let argv = pointers(plan.argv);
    let env = pointers(plan.env);
    let mut nursery = NURSERY.lock().unwrap_or_else(PoisonError::into_inner);
    let Nursery { stack, places, can_leave_table } = match &mut *nursery {
        Some(nursery) => nursery,
        none => none.insert(Nursery::new()?),
    };
    let streams = places.fill([plan.stdin, plan.stdout, plan.stderr])?;
    loop {
        let child = Child {
            plan,
            streams: streams.numbers(),
            shares_table: *can_leave_table,
            argv: argv.as_ptr(),
            env: env.as_ptr(),
            failed_step: AtomicI32::new(-1),
            failed_errno: AtomicI32::new(0),
        };
        let pid = child.make(stack)?;
        match child.failure() {
            Some(StepFailure { step: Step::Table, .. }) => {
                *can_leave_table = false;
                crate::reap::reap_one(pid);
            }
            // The child is of no use to anybody, and not to blame.
            Some(failure) if is_want(failure.errno) => {
                crate::reap::reap_one(pid);
                return Err(failure.errno);
            }
            failed => return Ok(Spawned { pid, failed }),
        }
    }
}

/// Whether the machine has no room for a program at present. A user who may have no more processes is told so only when
/// the child, which was still ours, becomes a program of that user's.
fn is_want(errno: Errno) -> bool {
    matches!(errno, Errno::EAGAIN | Errno::ENOMEM | Errno::EMFILE | Errno::ENFILE)
}

/// The null-terminated list that exec wants.
fn pointers(strings: &[CString]) -> Vec<*const c_char> {
    strings.iter().map(|string| string.as_ptr()).chain([ptr::null()]).collect()
}

static NURSERY: Mutex<Option<Nursery>> = Mutex::new(None);

/// What one child at a time needs of us.
struct Nursery {
    stack: Stack,
    places: Places,
    /// Whether a child can get out of a table of descriptors that it shares.
    can_leave_table: bool,
}

impl Nursery {
    fn new() -> Result<Self, Errno> {
        Ok(Self { stack: Stack::map()?, places: Places::take()?, can_leave_table: true })
    }
}

/// A stack for one child at a time, with a page below it that must not be touched.
struct Stack {
    lowest: *mut c_void,
    bytes: usize,
}

// SAFETY: it is only an address range, used by whoever holds the lock around it.
unsafe impl Send for Stack {}

impl Stack {
    fn map() -> Result<Self, Errno> {
        // Twice a page of the largest pages Linux has would be wasteful; a guard of 64 KiB fits every page size.
        let bytes = 2 * STACK_BYTES;
        // SAFETY: a new private mapping without a wished-for address touches nothing that exists.
        let lowest = unsafe {
            libc::mmap(
                ptr::null_mut(),
                bytes,
                libc::PROT_NONE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_STACK,
                -1,
                0,
            )
        };
        if lowest == libc::MAP_FAILED {
            return Err(Errno::last());
        }
        let stack = Self { lowest, bytes };
        // SAFETY: the upper half of our own new mapping.
        Errno::result(unsafe {
            libc::mprotect(
                stack.lowest.byte_add(STACK_BYTES),
                STACK_BYTES,
                libc::PROT_READ | libc::PROT_WRITE,
            )
        })?;
        Ok(stack)
    }

    /// Stacks grow down on every processor that Linux and we know.
    fn top(&mut self) -> *mut c_void {
        // SAFETY: one past the end of the mapping, which is aligned to a page.
        unsafe { self.lowest.byte_add(self.bytes) }
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        // SAFETY: our own mapping, which nobody uses any more.
        unsafe { libc::munmap(self.lowest, self.bytes) };
    }
}

/// What the child sees of us.
struct Child<'a> {
    plan: &'a SpawnPlan<'a>,
    streams: [RawFd; 3],
    shares_table: bool,
    argv: *const *const c_char,
    env: *const *const c_char,
    failed_step: AtomicI32,
    failed_errno: AtomicI32,
}

impl Child<'_> {
    /// Returns when the child is out of our memory.
    fn make(&self, stack: &mut Stack) -> Result<i32, Errno> {
        let before = SignalMask::full().install()?;
        let table = if self.shares_table { libc::CLONE_FILES } else { 0 };
        let flags = libc::CLONE_VM | libc::CLONE_VFORK | libc::SIGCHLD | table;
        // SAFETY: the child runs `run_child` on a stack that nobody else uses while the lock is held, and we do
        // not continue until it has left our memory (CLONE_VFORK), so everything that it borrows stays alive and
        // unchanged. It leaves our table of descriptors before it changes it, and follows the rules at the top of
        // this file.
        let pid = Errno::result(unsafe {
            libc::clone(run_child, stack.top(), flags, ptr::from_ref(self).cast_mut().cast::<c_void>())
        });
        before.install()?;
        pid
    }

    fn failure(&self) -> Option<StepFailure> {
        let index = usize::try_from(self.failed_step.load(Ordering::Acquire)).ok()?;
        let step = Step::ALL.get(index).copied()?;
        Some(StepFailure { step, errno: Errno::from_raw(self.failed_errno.load(Ordering::Acquire)) })
    }
}

extern "C" fn run_child(child: *mut c_void) -> c_int {
    // SAFETY: the pointer that `spawn` passed, to a value that lives until we are gone.
    let child = unsafe { &*child.cast::<Child<'_>>() };
    // SAFETY: we are the child of a clone that shares its parent's memory.
    let Err(StepFailure { step, errno }) = unsafe { become_program(child) };
    child.failed_errno.store(errno as i32, Ordering::Release);
    child.failed_step.store(step as i32, Ordering::Release);
    // SAFETY: leaves at once, without running anything of our parent's.
    unsafe { libc::_exit(EXIT_NOT_SPAWNED) }
}

/// Never returns when all goes well.
///
/// # Safety
/// Only for the child of a clone: it changes the whole process.
unsafe fn become_program(child: &Child<'_>) -> Result<std::convert::Infallible, StepFailure> {
    let plan = child.plan;
    if child.shares_table {
        let highest = child.streams.into_iter().fold(2, RawFd::max);
        // SAFETY: nothing of this process uses a higher one after this.
        unsafe { keep_below(highest + 1) }.map_err(|errno| StepFailure { step: Step::Table, errno })?;
    }
    if plan.own_process_group {
        // SAFETY: plain numbers.
        at(Step::ProcessGroup, unsafe { libc::setpgid(0, 0) })?;
    }
    // SAFETY: the table is ours alone by now.
    unsafe { arrange_descriptors(child.streams) }?;
    if let Some(user) = &plan.user {
        // SAFETY: the child's credentials are its own.
        unsafe { become_user(user) }?;
    }
    if let Some(directory) = plan.directory {
        // SAFETY: a string that ends in NUL.
        at(Step::Directory, unsafe { libc::chdir(directory.as_ptr()) })?;
    }
    if let Some(mask) = plan.umask {
        // SAFETY: plain numbers.
        unsafe { libc::umask(mask) };
    }
    // SAFETY: only "default" is installed; the set is initialised; the strings and lists end in NUL and live.
    unsafe {
        reset_dispositions(plan.reset_sigpipe);
        libc::sigprocmask(libc::SIG_SETMASK, plan.signal_mask.raw(), ptr::null_mut());
        libc::execve(plan.path.as_ptr(), child.argv, child.env);
    }
    Err(StepFailure { step: Step::Exec, errno: Errno::last() })
}

fn at(step: Step, result: c_int) -> Result<c_int, StepFailure> {
    Errno::result(result).map_err(|errno| StepFailure { step, errno })
}

/// Puts the three where they belong and closes the rest.
///
/// # Safety
/// Only for the child of a clone with a table of its own, whose streams lie beyond the standard ones.
unsafe fn arrange_descriptors(streams: [RawFd; 3]) -> Result<(), StepFailure> {
    for (target, source) in (0..).zip(streams) {
        // SAFETY: plain numbers.
        at(Step::Descriptors, unsafe { libc::dup2(source, target) })?;
    }
    // SAFETY: nothing of this process uses a descriptor from 3 on after this.
    unsafe { close_from(3) };
    Ok(())
}

/// # Safety
/// Only for the child of a clone: the direct calls change this process without telling libc.
unsafe fn become_user(user: &Credentials) -> Result<(), StepFailure> {
    // Compat: same-user-is-no-switch
    // SAFETY: takes nothing.
    if unsafe { libc::getuid() } == user.uid {
        return Ok(());
    }
    let call = |step, result: libc::c_long| {
        Errno::result(result).map(drop).map_err(|errno| StepFailure { step, errno })
    };
    // SAFETY: the list is valid for its length, the rest are plain numbers.
    unsafe {
        call(Step::Groups, libc::syscall(libc::SYS_setgroups, user.groups.len(), user.groups.as_ptr()))?;
        call(Step::Group, libc::syscall(libc::SYS_setgid, user.gid))?;
        call(Step::User, libc::syscall(libc::SYS_setuid, user.uid))
    }
}

/// # Safety
/// Only for the child of a clone.
unsafe fn reset_dispositions(reset_sigpipe: bool) {
    for signal in 1..=HIGHEST_SIGNAL {
        if reset_sigpipe || (signal != libc::SIGPIPE && signal != libc::SIGXFSZ) {
            // SIGKILL and SIGSTOP are refused, which is fine.
            // SAFETY: the caller's promise.
            let _ = unsafe { crate::signals::restore_default(signal) };
        }
    }
}
