//! The reaping sweep. Without the test harness: it takes every child there is, and a SIGCHLD goes to whichever
//! thread does not block it.

use std::process::Command;

use supervisor_sys::reap::{WaitStatus, reap};
use supervisor_sys::signals::{block_for_signalfd, kill, kill_group};

fn main() {
    every_dead_child_is_told_once_and_then_none();
}

fn every_dead_child_is_told_once_and_then_none() {
    assert_eq!(reap(), Ok(None), "no children at all");
    let (signals, _) = block_for_signalfd(&[libc::SIGCHLD]).unwrap();
    let shell = |script| Command::new("/bin/sh").args(["-c", script]).spawn().unwrap().id().cast_signed();
    let exiting = shell("exit 7");
    let killed = shell("kill -TERM $$");
    let living = shell("exec sleep 600");
    assert_eq!(kill_group(living, 0), Err(supervisor_sys::Errno::ESRCH), "it leads no group");

    let mut dead = Vec::new();
    while dead.len() < 2 {
        dead.extend(std::iter::from_fn(|| reap().unwrap()));
        std::thread::yield_now();
    }
    dead.sort_unstable_by_key(|&(pid, _)| pid != exiting);
    assert_eq!(
        dead,
        [
            (exiting, WaitStatus::Exited(7)),
            (killed, WaitStatus::Signaled { signal: libc::SIGTERM, core: false })
        ]
    );
    assert_eq!(reap(), Ok(None), "one still lives");
    assert_eq!(signals.read(), Some(libc::SIGCHLD));
    kill(living, libc::SIGKILL).unwrap();
    let end = std::iter::repeat_with(|| {
        std::thread::yield_now();
        reap().unwrap()
    })
    .find_map(|dead| dead);
    assert_eq!(end, Some((living, WaitStatus::Signaled { signal: libc::SIGKILL, core: false })));
}
