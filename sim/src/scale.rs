//! How decisions scale: the same things happen to ten processes, to a thousand and to a hundred thousand.
//!
//! Time is shown and effects are counted: what is asked about one process must not make the core do more because there
//! are others.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use supervisor_core::Supervisor;
use supervisor_core::command::{Command, RequestId, Target};
use supervisor_core::effect::{Effect, ReadPurpose};
use supervisor_core::input::{ExitStatus, Input};
use supervisor_core::process::{Pid, ProcessId};
use supervisor_core::signal::Signal;
use supervisor_core::spec::{AutoRestart, GroupKind, GroupSpec, ProcessSpec};
use supervisor_core::time::{Moment, Monotonic, WallSeconds};

/// How many processes.
pub const SIZES: [usize; 3] = [10, 1_000, 100_000];

/// Each thing is done so many times, or once for each process.
const REPEATED: usize = 1_000;

/// What one kind of decision costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cost {
    /// What is decided.
    pub what: &'static str,
    /// How many inputs the core took.
    pub inputs: u64,
    /// How many effects came of them.
    pub effects: u64,
    /// How long it took altogether.
    pub time: Duration,
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        #[expect(clippy::cast_precision_loss)]
        let (inputs, effects) = (self.inputs.max(1) as f64, self.effects as f64);
        let microseconds = self.time.as_secs_f64() * 1e6 / inputs;
        write!(f, "{:<48} {microseconds:>9.2} µs {:>6.1} effects", self.what, effects / inputs)
    }
}

/// A core whose effects are carried out as a perfect machine would.
struct Machine {
    core: Supervisor,
    configuration: Vec<GroupSpec>,
    now: u64,
    next_pid: i32,
    /// A ring of those that are alive, and of some that were.
    alive: VecDeque<(ProcessId, Pid)>,
    inputs: u64,
    effects: u64,
}

/// Lives through everything with so many processes, most of them in groups of ten, a tenth in one large group.
#[must_use]
pub fn costs(processes: usize) -> Vec<Cost> {
    let large = processes / 10;
    let small = (processes - large).div_ceil(10);
    let mut configuration: Vec<_> = (0..small).map(|number| group(&format!("g{number}"), 10)).collect();
    configuration.push(group("large", large));
    let mut machine = Machine {
        core: Supervisor::new(),
        configuration,
        now: 1,
        next_pid: 1,
        alive: VecDeque::new(),
        inputs: 0,
        effects: 0,
    };
    machine.live(small, large)
}

fn group(name: &str, processes: usize) -> GroupSpec {
    let process = |number: usize| {
        let name = format!("{name}_{number:05}");
        let spec = ProcessSpec::new(&name, "/bin/true");
        Arc::new(ProcessSpec { startsecs: 0, autorestart: AutoRestart::True, restart_burst: 0, ..spec })
    };
    let (name, kind) = (name.to_owned(), GroupKind::Programs);
    GroupSpec { name, priority: 999, kind, processes: (0..processes).map(process).collect() }
}

