//! One world: what happens in it, in which order, and at what time.

use std::collections::{BTreeMap, VecDeque};

use supervisor_core::Supervisor;
use supervisor_core::command::{Command, RequestId};
use supervisor_core::effect::{Effect, Outcome};
use supervisor_core::input::Input;
use supervisor_core::signal::Signal;
use supervisor_core::spec::GroupSpec;
use supervisor_core::subscription::Subscriptions;
use supervisor_core::time::Moment;

use crate::checker::{Checker, Verdict, ensure};
use crate::children::Children;
use crate::clock::{Clock, MILLISECOND, SECOND};
use crate::configuration::{self, File};
use crate::ears::{Ears, Saying};
use crate::operator;
use crate::random::Random;
use crate::run::{Options, Report};
use crate::trace::Trace;
use crate::twin::Twin;
use crate::weather::Weather;

/// One input leads to no more turns than so many for each process.
const TURNS_PER_PROCESS_MAX: usize = 100;

/// After so many of its effects that take their time, the rest of a turn's is quick.
const SLOW_EFFECTS_MAX: u32 = 5;

/// How long the calm before the end lasts.
const CALM: u64 = 60 * SECOND;

/// Every so many turns everything is looked at, less often where there is much to look at.
const AUDIT_INTERVAL_TURNS: u64 = 64;

/// Something from outside that is going to happen.
#[derive(Clone, Debug)]
pub(crate) enum Happening {
    /// A client asks for something.
    Request,
    /// Somebody signals the daemon.
    DaemonSignal,
    /// Somebody edits the configuration file.
    Edit,
    /// Somebody sets the wall clock.
    WallClock,
    /// Another thread has done its work.
    Outcome(Input),
    /// A listener says something.
    Said(Saying),
}

/// What goes on next.
#[derive(Clone, Copy)]
enum Ready {
    Deadline,
    Death,
    Plan,
}

pub(crate) struct World {
    pub(crate) random: Random,
    pub(crate) weather: Weather,
    pub(crate) clock: Clock,
    pub(crate) children: Children,
    pub(crate) ears: Ears,
    pub(crate) file: File,
    pub(crate) supervisor: Supervisor,
    /// Outcomes that come back before anything else comes in.
    pub(crate) outcomes: VecDeque<(Option<Moment>, Input)>,
    pub(crate) slow_effects_left: u32,
    pub(crate) finished: Option<Outcome>,
    pub(crate) figures: Report,
    pub(crate) trace: Trace,
    last_sound: Vec<GroupSpec>,
    plans: BTreeMap<(u64, u64), Happening>,
    planned: u64,
    last_request: u64,
    checker: Checker,
    twin: Option<Twin>,
    /// Snapshots of many processes take their time.
    snapshots_left: u64,
    /// A daemon that finishes is not started anew.
    last_life: bool,
}

impl World {
    pub(crate) fn new(options: &Options, traced: bool) -> Self {
        let mut random = Random::from_seed(options.seed);
        let weather = Weather::draw(&mut random);
        let file = match options.processes {
            Some(count) => File::large(count, &mut random),
            None => File::small(&mut random),
        };
        let pid_max = if options.processes.is_some() { 1 << 22 } else { 150 };
        Self {
            weather,
            clock: Clock::new(),
            children: Children::new(pid_max),
            ears: Ears::default(),
            last_sound: file.groups.clone(),
            file,
            supervisor: Supervisor::new(),
            outcomes: VecDeque::new(),
            slow_effects_left: 0,
            finished: None,
            figures: Report { seeds: 1, ..Report::default() },
            trace: Trace::new(traced),
            plans: BTreeMap::new(),
            planned: 0,
            last_request: 0,
            checker: Checker::default(),
            twin: None,
            snapshots_left: options.processes.map_or(u64::MAX, |_| 1),
            last_life: false,
            random,
        }
    }

    /// A life of so many steps, a calm in which everything must settle, and an orderly end.
    pub(crate) fn live(&mut self, steps: u64) -> Verdict {
        self.boot()?;
        for happening in [Happening::Request, Happening::DaemonSignal, Happening::Edit, Happening::WallClock]
        {
            self.plan(0, happening);
        }
        for _ in 0..steps {
            self.step()?;
        }
        self.rest(steps)?;
        self.last_life = true;
        self.feed(Input::SignalReceived(Signal::TERM))?;
        while self.finished.is_none() {
            self.step()?;
        }
        self.end_daemon()
    }

    pub(crate) fn plan(&mut self, wait: u64, happening: Happening) {
        self.planned += 1;
        self.plans.insert((self.clock.now() + wait, self.planned), happening);
    }

