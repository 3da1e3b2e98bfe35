//! Starting a child of the floor.

use std::ffi::CString;
use std::os::fd::BorrowedFd;

use supervisor_sys::signals::SignalMask;
use supervisor_sys::spawn::{SpawnPlan, Spawned, spawn};

use crate::Trouble;

/// The words of a command line as a child gets them.
pub(super) fn words(words: &[&str]) -> Result<Vec<CString>, Trouble> {
    Ok(words.iter().map(|word| CString::new(*word)).collect::<Result<_, _>>()?)
}

/// Starts a child with these streams, of which standard error is standard output.
pub(super) fn start(
    words: &[CString],
    stdin: BorrowedFd<'_>,
    stdout: BorrowedFd<'_>,
    signal_mask: SignalMask,
) -> Result<Spawned, Trouble> {
    Ok(spawn(&SpawnPlan {
        path: &words[0],
        argv: words,
        env: &[],
        stdin,
        stdout,
        stderr: stdout,
        user: None,
        directory: None,
        umask: None,
        own_process_group: true,
        signal_mask,
        reset_sigpipe: false,
    })?)
}