impl Machine {
    fn live(&mut self, small: usize, large: usize) -> Vec<Cost> {
        let named = |number: usize| Target::Named(format!("large:large_{:05}", number % large));
        let group = |number: usize| format!("g{}", number % small);
        let mut costs = Vec::new();
        costs.push(self.measure("start everything", 1, |machine, _| {
            machine.feed(Input::Configured(machine.configuration.clone()));
            machine.feed(Input::Started);
        }));
        costs.push(self.measure("time passes", REPEATED, |machine, _| machine.feed(Input::TimePassed)));
        costs.push(self.measure("one process dies and comes back", REPEATED, Self::lose_one));
        costs.push(self.measure("a client signals one of the large group", REPEATED, |machine, number| {
            let signal = "HUP".to_owned();
            machine.ask(number, Command::Signal { target: named(number), signal });
        }));
        costs.push(self.measure(
            "a client stops and starts one of the large group",
            REPEATED,
            |machine, number| {
                machine.ask(number, Command::Stop { target: named(number), wait: true });
                machine.ask(number, Command::Start { target: named(number), wait: true });
            },
        ));
        costs.push(self.measure(
            "a client removes a group and adds it again",
            small.min(REPEATED),
            |machine, number| {
                machine.ask(number, Command::Stop { target: Target::Group(group(number)), wait: true });
                machine.ask(number, Command::RemoveGroup(group(number)));
                machine.ask(number, Command::AddGroup(group(number)));
            },
        ));
        costs.push(self.measure("the configuration is read again", 3, |machine, number| {
            machine.ask(number, Command::Reread);
        }));
        costs.push(self.measure("everything is stopped, one after the other", 1, |machine, _| {
            machine.feed(Input::SignalReceived(Signal::TERM));
        }));
        assert!(self.core.next_deadline().is_none(), "it has not come to its end");
        costs
    }

    fn measure(&mut self, what: &'static str, times: usize, mut act: impl FnMut(&mut Self, usize)) -> Cost {
        (self.inputs, self.effects) = (0, 0);
        let begun = Instant::now();
        (0..times).for_each(|number| act(self, number));
        Cost { what, inputs: self.inputs, effects: self.effects, time: begun.elapsed() }
    }

    fn ask(&mut self, number: usize, command: Command) {
        self.feed(Input::Request(RequestId(number as u64), command));
    }

    /// One process dies.
    fn lose_one(&mut self, _number: usize) {
        while let Some((process, pid)) = self.alive.pop_front() {
            if self.core.process_of(pid) == Some(process) {
                return self.feed(Input::Exited(pid, ExitStatus::Code(0)));
            }
        }
    }

    /// Feeds this and whatever comes of it.
    fn feed(&mut self, input: Input) {
        let mut coming = VecDeque::from([input]);
        let mut effects = Vec::new();
        while let Some(input) = coming.pop_front() {
            self.inputs += 1;
            self.now += 1_000;
            let wall = WallSeconds(i64::try_from(self.now / 1_000_000_000).unwrap_or(0));
            if let Input::Spawned(process, pid) = input {
                self.alive.push_back((process, pid));
            }
            self.core.handle(Moment { monotonic: Monotonic(self.now), wall }, input, &mut effects);
            self.effects += effects.len() as u64;
            coming.extend(effects.drain(..).flat_map(|effect| self.obey(&effect)).collect::<Vec<_>>());
            std::hint::black_box(self.core.next_deadline());
        }
    }

    fn obey(&mut self, effect: &Effect) -> Vec<Input> {
        match *effect {
            Effect::Spawn(process) => {
                self.next_pid = self.next_pid % 4_000_000 + 1;
                vec![Input::Spawned(process, Pid(self.next_pid))]
            }
            Effect::Check(request, process) => vec![Input::Checked(request, process, Ok(()))],
            Effect::Signal { process, pid, signal: Signal::TERM, purpose, .. } => {
                let status = ExitStatus::Signal { number: 15, core_dumped: false };
                vec![Input::Signalled(process, purpose, Ok(())), Input::Exited(pid, status)]
            }
            Effect::Signal { process, purpose, .. } => vec![Input::Signalled(process, purpose, Ok(()))],
            Effect::ReadConfiguration(purpose @ ReadPurpose::Reread(_)) => {
                vec![Input::ConfigurationRead(purpose, Ok(self.configuration.clone()))]
            }
            _ => Vec::new(),
        }
    }
}

/// Shows what everything costs.
///
/// # Errors
/// When nobody reads it.
pub fn show(out: &mut dyn std::io::Write) -> std::io::Result<()> {
    for processes in SIZES {
        writeln!(out, "{processes} processes, for each input:")?;
        for cost in costs(processes) {
            writeln!(out, "  {cost}")?;
        }
    }
    Ok(())
}
