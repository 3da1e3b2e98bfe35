//! Running a seed and telling how it went.

use std::collections::BTreeSet;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use supervisor_core::state::ProcessState;

use crate::world::World;

/// Which world, and how long it lives.
#[derive(Clone, Debug)]
pub struct Options {
    /// Decides everything.
    pub seed: u64,
    /// How many things happen before the calm at the end.
    pub steps: u64,
    /// So many processes instead of a handful.
    pub processes: Option<usize>,
}

/// What happened in one world or in many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many worlds.
    pub seeds: u64,
    /// Things that happened from outside.
    pub steps: u64,
    /// Calls of the core.
    pub turns: u64,
    /// Things that the core wanted done.
    pub effects: u64,
    /// Processes that were made.
    pub spawns: u64,
    /// Signals that were sent.
    pub signals: u64,
    /// Requests that were answered.
    pub answers: u64,
    /// Lives of the daemon.
    pub daemons: u64,
    /// Snapshots that were taken and followed.
    pub snapshots: u64,
    /// Every change of state that was seen.
    pub arrows: BTreeSet<(ProcessState, ProcessState)>,
    /// How many lines the story has, if it was written down.
    pub lines: u64,
    /// A fingerprint of the story, if it was written down.
    pub digest: u64,
}

impl Report {
    /// Adds another world's figures to these.
    pub fn add(&mut self, mut other: Self) {
        self.seeds += other.seeds;
        self.steps += other.steps;
        self.turns += other.turns;
        self.effects += other.effects;
        self.spawns += other.spawns;
        self.signals += other.signals;
        self.answers += other.answers;
        self.daemons += other.daemons;
        self.snapshots += other.snapshots;
        self.arrows.append(&mut other.arrows);
        self.lines += other.lines;
        self.digest ^= other.digest;
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} seeds, {} steps, {} turns, {} effects, {} spawns, {} signals, {} answers, {} daemons, \
             {} snapshots",
            self.seeds,
            self.steps,
            self.turns,
            self.effects,
            self.spawns,
            self.signals,
            self.answers,
            self.daemons,
            self.snapshots
        )
    }
}

/// A world in which something happened that must not.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Its seed.
    pub seed: u64,
    /// How long it was to live.
    pub steps: u64,
    /// What happened.
    pub why: String,
    /// The end of its story.
    pub story: Vec<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.story {
            writeln!(f, "{line}")?;
        }
        writeln!(f, "seed {}, {} steps: {}", self.seed, self.steps, self.why)?;
        write!(f, "replay: SIM_SEED={} SIM_STEPS={} cargo test -p supervisor-sim", self.seed, self.steps)
    }
}

impl std::error::Error for Failure {}

/// Lives through one world; with `traced`, writing down its story.
///
/// # Errors
/// What happened that must not, a panic of the core included.
pub fn run(options: &Options, traced: bool) -> Result<Report, Box<Failure>> {
    let mut world = World::new(options, traced);
    let lived = catch_unwind(AssertUnwindSafe(|| world.live(options.steps)));
    let why = match lived {
        Ok(Ok(())) => {
            let mut report = world.figures;
            report.lines = world.trace.lines();
            report.digest = world.trace.digest();
            return Ok(report);
        }
        Ok(Err(violation)) => violation.0,
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
            format!("panic: {}", text.unwrap_or("without a word"))
        }
    };
    if !traced {
        // The same again, this time for the record.
        return run(options, true).and_then(|_| {
            let why = format!("{why} (and not when it was tried again)");
            Err(Box::new(Failure { seed: options.seed, steps: options.steps, why, story: Vec::new() }))
        });
    }
    let story = world.trace.last_lines();
    Err(Box::new(Failure { seed: options.seed, steps: options.steps, why, story }))
}