    fn boot(&mut self) -> Verdict {
        self.figures.daemons += 1;
        if let Ok(groups) = self.file.read() {
            self.last_sound = groups;
        }
        self.feed(watched(self.file.ticks))?;
        self.feed(Input::Configured(self.last_sound.clone()))?;
        self.feed(Input::Started)
    }

    /// Nothing fails any more: within a minute nobody waits for an answer.
    fn rest(&mut self, steps: u64) -> Verdict {
        self.weather = Weather::calm();
        self.children.calm_down();
        self.plans.retain(|_, happening| matches!(happening, Happening::Outcome(_) | Happening::Said(_)));
        let end = self.clock.now() + CALM;
        let mut left = 2000 + 4 * steps + 100 * self.checker.processes() as u64;
        while self.next_time().is_some_and(|time| time <= end) {
            self.step()?;
            ensure(left > 0, || "it does not settle".to_owned())?;
            left -= 1;
        }
        self.clock.advance_to(end);
        self.feed(Input::TimePassed)?;
        self.checker.all_answered()
    }

    fn next_time(&self) -> Option<u64> {
        let plan = self.plans.first_key_value().map(|(&(time, _), _)| time);
        let deadline = self.supervisor.next_deadline().map(|deadline| deadline.0);
        [plan, deadline, self.children.next_death()].into_iter().flatten().min()
    }

    /// Goes on to the next thing that happens and lets it happen.
    fn step(&mut self) -> Verdict {
        self.figures.steps += 1;
        let Some(time) = self.next_time() else {
            return ensure(false, || "nothing will ever happen again".to_owned());
        };
        if time > self.clock.now() && self.random.per_mille(self.weather.false_alarms) {
            let wait = self.random.below(time - self.clock.now());
            self.clock.advance(wait);
            return self.feed(Input::TimePassed);
        }
        self.clock.advance_to(time);
        if self.random.per_mille(self.weather.lags) {
            let lag = self.random.pick(&[1, MILLISECOND, 50 * MILLISECOND, SECOND, 7 * SECOND]);
            self.is_late(lag);
        }
        match self.choose() {
            // Whoever comes at this very moment comes before the news that time has passed.
            Ready::Deadline if self.random.per_mille(self.weather.coincidences) => self.coincide()?,
            Ready::Deadline => {
                let before = self.figures.effects;
                self.feed(Input::TimePassed)?;
                // Ticks follow the wall clock, which may have been put back meanwhile.
                let for_something = self.figures.effects > before || self.supervisor.wants("TICK_5");
                ensure(for_something, || "woken for nothing".to_owned())?;
            }
            Ready::Death => self.sweep()?,
            Ready::Plan => self.carry_out_plan()?,
        }
        if self.finished.is_some() && !self.last_life { self.start_anew() } else { Ok(()) }
    }

    /// Collects the dead, sometimes not all of them.
    fn sweep(&mut self) -> Verdict {
        while let Some((pid, status)) = self.children.reap(self.clock.now(), &mut self.random) {
            self.feed(Input::Exited(pid, status))?;
            if self.random.per_mille(100) {
                break;
            }
        }
        Ok(())
    }

    pub(crate) fn is_late(&mut self, lag: u64) {
        self.clock.advance(lag);
        self.checker.excuse(lag);
    }

    /// One of the things whose time has come; their order is anybody's guess.
    fn choose(&mut self) -> Ready {
        let now = self.clock.now();
        let come = |time: Option<u64>| time.is_some_and(|time| time <= now);
        let mut ready = Vec::with_capacity(3);
        if come(self.supervisor.next_deadline().map(|deadline| deadline.0)) {
            ready.push(Ready::Deadline);
        }
        if come(self.children.next_death()) {
            ready.push(Ready::Death);
        }
        if come(self.plans.first_key_value().map(|(&(time, _), _)| time)) {
            ready.push(Ready::Plan);
        }
        self.random.pick(&ready)
    }

    fn carry_out_plan(&mut self) -> Verdict {
        let Some((_, happening)) = self.plans.pop_first() else { return Ok(()) };
        let pause = match happening {
            Happening::Request | Happening::WallClock => self.weather.operator_pause_milliseconds_max,
            Happening::DaemonSignal => self.weather.signal_pause_milliseconds_max,
            Happening::Edit => self.weather.edit_pause_milliseconds_max,
            Happening::Outcome(outcome) => return self.feed(outcome),
            Happening::Said(saying) => return self.say(&saying),
        };
        let wait = self.random.below(pause) * MILLISECOND;
        self.plan(wait, happening.clone());
        match happening {
            Happening::Request => self.ask(),
            Happening::DaemonSignal => {
                let signal = operator::daemon_signal(&mut self.random);
                self.feed(Input::SignalReceived(signal))
            }
            Happening::Edit => {
                self.file.edit(&mut self.random);
                Ok(())
            }
            Happening::WallClock => {
                self.clock.set_wall(&mut self.random);
                Ok(())
            }
            Happening::Outcome(_) | Happening::Said(_) => Ok(()),
        }
    }

