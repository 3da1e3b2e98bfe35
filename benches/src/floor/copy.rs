//! Copies what children write into files, and rotates them.

use std::fs::{self, File};
use std::os::fd::{AsFd, OwnedFd};
use std::thread;
use std::time::Duration;

use supervisor_sys::aligned::AlignedBuffer;
use supervisor_sys::pipes::{Ours, Read, enlarge, pipe, read};
use supervisor_sys::poll::{Interest, Poller};
use supervisor_sys::signals::SignalMask;

use super::child::{start, words};
use crate::Trouble;
use crate::logged::{BACKUPS, ROTATE_BYTES};

const BUFFER_BYTES: usize = 256 << 10;
/// A read of fewer bytes found a writer that is slower than we are.
const SHORT_READ_BYTES: usize = 32 << 10;
/// How long writers may go on alone then.
const NAP: Duration = Duration::from_micros(500);
/// What they write meanwhile must fit into their pipe.
const PIPE_BYTES: usize = 256 << 10;

struct Copy {
    pipe: OwnedFd,
    path: String,
    file: File,
    written: u64,
    is_large: bool,
    has_ended: bool,
}

/// Runs until it is killed: what it has taken can be asked for as long as it lives.
pub(super) fn run(count: usize, prefix: &str, program: &[&str]) -> Result<(), Trouble> {
    let poller = Poller::new()?;
    let mut copies = Vec::new();
    for number in 0..count {
        let copy = Copy::new(format!("{prefix}{number}.log"), program)?;
        poller.add(&copy.pipe, Interest::READ, number as u64)?;
        copies.push(copy);
    }
    let (mut events, mut buffer) = (Vec::new(), AlignedBuffer::new(BUFFER_BYTES));
    let mut open = count;
    while open > 0 {
        poller.wait(&mut events, None)?;
        let mut most = 0;
        for event in &events {
            let copy = &mut copies[usize::try_from(event.token)?];
            match copy.step(&mut buffer)? {
                Some(count) => most = most.max(count),
                None => {
                    poller.remove(&copy.pipe)?;
                    copy.has_ended = true;
                    open -= 1;
                }
            }
        }
        if most < SHORT_READ_BYTES {
            for copy in copies.iter_mut().filter(|copy| !copy.is_large) {
                enlarge(copy.pipe.as_fd(), PIPE_BYTES)?;
                copy.is_large = true;
            }
            // The kernel calls whoever watches a pipe at every single write.
            let busy: Vec<_> = events.iter().map(|event| event.token).collect();
            for token in &busy {
                // It may have ended.
                let _ = poller.remove(&copies[usize::try_from(*token)?].pipe);
            }
            thread::sleep(NAP);
            for token in busy {
                let copy = &copies[usize::try_from(token)?];
                if !copy.has_ended {
                    poller.add(&copy.pipe, Interest::READ, token)?;
                }
            }
        }
    }
    loop {
        thread::park();
    }
}

impl Copy {
    fn new(path: String, program: &[&str]) -> Result<Self, Trouble> {
        let (ours, theirs) = pipe(Ours::Read)?;
        let null = File::open("/dev/null")?;
        start(&words(program)?, null.as_fd(), theirs.as_fd(), SignalMask::empty())?;
        let file = append(&path)?;
        Ok(Self { pipe: ours, path, file, written: 0, is_large: false, has_ended: false })
    }

    /// How much there was; nothing at the end.
    fn step(&mut self, buffer: &mut [u8]) -> Result<Option<usize>, Trouble> {
        let count = match read(self.pipe.as_fd(), buffer)? {
            Read::Bytes(count) => count,
            Read::WouldBlock => 0,
            Read::End => return Ok(None),
        };
        std::io::Write::write_all(&mut self.file, &buffer[..count])?;
        self.written += count as u64;
        if self.written >= ROTATE_BYTES {
            self.rotate()?;
        }
        Ok(Some(count))
    }

    fn rotate(&mut self) -> Result<(), Trouble> {
        for number in (1..BACKUPS).rev() {
            // There may be fewer yet.
            let _ = fs::rename(format!("{}.{number}", self.path), format!("{}.{}", self.path, number + 1));
        }
        fs::rename(&self.path, format!("{}.1", self.path))?;
        self.file = append(&self.path)?;
        self.written = 0;
        Ok(())
    }
}

fn append(path: &str) -> Result<File, Trouble> {
    Ok(File::options().append(true).create(true).open(path)?)
}
