//! `soak child FOLDER HABIT SEED STREAMS` and `soak stray FOLDER SEED STREAMS`: the programs that write.
//!
//! FOLDER is where the account is kept; STREAMS is `one` where standard error is redirected, else `two`.

use std::env;
use std::fs::OpenOptions;
use std::io;
use std::path::Path;
use std::process::{self, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use nix::unistd::dup2_stdout;
use supervisor_oracle::random::Random;
use supervisor_sys::clock::monotonic_nanoseconds;
use supervisor_sys::signals::{SignalFd, block_for_signalfd, end_by, ignore};

use super::habit::Habit;
use super::pen::Pen;
use crate::pace::{pause, pause_between};

/// No one waits longer before it looks whether it should end.
const NAP_MAX: Duration = Duration::from_millis(200);
/// Whoever lives as long as it is let.
const LONG: Duration = Duration::from_secs(24 * 60 * 60);
/// What strays write at once goes into a pipe whole, or not at all.
const STRAY_BYTES_MAX: usize = 1500;

/// A life.
struct Child<'a> {
    folder: &'a Path,
    streams: &'a str,
    pen: Pen,
    random: Random,
    bytes_per_second: u64,
    /// Where a polite one hears of its end.
    orders: Option<SignalFd>,
}

/// The program `soak child`. Returns the exit status.
///
/// # Errors
/// When the words make no sense, or the account cannot be kept.
pub fn run(words: &[String]) -> io::Result<i32> {
    let [folder, habit, seed, streams] = words else {
        return Err(io::Error::other("FOLDER HABIT SEED STREAMS"));
    };
    let habit = Habit::from_name(habit).ok_or_else(|| io::Error::other("no such habit"))?;
    let mut child = Child::new(folder, streams, seed, habit)?;
    child.live(habit)
}

/// The program `soak stray`: what a forker leaves behind.
///
/// # Errors
/// As [`run`].
pub fn run_stray(words: &[String]) -> io::Result<i32> {
    let [folder, seed, streams] = words else { return Err(io::Error::other("FOLDER SEED STREAMS")) };
    let mut child = Child::new(folder, streams, seed, Habit::Forker)?;
    let time = Duration::from_millis(child.random.between(100, 4000) as u64);
    child.write_for(time, 3, STRAY_BYTES_MAX / 3)?;
    Ok(0)
}

impl<'a> Child<'a> {
    fn new(folder: &'a str, streams: &'a str, seed: &str, habit: Habit) -> io::Result<Self> {
        let orders = match habit {
            Habit::Polite => Some(block_for_signalfd(&[Signal::SIGTERM as i32])?.0),
            Habit::Hanger => {
                ignore(Signal::SIGTERM as i32)?;
                None
            }
            _ => None,
        };
        let folder = Path::new(folder);
        let seed: u64 = seed.parse().map_err(io::Error::other)?;
        Ok(Self {
            folder,
            streams,
            pen: Pen::new(folder, streams == "one")?,
            random: Random::from_seed(seed ^ monotonic_nanoseconds()),
            bytes_per_second: habit.bytes_per_second(),
            orders,
        })
    }

    fn live(&mut self, habit: Habit) -> io::Result<i32> {
        let short = Duration::from_millis(self.random.between(50, 8000) as u64);
        match habit {
            Habit::Steady | Habit::Hanger => self.write_for(LONG, 4, 300)?,
            Habit::Polite => {
                self.write_for(LONG, 4, 300)?;
                // Last words: more than a pipe holds.
                let count = self.random.between(1, 300);
                self.pen.write(&mut self.random, count, 600)?;
            }
            Habit::Crasher => {
                self.write_for(short, 4, 300)?;
                return Ok(self.crash());
            }
            Habit::Bursty => {
                let time = if self.random.coin() { short } else { LONG };
                self.burst_for(time)?;
            }
            Habit::Forker => {
                self.write_for(short / 2, 3, STRAY_BYTES_MAX / 3)?;
                for _ in 0..self.random.between(1, 2) {
                    self.leave_a_stray()?;
                }
            }
            Habit::Closer => {
                self.write_for(short / 2, 4, 300)?;
                dup2_stdout(OpenOptions::new().write(true).open("/dev/null")?)?;
                let end = Instant::now() + short;
                while Instant::now() < end {
                    self.pen.write_on(1, &mut self.random, 1, 300)?;
                    pause_between(&mut self.random, 50, 500);
                }
            }
            Habit::Flash => {
                let count = if self.random.per_mille(30) { 400 } else { 8 };
                let count = self.random.between(1, count);
                self.pen.write(&mut self.random, count, 500)?;
                pause_between(&mut self.random, 0, 50);
            }
        }
        Ok(0)
    }

    /// Writes little and often, until the time is over or an order comes.
    fn write_for(&mut self, time: Duration, records_max: usize, bytes_max: usize) -> io::Result<()> {
        let end = Instant::now() + time;
        while Instant::now() < end {
            let records = self.random.between(1, records_max);
            let bytes = self.pen.write(&mut self.random, records, bytes_max)?;
            if self.rest(bytes, end) {
                break;
            }
        }
        Ok(())
    }

    /// Writes seldom and a lot, in one long line or in many.
    fn burst_for(&mut self, time: Duration) -> io::Result<()> {
        let end = Instant::now() + time;
        let first = self.random.between(1000, 40_000);
        self.rest(first, end);
        while Instant::now() < end {
            let (records, bytes_max) =
                self.random.pick(&[(1, 200_000), (100, 1000), (400, 100), (3, 20_000)]);
            let bytes = self.pen.write(&mut self.random, records, bytes_max)?;
            self.rest(bytes, end);
        }
        Ok(())
    }

    /// Waits as long as so many bytes are worth. Whether there was an order to end.
    fn rest(&mut self, bytes: usize, end: Instant) -> bool {
        let share = self.random.between(500, 1500) as u64;
        let time = Duration::from_micros(bytes as u64 * 1000 * share / self.bytes_per_second);
        let until = end.min(Instant::now() + time);
        loop {
            if self.orders.as_ref().is_some_and(|orders| orders.read().is_some()) {
                return true;
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            pause(left.min(NAP_MAX));
        }
    }

    /// Any end but a good one. Returns the exit status, or does not return at all.
    fn crash(&mut self) -> i32 {
        match self.random.index(4) {
            0 => end_by(Signal::SIGKILL as i32),
            1 => end_by(Signal::SIGSEGV as i32),
            _ => {}
        }
        i32::try_from(self.random.index(5)).unwrap_or(1)
    }

    fn leave_a_stray(&mut self) -> io::Result<()> {
        let program = env::current_exe()?;
        let seed = (self.random.draw() ^ u64::from(process::id())).to_string();
        let stray = Command::new(program)
            .arg("stray")
            .arg(self.folder)
            .args([&seed, self.streams])
            .stdin(Stdio::null())
            .spawn();
        // A machine without room for another process has one disturbance less.
        stray.map(drop).or(Ok(()))
    }
}
