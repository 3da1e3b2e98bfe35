//! Keeps so many children alive, starts a hundred more when told to, and stops them all.

use std::collections::HashSet;
use std::ffi::CString;
use std::fs::File;
use std::os::fd::AsFd;

use supervisor_sys::poll::{Interest, Poller};
use supervisor_sys::reap::reap;
use supervisor_sys::signals::{SignalFd, SignalMask, block_for_signalfd, kill};

use super::child;
use crate::Trouble;

const SIGKILL: i32 = 9;
const SIGUSR2: i32 = 12;
const SIGTERM: i32 = 15;
const SIGCHLD: i32 = 17;
/// So many more on SIGUSR2.
const FURTHER: usize = 100;

struct Keeper {
    words: Vec<CString>,
    null: File,
    mask: SignalMask,
    alive: HashSet<i32>,
}

/// Runs until SIGTERM.
pub(super) fn run(count: usize, words: &[&str]) -> Result<(), Trouble> {
    let (signals, mask) = block_for_signalfd(&[SIGUSR2, SIGTERM, SIGCHLD])?;
    let words = child::words(words)?;
    let null = File::options().read(true).write(true).open("/dev/null")?;
    let mut keeper = Keeper { words, null, mask, alive: HashSet::new() };
    for _ in 0..count {
        keeper.start()?;
    }
    let poller = Poller::new()?;
    poller.add(&signals, Interest::READ, 0)?;
    let mut events = Vec::new();
    loop {
        poller.wait(&mut events, None)?;
        if !keeper.hear(&signals)? {
            return Ok(());
        }
    }
}

impl Keeper {
    fn start(&mut self) -> Result<(), Trouble> {
        let null = self.null.as_fd();
        let spawned = child::start(&self.words, null, null, self.mask)?;
        self.alive.insert(spawned.pid);
        Ok(())
    }

    /// False when it is over.
    fn hear(&mut self, signals: &SignalFd) -> Result<bool, Trouble> {
        while let Some(signal) = signals.read() {
            match signal {
                SIGTERM => return self.stop().map(|()| false),
                SIGUSR2 => (0..FURTHER).try_for_each(|_| self.start())?,
                _ => {}
            }
        }
        while let Some((pid, _)) = reap()? {
            self.alive.remove(&pid);
            self.start()?;
        }
        Ok(true)
    }

    fn stop(&mut self) -> Result<(), Trouble> {
        for &pid in &self.alive {
            kill(pid, SIGKILL)?;
        }
        while !self.alive.is_empty() {
            while let Some((pid, _)) = reap()? {
                self.alive.remove(&pid);
            }
        }
        Ok(())
    }
}
