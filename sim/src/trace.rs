//! The story so far, for those who want to read it.

use std::collections::VecDeque;
use std::fmt::Debug;

use supervisor_core::Supervisor;
use supervisor_core::effect::Effect;
use supervisor_core::input::Input;
use supervisor_core::time::Moment;

use crate::clock::{SECOND, START};
use crate::history;

/// So many lines of a failure's story are kept.
const KEPT: usize = 200;

/// Collects nothing unless it was asked to: writing everything down takes most of the time.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    wanted: bool,
    last: VecDeque<String>,
    /// Lines that were not kept.
    forgotten: u64,
    lines: u64,
    digest: u64,
}

impl Trace {
    pub(crate) fn new(wanted: bool) -> Self {
        Self { wanted, digest: 0xcbf2_9ce4_8422_2325, ..Self::default() }
    }

    /// The core is about to hear this.
    pub(crate) fn heard(&mut self, now: Moment, input: &Input, supervisor: &Supervisor) {
        if self.wanted {
            self.digest(now, input);
            self.tell(now, history::heard(input, supervisor));
        }
    }

    /// The core wants this done.
    pub(crate) fn wanted(&mut self, now: Moment, effect: &Effect, supervisor: &Supervisor) {
        if self.wanted {
            self.digest(now, effect);
            let line = history::done(effect, supervisor);
            self.tell(now, line.map(|line| format!("  {line}")));
        }
    }

    /// Something happens that the core does not hear of.
    pub(crate) fn note(&mut self, now: Moment, line: &str) {
        if self.wanted {
            self.tell(now, Some(line.to_owned()));
        }
    }

    fn tell(&mut self, now: Moment, line: Option<String>) {
        let Some(line) = line else { return };
        let since = now.monotonic.0 - START;
        if self.last.len() == KEPT {
            self.last.pop_front();
            self.forgotten += 1;
        }
        self.last.push_back(format!("{:>4}.{:09}  {line}", since / SECOND, since % SECOND));
    }

    fn digest(&mut self, now: Moment, what: &dyn Debug) {
        self.lines += 1;
        for byte in format!("{} {what:?}\n", now.monotonic.0).bytes() {
            self.digest = (self.digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    pub(crate) fn last_lines(&self) -> Vec<String> {
        let gap = (self.forgotten > 0).then(|| format!("({} lines are left out)", self.forgotten));
        gap.into_iter().chain(self.last.iter().cloned()).collect()
    }

    pub(crate) fn lines(&self) -> u64 {
        self.lines
    }

    /// A fingerprint (FNV-1a) of all that was heard and done.
    pub(crate) fn fingerprint(&self) -> u64 {
        self.digest
    }
}
