//! Bounds on what all processes of a configuration may hold: a line of text can ask for any number of copies.

use std::cell::Cell;

use supervisor_core::spec::{LogTarget, ProcessSpec};

/// How many processes there may be in all. The reference has no limit but memory and patience.
// Differs: numprocs-limit
const MAX_PROCESSES: i64 = 100_000;

/// How many megabytes of text they may hold together, what it takes to hold a variable included.
const MAX_MEGABYTES: usize = 64;

/// What is left of the bounds.
pub(crate) struct Room {
    processes: Cell<i64>,
    bytes: Cell<usize>,
}

impl Room {
    /// The room of a configuration without processes.
    pub(crate) fn new() -> Self {
        Self { processes: Cell::new(MAX_PROCESSES), bytes: Cell::new(MAX_MEGABYTES << 20) }
    }

    /// How many more processes there may be.
    pub(super) fn processes(&self) -> i64 {
        self.processes.get()
    }

    /// Takes the room that a process needs.
    ///
    /// # Errors
    /// When it is not there.
    pub(super) fn take(&self, process: &ProcessSpec) -> Result<(), String> {
        let Some(bytes) = self.bytes.get().checked_sub(text_length(process)) else {
            return Err(format!("all processes together hold more than {MAX_MEGABYTES} MB of text"));
        };
        self.bytes.set(bytes);
        self.processes.set(self.processes.get() - 1);
        Ok(())
    }
}

fn text_length(process: &ProcessSpec) -> usize {
    let log = |log: &LogTarget| if let LogTarget::File(path) = log { path.len() } else { 0 };
    let optional = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    let variables = process.environment.iter().map(|pair| size_of_val(pair) + pair.0.len() + pair.1.len());
    let paths = optional(&process.directory) + log(&process.stdout.logfile) + log(&process.stderr.logfile);
    process.name.len()
        + process.command.len()
        + optional(&process.serverurl)
        + paths
        + variables.sum::<usize>()
}
