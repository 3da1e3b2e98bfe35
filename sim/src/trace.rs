//! The story so far, for those who want to read it.

use std::collections::VecDeque;
use std::fmt::{self, Write};

use supervisor_core::time::Moment;

use crate::clock::SECOND;

/// So many lines of a failure's story are kept.
const KEPT: usize = 40;

/// Collects nothing unless it was asked to: writing everything down takes most of the time.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    wanted: bool,
    last: VecDeque<String>,
    lines: u64,
    digest: u64,
}

impl Trace {
    pub(crate) fn new(wanted: bool) -> Self {
        Self { wanted, digest: 0xcbf2_9ce4_8422_2325, ..Self::default() }
    }

    pub(crate) fn line(&mut self, now: Moment, mark: &str, what: &dyn fmt::Debug) {
        if !self.wanted {
            return;
        }
        let (seconds, rest) = (now.monotonic.0 / SECOND, now.monotonic.0 % SECOND);
        let mut line = String::new();
        if write!(line, "{seconds}.{rest:09} {mark} {what:?}").is_err() {
            return;
        }
        for byte in line.bytes().chain([b'\n']) {
            self.digest = (self.digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        self.lines += 1;
        if self.last.len() == KEPT {
            self.last.pop_front();
        }
        self.last.push_back(line);
    }

    pub(crate) fn last_lines(&self) -> Vec<String> {
        self.last.iter().cloned().collect()
    }

    pub(crate) fn lines(&self) -> u64 {
        self.lines
    }

    /// A fingerprint (FNV-1a) of every line.
    pub(crate) fn digest(&self) -> u64 {
        self.digest
    }
}