    fn ask(&mut self) -> Verdict {
        let command = operator::command(&self.supervisor, &mut self.random);
        self.request(command)
    }

    /// A client asks for something about the very process that something is due to happen to.
    fn coincide(&mut self) -> Verdict {
        let process = self.checker.next_due().and_then(|id| self.supervisor.process(id));
        match process.map(|process| operator::command_about(process, &mut self.random)) {
            Some(command) => self.request(command),
            None => self.ask(),
        }
    }

    fn request(&mut self, command: Command) -> Verdict {
        self.last_request += 1;
        self.feed(Input::Request(RequestId(self.last_request), command))
    }

    /// Lets the core hear something, then every outcome of what it wants done about it.
    pub(crate) fn feed(&mut self, input: Input) -> Verdict {
        let most = TURNS_PER_PROCESS_MAX * (self.checker.processes() + 10);
        self.slow_effects_left = SLOW_EFFECTS_MAX;
        self.turn(self.clock.moment(), input)?;
        for _ in 0..most {
            let Some((moment, outcome)) = self.outcomes.pop_front() else { return Ok(()) };
            self.turn(moment.unwrap_or(self.clock.moment()), outcome)?;
        }
        ensure(false, || "one input leads to another without an end".to_owned())
    }

    fn turn(&mut self, now: Moment, input: Input) -> Verdict {
        self.trace.line(now, "->", &input);
        if self.twin.is_none() && self.snapshots_left > 0 && self.random.per_mille(self.weather.snapshots) {
            self.snapshots_left -= 1;
            self.twin = Some(Twin::of(&self.supervisor)?);
            self.figures.snapshots += 1;
        }
        self.checker.hears(now.monotonic.0, &input, &self.supervisor);
        let repeated = self.twin.is_some().then(|| input.clone());
        let mut effects: Vec<Effect> = Vec::new();
        self.supervisor.handle(now, input, &mut effects);
        self.figures.turns += 1;
        self.figures.effects += effects.len() as u64;
        if let (Some(twin), Some(input)) = (&mut self.twin, repeated) {
            twin.follow(now, input, &self.supervisor, &effects)?;
            self.twin.take_if(|twin| twin.is_done());
        }
        for effect in &effects {
            self.trace.line(now, "<-", effect);
            self.checker.wants(effect, &self.supervisor)?;
            self.obey(effect)?;
        }
        self.checker.settles(&self.supervisor)?;
        let interval = AUDIT_INTERVAL_TURNS.max(self.checker.processes() as u64);
        if self.figures.turns.is_multiple_of(interval) {
            self.checker.audit(&self.supervisor)?;
        }
        Ok(())
    }

    /// The core has finished: whoever still waits for another thread gets an answer, and that was all.
    fn end_daemon(&mut self) -> Verdict {
        if self.random.coin() {
            self.ask()?;
        }
        for (time, happening) in std::mem::take(&mut self.plans) {
            match happening {
                Happening::Outcome(outcome) => self.feed(outcome)?,
                other => {
                    self.plans.insert(time, other);
                }
            }
        }
        self.clock.advance(SECOND);
        self.feed(Input::TimePassed)?;
        self.checker.audit(&self.supervisor)?;
        self.checker.all_answered()?;
        ensure(self.supervisor.next_deadline().is_none(), || {
            "it is over and waits for something".to_owned()
        })?;
        self.figures.answers += self.checker.answered();
        self.figures.arrows.append(&mut self.checker.arrows);
        Ok(())
    }

    fn start_anew(&mut self) -> Verdict {
        self.end_daemon()?;
        match self.finished.take() {
            Some(Outcome::Restart) => self.children.disown(),
            _ => self.children.abandon(),
        }
        self.supervisor = Supervisor::new();
        self.checker = Checker::default();
        self.twin = None;
        self.boot()
    }
}

/// Everything is watched that listeners may want: the checker lives on it.
fn watched(ticks: bool) -> Input {
    let types = configuration::event_types(ticks);
    Input::Watched(Subscriptions::new(types.iter().map(|&name| name.to_owned()).collect()))
}
