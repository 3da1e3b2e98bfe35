//! What processes take, as the kernel counts it, and the end of all of them.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use supervisor_worlds::processes::descendants;

const PAUSE_BETWEEN_KILLS: Duration = Duration::from_millis(5);

/// What supervising took so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Usage {
    /// Processor time.
    pub(crate) processor_seconds: f64,
    /// How often a processor was taken.
    pub(crate) wakeups: f64,
}

impl Usage {
    /// What was taken since an earlier moment.
    pub(crate) fn since(self, earlier: Self) -> Self {
        Self {
            processor_seconds: self.processor_seconds - earlier.processor_seconds,
            wakeups: self.wakeups - earlier.wakeups,
        }
    }
}

/// Everybody below this process but the child programs: a supervisor with all its helpers.
pub(crate) fn supervisors(child: &Path) -> Vec<i32> {
    let me = own_pid();
    let pids = descendants(me).into_iter().map(|process| process.pid);
    pids.filter(|pid| fs::read_link(format!("/proc/{pid}/exe")).is_ok_and(|exe| exe != child)).collect()
}

/// The proportional share of memory of these processes.
pub(crate) fn pss_mebibytes(pids: &[i32]) -> f64 {
    let kibibytes = |pid: &i32| {
        let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
        let line = rollup.lines().find(|line| line.starts_with("Pss:"))?;
        line.split_whitespace().nth(1)?.parse::<f64>().ok()
    };
    pids.iter().filter_map(kibibytes).sum::<f64>() / 1024.0
}

/// What these processes have taken, all threads together.
pub(crate) fn usage(pids: &[i32]) -> Usage {
    let mut usage = Usage::default();
    for pid in pids {
        let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else { continue };
        for thread in threads.flatten() {
            // Nanoseconds on a processor, nanoseconds waiting for one, how often it got one.
            let text = fs::read_to_string(thread.path().join("schedstat")).unwrap_or_default();
            let mut fields = text.split_whitespace().map(|field| field.parse::<f64>().unwrap_or(0.0));
            usage.processor_seconds += fields.next().unwrap_or(0.0) / 1e9;
            usage.wakeups += fields.nth(1).unwrap_or(0.0);
        }
    }
    usage
}

/// Kills everything below this process and waits until it is gone.
pub(crate) fn end_everything() {
    loop {
        for process in descendants(own_pid()) {
            // It may have ended since it was listed.
            let _ = kill(Pid::from_raw(process.pid), Signal::SIGKILL);
        }
        loop {
            match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
                Err(Errno::ECHILD) => return,
                Ok(WaitStatus::StillAlive) | Err(_) => break,
                Ok(_) => {}
            }
        }
        thread::sleep(PAUSE_BETWEEN_KILLS);
    }
}

fn own_pid() -> i32 {
    i32::try_from(std::process::id()).unwrap_or(0)
}
