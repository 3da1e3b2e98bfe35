//! Inputs per second through the core, with 10, 1,000 and 100,000 processes in it: `cargo bench -p supervisor-core`.
//!
//! A program that `cargo test` runs, too, runs each measurement once and shows nothing.

use std::hint::black_box;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use supervisor_core::Supervisor;
use supervisor_core::command::{Command, RequestId, Target};
use supervisor_core::effect::Effect;
use supervisor_core::input::{ExitStatus, Input};
use supervisor_core::process::{Pid, ProcessId};
use supervisor_core::spec::{AutoRestart, GroupKind, GroupSpec, ProcessSpec};
use supervisor_core::time::{Moment, Monotonic, WallSeconds};

const SIZES: [usize; 3] = [10, 1_000, 100_000];
const TIME: Duration = Duration::from_millis(400);
/// The clock is looked at after so many steps.
const STEPS: usize = 256;

/// A core whose effects are carried out as a perfect machine would.
struct Machine {
    core: Supervisor,
    effects: Vec<Effect>,
    now_nanoseconds: u64,
    next_pid: i32,
    pids: Vec<(ProcessId, Pid)>,
    inputs: u64,
}

impl Machine {
    /// With so many running programs, ten to a group.
    fn new(count: usize) -> Self {
        let groups = (0..count / 10).map(group).collect();
        let mut machine = Self {
            core: Supervisor::new(),
            effects: Vec::new(),
            now_nanoseconds: 1,
            next_pid: 1,
            pids: Vec::new(),
            inputs: 0,
        };
        machine.feed(Input::Configured(groups));
        machine.feed(Input::Started);
        machine
    }

    fn feed(&mut self, input: Input) {
        let mut inputs = vec![input];
        while let Some(input) = inputs.pop() {
            self.inputs += 1;
            self.now_nanoseconds += 1_000;
            let seconds = i64::try_from(self.now_nanoseconds / 1_000_000_000).unwrap_or(0);
            let now = Moment { monotonic: Monotonic(self.now_nanoseconds), wall: WallSeconds(seconds) };
            self.core.handle(now, input, &mut self.effects);
            for effect in self.effects.drain(..) {
                match effect {
                    Effect::Spawn(process) => {
                        self.next_pid = self.next_pid % 4_000_000 + 1;
                        self.pids.push((process, Pid(self.next_pid)));
                        inputs.push(Input::Spawned(process, Pid(self.next_pid)));
                    }
                    Effect::Check(request, process) => inputs.push(Input::Checked(request, process, Ok(()))),
                    other => drop(black_box(other)),
                }
            }
            black_box(self.core.next_deadline());
        }
    }

    /// One program dies and is started again.
    fn restart_one(&mut self, number: usize) {
        let index = number * 7_919 % self.pids.len();
        let (_, pid) = self.pids.swap_remove(index);
        self.feed(Input::Exited(pid, ExitStatus::Code(0)));
    }
}

fn group(number: usize) -> GroupSpec {
    let process = |place: usize| {
        let name = format!("p{number:06}_{place}");
        let spec = ProcessSpec::new(&name, "/bin/true");
        Arc::new(ProcessSpec { startsecs: 0, autorestart: AutoRestart::True, restart_burst: 0, ..spec })
    };
    GroupSpec {
        name: format!("g{number:06}"),
        priority: 999,
        kind: GroupKind::Programs,
        processes: (0..10).map(process).collect(),
    }
}

/// Repeats `step` for a while (or once) and returns how many inputs a second the core took.
#[expect(clippy::cast_precision_loss)]
fn rate(machine: &mut Machine, time: Duration, mut step: impl FnMut(&mut Machine, usize)) -> f64 {
    let (begun, before) = (Instant::now(), machine.inputs);
    let mut number = 0;
    loop {
        for _ in 0..STEPS {
            step(machine, number);
            number += 1;
        }
        if begun.elapsed() >= time {
            return (machine.inputs - before) as f64 / begun.elapsed().as_secs_f64();
        }
    }
}

fn main() {
    let is_bench = std::env::args().any(|word| word == "--bench");
    let (sizes, time) = if is_bench { (&SIZES[..], TIME) } else { (&SIZES[..2], Duration::ZERO) };
    for &size in sizes {
        let mut machine = Machine::new(size);
        let restarts = rate(&mut machine, time, Machine::restart_one);
        let passing = rate(&mut machine, time, |machine, _| machine.feed(Input::TimePassed));
        let requests = rate(&mut machine, time, |machine, number| {
            let target =
                Target::Named(format!("g{:06}:p{:06}_3", number % (size / 10), number % (size / 10)));
            let command = Command::Signal { target, signal: "HUP".to_owned() };
            machine.feed(Input::Request(RequestId(number as u64), command));
        });
        if is_bench {
            let _ = writeln!(
                io::stdout(),
                "{size:>7} processes: {:>5.2} M inputs/s of restarts, {:>5.2} M/s of time that passes, {:>5.2} M/s of requests",
                restarts / 1e6,
                passing / 1e6,
                requests / 1e6
            );
        }
    }
}
