//! What child programs say when they run: their pid and the time, through a pipe that has a name.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nix::fcntl::OFlag;
use nix::sys::stat::Mode;
use supervisor_sys::poll::{Interest, Poller};

use crate::Trouble;

/// How large a mark is. Writes of so few bytes are never torn.
const MARK_BYTES: usize = 16;
/// How many marks are read at once.
const MARKS_PER_READ: usize = 512;

/// One child's first instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) pid: i32,
    /// On the monotonic clock.
    pub(crate) nanoseconds: u64,
}

/// The pipe that children write their marks to.
#[derive(Debug)]
pub(crate) struct Marks {
    path: PathBuf,
    pipe: File,
    poller: Poller,
}

impl Marks {
    /// A new pipe of that name.
    pub(crate) fn new(path: &Path) -> Result<Self, Trouble> {
        nix::unistd::mkfifo(path, Mode::from_bits_truncate(0o622))?;
        // With a writer of our own the pipe has no end while no child has it open.
        let flags = OFlag::O_NONBLOCK.bits();
        let pipe = OpenOptions::new().read(true).write(true).custom_flags(flags).open(path)?;
        let poller = Poller::new()?;
        poller.add(&pipe, Interest::READ, 0)?;
        Ok(Self { path: path.to_owned(), pipe, poller })
    }

    /// Where children find it.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The marks that are there now.
    pub(crate) fn present(&mut self) -> Vec<Mark> {
        let mut buffer = [0; MARK_BYTES * MARKS_PER_READ];
        let mut marks = Vec::new();
        while let Ok(count @ 1..) = self.pipe.read(&mut buffer) {
            marks.extend(buffer[..count].chunks_exact(MARK_BYTES).filter_map(parse));
        }
        marks
    }

    /// Waits for so many marks.
    pub(crate) fn wait(&mut self, count: usize, patience: Duration) -> Result<Vec<Mark>, Trouble> {
        let deadline = Instant::now() + patience;
        let mut marks = self.present();
        let mut events = Vec::new();
        while marks.len() < count {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(format!("{} of {count} programs ran within {patience:?}", marks.len()).into());
            }
            self.poller.wait(&mut events, Some(left))?;
            marks.extend(self.present());
        }
        Ok(marks)
    }
}

fn parse(bytes: &[u8]) -> Option<Mark> {
    let (pid, nanoseconds) = bytes.split_at_checked(8)?;
    let pid = u64::from_ne_bytes(pid.try_into().ok()?);
    Some(Mark {
        pid: i32::try_from(pid).ok()?,
        nanoseconds: u64::from_ne_bytes(nanoseconds.try_into().ok()?),
    })
}
