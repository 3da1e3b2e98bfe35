//! Hunts for bytes that make a reader panic, or take too long: a fuzzer without instrumentation.
//!
//! An input that makes the reader say something that it has not said before is kept, and changed further.

use std::collections::HashSet;
use std::fmt;
use std::fs;
use std::panic;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::case::MAIN_FILE;
use crate::draw;
use crate::mutation::{CONFIGURATION_WORDS, mutate};
use crate::parser::{self, SEPARATOR};
use crate::random::Random;

/// An input that needs a processor for longer, on the second try too, is a find.
const SLOW: Duration = Duration::from_secs(5);

/// An input that takes longer, by the clock on the wall, will not come back.
const ENDLESS: Duration = Duration::from_secs(300);

/// So many inputs are kept for further changes.
const POOL_MAX: usize = 5000;

/// So many inputs to begin with are drawn.
const DRAWN: u64 = 500;

/// What is hunted in.
#[derive(Clone, Copy, Debug)]
pub struct Ground {
    /// Gives it the bytes and tells in a few words what came of it. It must come back, whatever the bytes are.
    pub exercise: fn(&[u8]) -> String,
    /// The input of a seed, to begin with.
    pub drawn: fn(u64) -> Vec<u8>,
    /// Words that mean something to it.
    pub words: &'static [&'static str],
}

/// The parser of configurations.
pub const CONFIGURATIONS: Ground = Ground { exercise: parser::exercise, drawn, words: CONFIGURATION_WORDS };

/// What a hunt has come to.
#[derive(Debug, Default)]
pub struct Report {
    /// How many inputs were tried.
    pub inputs: u64,
    /// How many different things were said.
    pub answers: usize,
    /// The longest time that a processor worked on one input.
    pub longest: Duration,
    /// The input that ended the hunt, and why.
    pub find: Option<(Vec<u8>, String)>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { inputs, answers, longest, .. } = self;
        write!(
            f,
            "{inputs} inputs, {answers} different answers, the longest took {} ms",
            longest.as_millis()
        )?;
        match &self.find {
            None => write!(f, ", no panic, none too slow"),
            Some((input, reason)) => {
                write!(f, "\n{reason} with these {} bytes:\n{}", input.len(), input.escape_ascii())
            }
        }
    }
}

/// Hunts until the time is over or something is found. `endless` is told of an input that does not come back;
/// it should end the process.
#[must_use]
pub fn hunt(ground: Ground, seed: u64, time: Duration, endless: fn(&[u8])) -> Report {
    let began = Instant::now();
    let mut random = Random::from_seed(seed);
    let mut pool: Vec<Vec<u8>> = (0..DRAWN).map(|offset| (ground.drawn)(seed.wrapping_add(offset))).collect();
    let mut said = HashSet::new();
    let mut report = Report::default();
    let watched = watch(endless);
    while began.elapsed() < time {
        let input = match usize::try_from(report.inputs).ok().filter(|index| *index < pool.len()) {
            Some(index) if report.inputs < DRAWN => pool[index].clone(),
            _ => {
                let (one, other) = (random.index(pool.len()), random.index(pool.len()));
                mutate(&mut random, &pool[one], &pool[other], ground.words)
            }
        };
        report.inputs += 1;
        let answer = match attempt(ground, &watched, &input) {
            Attempt::Answered(answer, took) => {
                report.longest = report.longest.max(took);
                answer
            }
            Attempt::Found(reason) => {
                report.find = Some((smallest(ground, &input, &watched), reason));
                break;
            }
        };
        if said.insert(shape(&answer)) && report.inputs > DRAWN {
            if pool.len() == POOL_MAX {
                let index = random.index(pool.len());
                pool.swap_remove(index);
            }
            pool.push(input);
        }
    }
    report.answers = said.len();
    report
}

enum Attempt {
    Answered(String, Duration),
    Found(String),
}

type Watched = Arc<Mutex<Option<(Instant, Vec<u8>)>>>;

fn attempt(ground: Ground, watched: &Watched, input: &[u8]) -> Attempt {
    let mut quickest = ENDLESS;
    for _ in 0..2 {
        let began = time_on_processor();
        *watched.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), input.to_vec()));
        let answer = panic::catch_unwind(|| (ground.exercise)(input));
        *watched.lock().unwrap_or_else(PoisonError::into_inner) = None;
        quickest = quickest.min(time_on_processor().saturating_sub(began));
        match answer {
            Err(_) => return Attempt::Found("panic".to_owned()),
            Ok(answer) if quickest < SLOW => return Attempt::Answered(answer, quickest),
            Ok(_) => {}
        }
    }
    Attempt::Found(format!("{} ms", quickest.as_millis()))
}

/// How long this thread has had a processor: others may keep it waiting for as long as they like.
fn time_on_processor() -> Duration {
    let told = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = told.split(' ').next().and_then(|number| number.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or(0))
}

/// Watches over the input that is being tried.
fn watch(endless: fn(&[u8])) -> Watched {
    let watched = Watched::default();
    let seen = Arc::downgrade(&watched);
    thread::spawn(move || {
        while let Some(watched) = seen.upgrade() {
            if let Some((began, input)) = &*watched.lock().unwrap_or_else(PoisonError::into_inner)
                && began.elapsed() > ENDLESS
            {
                endless(input);
            }
            drop(watched);
            thread::park_timeout(Duration::from_secs(1));
        }
    });
    watched
}

/// Leaves out what the find does not need.
fn smallest(ground: Ground, input: &[u8], watched: &Watched) -> Vec<u8> {
    let mut smallest = input.to_vec();
    let mut length = smallest.len() / 2;
    let deadline = Instant::now() + ENDLESS;
    while length > 0 && Instant::now() < deadline {
        let mut from = 0;
        while from < smallest.len() && Instant::now() < deadline {
            let mut shorter = smallest.clone();
            shorter.drain(from..(from + length).min(smallest.len()));
            match attempt(ground, watched, &shorter) {
                Attempt::Found(_) => smallest = shorter,
                Attempt::Answered(..) => from += length,
            }
        }
        length /= 2;
    }
    smallest
}

/// An answer without what comes from the input, in short: both programs' first words.
fn shape(answer: &str) -> String {
    let mut shape = String::new();
    for line in answer.lines().take(2) {
        let outside = line.split(['\'', '"']).step_by(2);
        shape.extend(outside.flat_map(str::chars).filter(|c| c.is_ascii_alphabetic() || *c == ' ').take(40));
        shape.push('\n');
    }
    shape
}

/// The configuration of a seed, as bytes to begin with.
#[must_use]
pub fn drawn(seed: u64) -> Vec<u8> {
    let case = draw::case(seed);
    let of = |wanted: &dyn Fn(&str) -> bool| {
        let file = case.files.iter().find(|(path, _)| wanted(path));
        file.map(|(_, content)| content.clone()).unwrap_or_default()
    };
    let main = of(&|path| path == MAIN_FILE);
    let included = of(&|path| path.starts_with("conf.d/") && !path.ends_with('/'));
    let arguments = case.arguments[case.arguments.len().min(2)..].join("\n").into_bytes();
    [main, included, arguments].join(SEPARATOR)
}
