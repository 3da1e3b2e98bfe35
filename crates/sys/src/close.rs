//! Closing every descriptor from a number on, in a child that may not allocate.

use std::os::fd::RawFd;

use nix::errno::Errno;

/// Closes every descriptor from `first` on.
///
/// # Safety
/// Only for a process that will use none of them again, such as a child about to exec.
pub(crate) unsafe fn close_from(first: RawFd) {
    // SAFETY: plain numbers; what is closed is the caller's promise.
    let closed = unsafe { libc::syscall(libc::SYS_close_range, first, u32::MAX, 0) };
    if closed != 0 {
        // SAFETY: the caller's promise.
        unsafe { close_listed(first) };
    }
}

/// `CLOSE_RANGE_UNSHARE`: the closing happens in a table of one's own, to which nothing else is even copied.
const UNSHARE: libc::c_uint = 1 << 1;

/// Leaves a table of descriptors that is shared with others for one of one's own, in which only what is below `end` is.
///
/// # Errors
/// `ENOSYS` on a kernel before 5.9, `EPERM` in a container that does not know the call; then nothing has changed.
///
/// # Safety
/// Only for a process that will use no descriptor from `end` on again, such as a child about to exec.
pub(crate) unsafe fn keep_below(end: RawFd) -> Result<(), Errno> {
    // SAFETY: plain numbers; what is closed is the caller's promise.
    Errno::result(unsafe { libc::syscall(libc::SYS_close_range, end, u32::MAX, UNSHARE) }).map(drop)
}

/// For kernels before 5.9: what `/proc` lists, or every number that is possible.
///
/// # Safety
/// As [`close_from`].
unsafe fn close_listed(first: RawFd) {
    // SAFETY: a string that ends in NUL, and flags.
    let directory = unsafe {
        libc::open(c"/proc/self/fd".as_ptr(), libc::O_RDONLY | libc::O_DIRECTORY | libc::O_CLOEXEC)
    };
    if directory < 0 {
        // SAFETY: sysconf takes a plain number.
        let limit = unsafe { libc::sysconf(libc::_SC_OPEN_MAX) };
        for fd in first..RawFd::try_from(limit).unwrap_or(65_536) {
            // SAFETY: the caller's promise.
            unsafe { libc::close(fd) };
        }
        return;
    }
    let mut buffer = Records([0; 1024]);
    loop {
        // SAFETY: the buffer is valid for its length.
        let filled =
            unsafe { libc::syscall(libc::SYS_getdents64, directory, buffer.0.as_mut_ptr(), buffer.0.len()) };
        let Ok(filled @ 1..) = usize::try_from(filled) else { break };
        let mut rest = &buffer.0[..filled.min(buffer.0.len())];
        while let Some((fd, after)) = next_descriptor(rest) {
            if let Some(fd) = fd.filter(|&fd| fd >= first && fd != directory) {
                // SAFETY: the caller's promise.
                unsafe { libc::close(fd) };
            }
            rest = after;
        }
    }
    // SAFETY: opened above.
    unsafe { libc::close(directory) };
}

/// Aligned as the kernel writes directory records.
#[repr(align(8))]
struct Records([u8; 1024]);

/// Splits off the first directory record: the number that is its name, and the records after it.
fn next_descriptor(records: &[u8]) -> Option<(Option<RawFd>, &[u8])> {
    // ino: u64, off: i64, reclen: u16, type: u8, name...
    let length = usize::from(u16::from_ne_bytes([*records.get(16)?, *records.get(17)?]));
    let record = records.get(19..length)?;
    let name = record.split(|&byte| byte == 0).next()?;
    let number = std::str::from_utf8(name).ok().and_then(|name| name.parse().ok());
    Some((number, records.get(length..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs `body` in a forked child, which may only make system calls, and returns its exit status.
    fn in_child(body: impl FnOnce() -> i32) -> i32 {
        // SAFETY: the child only makes system calls and leaves by _exit.
        match unsafe { libc::fork() } {
            0 => {
                let status = body();
                // SAFETY: leaves at once.
                unsafe { libc::_exit(status) }
            }
            child => {
                let mut status = 0;
                // SAFETY: `status` is a valid place for one int.
                assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
                assert!(libc::WIFEXITED(status), "{status:#x}");
                libc::WEXITSTATUS(status)
            }
        }
    }

    fn open_from_3_to_400() -> i32 {
        // SAFETY: plain numbers.
        (3..400).map(|fd| i32::from(unsafe { libc::fcntl(fd, libc::F_GETFD) } >= 0)).sum()
    }

    #[test]
    fn both_ways_close_everything_from_a_number_on() {
        for close in [close_from as unsafe fn(RawFd), close_listed as unsafe fn(RawFd)] {
            let left = in_child(|| {
                for target in 3..300 {
                    // SAFETY: plain numbers, in a child.
                    unsafe { libc::dup2(2, target) };
                }
                // SAFETY: this child only looks at numbers afterwards.
                unsafe { close(5) };
                open_from_3_to_400()
            });
            assert_eq!(left, 2, "3 and 4 stay");
        }
    }

    #[test]
    fn a_record_that_is_cut_short_ends_the_list() {
        assert!(next_descriptor(&[]).is_none());
        assert!(next_descriptor(&[0; 24]).is_none(), "a length of zero would never end");
        let mut record = [0_u8; 24];
        record[16] = 24;
        record[19..21].copy_from_slice(b"12");
        assert_eq!(next_descriptor(&record), Some((Some(12), &[][..])));
        record[16] = 25;
        assert!(next_descriptor(&record).is_none());
    }
}
