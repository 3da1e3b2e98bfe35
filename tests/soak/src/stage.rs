//! What everybody who takes part shares.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use supervisor_rpc::fault::FaultValue;
use supervisor_rpc::value::Value;

use crate::client::Client;
use crate::findings::Findings;
use crate::gate::Gate;
use crate::plan::Plan;

/// How much was done.
#[derive(Debug, Default)]
pub struct Counts {
    /// Calls that were answered by a value.
    pub answers: AtomicU64,
    /// Calls that were answered by a fault.
    pub faults: AtomicU64,
    /// Calls that a reload cut off.
    pub cut: AtomicU64,
    /// Clients that went away in the middle, or did not read.
    pub rude: AtomicU64,
    /// Bytes of logs that were followed, found in the logs.
    pub followed: AtomicU64,
    /// Disturbances of the daemon itself.
    pub disturbances: AtomicU64,
}

/// Adds to a number.
pub fn add(number: &AtomicU64, count: u64) {
    number.fetch_add(count, Ordering::Relaxed);
}

/// The stage.
#[derive(Debug)]
pub struct Stage {
    /// Where everything is.
    pub folder: PathBuf,
    /// Who takes part.
    pub plan: Plan,
    /// The way to the daemon.
    pub client: Client,
    /// The daemon's process id.
    pub daemon: i32,
    /// When to be quiet.
    pub gate: Gate,
    /// What is wrong.
    pub findings: Findings,
    /// How much was done.
    pub counts: Counts,
    /// The seed of everything.
    pub seed: u64,
    began: Instant,
    journal: Mutex<File>,
}

impl Stage {
    /// A stage for a daemon that runs.
    ///
    /// # Errors
    /// When there can be no journal.
    pub fn new(folder: PathBuf, plan: Plan, client: Client, daemon: i32, seed: u64) -> io::Result<Self> {
        let journal = OpenOptions::new().create(true).append(true).open(folder.join("journal"))?;
        Ok(Self {
            folder,
            plan,
            client,
            daemon,
            gate: Gate::default(),
            findings: Findings::default(),
            counts: Counts::default(),
            seed,
            began: Instant::now(),
            journal: Mutex::new(journal),
        })
    }

    /// Writes down what is done to the daemon, with the time.
    pub fn note(&self, what: &str) {
        let elapsed = self.began.elapsed();
        let mut journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        // The journal only helps to explain a failure.
        let _ = writeln!(journal, "{:8.3} {what}", elapsed.as_secs_f64());
    }

    /// Says something to whoever watches the soak.
    pub fn say(&self, what: &str) {
        let elapsed = self.began.elapsed().as_secs();
        say(&format!("{:02}:{:02} {what}", elapsed / 60, elapsed % 60));
    }

    /// Calls a method, which must be answered unless the daemon reloads meanwhile.
    pub fn ask(&self, method: &str, params: &[Value]) -> Option<Result<Value, FaultValue>> {
        let moment = self.gate.moment();
        match self.client.call(method, params) {
            Ok(answer) => {
                add(if answer.is_ok() { &self.counts.answers } else { &self.counts.faults }, 1);
                Some(answer)
            }
            Err(_) if self.gate.reloaded_since(moment) => {
                add(&self.counts.cut, 1);
                None
            }
            Err(error) => {
                self.findings.add(format!("{method} {params:?} is not answered: {error}"));
                None
            }
        }
    }
}

/// Prints a line. A closed output is no reason to stop.
pub fn say(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}
