//! Running a seed and telling how it went.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::RangeInclusive;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

use supervisor_core::effect::Effect;
use supervisor_core::state::ProcessState;

use crate::decision::Decision;
use crate::shrink;
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
    /// Only these decisions are left of all that chance decides, if any were taken away.
    pub only: Option<BTreeSet<Decision>>,
    /// What counts as a fault although it is none, to see how faults are dealt with.
    pub forbids: Option<fn(&Effect) -> bool>,
}

impl Options {
    /// A small world that lives for so many steps.
    #[must_use]
    pub fn new(seed: u64, steps: u64) -> Self {
        Self { seed, steps, processes: None, only: None, forbids: None }
    }
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
    /// What was met: faults and circumstances that are rare or rough.
    pub met: BTreeSet<&'static str>,
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
        self.met.append(&mut other.met);
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

/// A world in which something happened that must not, as small as it could be made.
#[derive(Clone, Debug)]
pub struct Failure {
    /// How to live through it.
    pub options: Options,
    /// How long the world was to live in which it was found.
    pub steps_before: u64,
    /// How many decisions that world consisted of.
    pub decisions_before: usize,
    /// What happened.
    pub why: String,
    /// Its story.
    pub story: Vec<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.story {
            writeln!(f, "{line}")?;
        }
        let Options { seed, steps, processes, only, forbids: _ } = &self.options;
        writeln!(f, "FAILURE: {}", self.why)?;
        write!(f, "found in seed {seed} after {} steps", self.steps_before)?;
        if let Some(only) = only {
            write!(f, "; of {} decisions {} are needed", self.decisions_before, only.len())?;
        }
        write!(f, "\nreplay: cargo run -q -p supervisor-sim -- --first {seed} --seeds 1 --steps {steps}")?;
        if let Some(count) = processes {
            write!(f, " --processes {count}")?;
        }
        if let Some(only) = only {
            let words: Vec<_> = only.iter().map(ToString::to_string).collect();
            write!(f, " --only {}", words.join(","))?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}

/// One world from beginning to end.
pub(crate) struct Lived {
    /// What happened that must not.
    pub(crate) failure: Option<String>,
    pub(crate) report: Report,
    pub(crate) story: Vec<String>,
    /// The decisions that it was made of, if anybody wanted to know.
    pub(crate) taken: BTreeSet<Decision>,
}

/// Lives through one world; with `traced`, writing down its story; with `records`, its decisions.
pub(crate) fn live(options: &Options, traced: bool, records: bool) -> Lived {
    let mut world = World::new(options, traced, records);
    let failure = match catch_unwind(AssertUnwindSafe(|| world.live(options.steps))) {
        Ok(verdict) => verdict.err().map(|violation| violation.0),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
            Some(format!("panic: {}", text.unwrap_or("without a word")))
        }
    };
    let mut report = world.figures;
    report.lines = world.trace.lines();
    report.digest = world.trace.fingerprint();
    Lived { failure, report, story: world.trace.last_lines(), taken: world.chance.into_taken() }
}

/// Lives through one world. What happens that must not is brought down to what it takes.
///
/// # Errors
/// What happened that must not, a panic of the core included.
pub fn run(options: &Options) -> Result<Report, Box<Failure>> {
    let lived = live(options, false, false);
    if lived.failure.is_none() { Ok(lived.report) } else { Err(Box::new(shrink::smallest(options))) }
}

/// Lives through one world and takes a fingerprint of its story.
///
/// # Errors
/// As `run`.
pub fn run_traced(options: &Options) -> Result<Report, Box<Failure>> {
    let lived = live(options, true, false);
    if lived.failure.is_none() { Ok(lived.report) } else { Err(Box::new(shrink::smallest(options))) }
}

/// Lives through so many worlds on every processor there is.
///
/// # Errors
/// The failure with the lowest seed among those that were found when one was.
pub fn run_all(seeds: RangeInclusive<u64>, steps: u64, threads: u64) -> Result<Report, Box<Failure>> {
    let found = AtomicBool::new(false);
    let share = |thread: u64| {
        let mut total = Report::default();
        for seed in seeds.clone().filter(|seed| seed % threads == thread) {
            if found.load(Ordering::Relaxed) {
                break;
            }
            let lived = live(&Options::new(seed, steps), false, false);
            if lived.failure.is_some() {
                found.store(true, Ordering::Relaxed);
                return Err(seed);
            }
            total.add(lived.report);
        }
        Ok(total)
    };
    let shares: Vec<Result<Report, u64>> = std::thread::scope(|scope| {
        let share = &share;
        let threads: Vec<_> = (0..threads).map(|thread| scope.spawn(move || share(thread))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or(Err(*seeds.start()))).collect()
    });
    if let Some(&seed) = shares.iter().filter_map(|share| share.as_ref().err()).min() {
        return Err(Box::new(shrink::smallest(&Options::new(seed, steps))));
    }
    let mut total = Report::default();
    shares.into_iter().flatten().for_each(|share| total.add(share));
    Ok(total)
}
