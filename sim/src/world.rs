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
use crate::decision::{Chance, Kind};
use crate::ears::{Ears, Saying};
use crate::errand::Errand;
use crate::operator;
use crate::pipes::Writing;
use crate::random::Random;
use crate::run::{Options, Report};
use crate::shell;
use crate::trace::Trace;
use crate::twin::Twin;
use crate::weather::Weather;

/// One input leads to no more turns than so many for each process.
const TURNS_PER_PROCESS_MAX: usize = 100;

/// After so many of its effects that take their time, the rest of a turn's is quick.
const SLOW_EFFECTS_MAX: u32 = 5;

/// No longer is between two times when the system may be short of something.
const SHORTAGE_PAUSE_MILLISECONDS_MAX: u64 = 100_000;

/// How long the calm before the end lasts.
const CALM: u64 = 60 * SECOND;

/// Up to so many processes everything is looked at after every turn, and else after so many turns as there are processes.
const FEW: usize = 50;

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
    /// The system may be short of something.
    Shortage,
    /// A client goes on with what it has begun.
    Errand(Errand),
    /// A child writes something.
    Wrote(Writing),
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
    pub(crate) chance: Chance,
    /// What this instant brings.
    pub(crate) random: Random,
    instant: (u64, u32),
    pub(crate) weather: Weather,
    pub(crate) clock: Clock,
    pub(crate) children: Children,
    pub(crate) ears: Ears,
    pub(crate) file: File,
    pub(crate) supervisor: Supervisor,
    /// Outcomes that come back before anything else comes in.
    pub(crate) outcomes: VecDeque<(Option<Moment>, Input)>,
    pub(crate) slow_effects_left: u32,
    pub(crate) errands: BTreeMap<RequestId, Errand>,
    /// How many lives each program has had.
    pub(crate) lives: BTreeMap<String, u32>,
    /// What the system is short of, and until when.
    pub(crate) shortage: Option<(u64, &'static str)>,
    pub(crate) finished: Option<Outcome>,
    pub(crate) figures: Report,
    pub(crate) trace: Trace,
    last_sound: Vec<GroupSpec>,
    plans: BTreeMap<(u64, u64), Happening>,
    planned: u64,
    /// How many plans of each kind were carried out.
    carried_out: BTreeMap<Kind, u32>,
    last_request: u64,
    checker: Checker,
    forbids: Option<fn(&Effect) -> bool>,
    twin: Option<Twin>,
    /// Snapshots of many processes take their time.
    snapshots_left: u64,
    /// A daemon that finishes is not started anew.
    last_life: bool,
}

impl World {
    pub(crate) fn new(options: &Options, traced: bool, records: bool) -> Self {
        let mut chance = Chance::new(options.seed, options.only.clone(), records);
        let weather = Weather::draw(&mut chance);
        let file = match options.processes {
            Some(count) => File::large(count, &mut chance),
            None => File::small(&mut chance),
        };
        let pid_max = if options.processes.is_some() { 1 << 22 } else { 150 };
        Self {
            chance,
            random: Random::still(),
            instant: (0, 0),
            weather,
            clock: Clock::new(),
            children: Children::new(pid_max),
            ears: Ears::default(),
            last_sound: file.groups.clone(),
            checker: Checker::new(file.ticks),
            file,
            supervisor: Supervisor::new(),
            outcomes: VecDeque::new(),
            slow_effects_left: 0,
            errands: BTreeMap::new(),
            lives: BTreeMap::new(),
            shortage: None,
            finished: None,
            figures: Report { seeds: 1, ..Report::default() },
            trace: Trace::new(traced),
            plans: BTreeMap::new(),
            planned: 0,
            carried_out: BTreeMap::new(),
            last_request: 0,
            forbids: options.forbids,
            twin: None,
            snapshots_left: options.processes.map_or(u64::MAX, |_| 1),
            last_life: false,
        }
    }

    /// A life of so many steps, a calm in which everything must settle, and an orderly end.
    pub(crate) fn live(&mut self, steps: u64) -> Verdict {
        self.boot()?;
        for happening in [
            Happening::Request,
            Happening::DaemonSignal,
            Happening::Edit,
            Happening::WallClock,
            Happening::Shortage,
        ] {
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
        self.plans.retain(|_, happening| {
            matches!(happening, Happening::Outcome(_) | Happening::Said(_) | Happening::Wrote(_))
        });
        self.shortage = None;
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
        self.begin_instant(time.max(self.clock.now()));
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

    /// What happens now is a decision of its own.
    fn begin_instant(&mut self, time: u64) {
        self.instant = if self.instant.0 == time { (time, self.instant.1 + 1) } else { (time, 0) };
        self.random = self.chance.draw_for(Kind::Instant, time, self.instant.1);
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
        let (kind, pause) = match &happening {
            Happening::Request => (Kind::Request, self.weather.operator_pause_milliseconds_max),
            Happening::WallClock => {
                (Kind::WallClock, self.weather.operator_pause_milliseconds_max.saturating_mul(10))
            }
            Happening::DaemonSignal => (Kind::DaemonSignal, self.weather.signal_pause_milliseconds_max),
            Happening::Edit => (Kind::Edit, self.weather.edit_pause_milliseconds_max),
            Happening::Shortage => (Kind::Shortage, SHORTAGE_PAUSE_MILLISECONDS_MAX),
            Happening::Errand(errand) => return self.ask_next(errand),
            Happening::Wrote(writing) => return self.write(writing),
            Happening::Outcome(outcome) => return self.feed(outcome.clone()),
            Happening::Said(saying) => return self.say(saying),
        };
        let count = self.carried_out.entry(kind).or_default();
        *count += 1;
        let number = u64::from(*count);
        // The next one comes when it would have come, even if this one is taken away.
        let wait = self.chance.pace(kind, number).below(pause).saturating_mul(MILLISECOND);
        self.plan(wait, happening);
        match self.chance.decide(kind, number, 0) {
            Some(random) => self.carry_out(kind, random),
            None => Ok(()),
        }
    }

    fn carry_out(&mut self, kind: Kind, mut random: Random) -> Verdict {
        match kind {
            Kind::Request if random.per_mille(50) => self.update()?,
            Kind::Request => {
                let command = operator::command(&self.supervisor, &mut random);
                self.request(command)?;
            }
            Kind::DaemonSignal => self.feed(Input::SignalReceived(operator::daemon_signal(&mut random)))?,
            Kind::Edit => {
                self.file.edit(&mut random);
                self.trace.note(self.clock.moment(), "somebody edits the configuration file");
            }
            Kind::WallClock => {
                let before = self.clock.wall();
                self.clock.set_wall(&mut random);
                let forth = self.clock.wall() > before;
                self.figures.met.insert(if forth { "a clock put forward" } else { "a clock put back" });
                let note = format!("somebody sets the wall clock to {}", self.clock.wall());
                self.trace.note(self.clock.moment(), &note);
            }
            Kind::Shortage if random.per_mille(self.weather.shortages) => {
                let until = self.clock.now() + random.between(1, 30) * SECOND;
                self.shortage = Some((until, random.pick(&shell::SHORTAGES)));
            }
            _ => {}
        }
        Ok(())
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

    /// The number of the request that comes next.
    pub(crate) fn next_request(&self) -> RequestId {
        RequestId(self.last_request + 1)
    }

    pub(crate) fn request(&mut self, command: Command) -> Verdict {
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
        self.trace.heard(now, &input, &self.supervisor);
        if self.twin.is_none() && self.snapshots_left > 0 && self.random.per_mille(self.weather.snapshots) {
            self.snapshots_left -= 1;
            self.twin = Some(Twin::takes_over(&mut self.supervisor)?);
            self.figures.snapshots += 1;
        }
        self.checker.hears(now, &input, &self.supervisor);
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
            self.trace.wanted(now, effect, &self.supervisor);
            ensure(!self.forbids.is_some_and(|forbids| forbids(effect)), || format!("planted: {effect:?}"))?;
            self.checker.wants(effect, &self.supervisor)?;
            self.obey(effect)?;
        }
        self.checker.settles(&self.supervisor)?;
        let processes = self.checker.processes();
        let interval = if processes <= FEW { 1 } else { processes as u64 };
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
        // Whoever listened to the old one, and whatever it had open, is gone with it.
        self.plans.retain(|_, happening| !matches!(happening, Happening::Wrote(_) | Happening::Errand(_)));
        self.errands.clear();
        self.supervisor = Supervisor::new();
        self.checker = Checker::new(self.file.ticks);
        self.twin = None;
        self.boot()
    }
}

/// Everything is watched that listeners may want: the checker lives on it.
fn watched(ticks: bool) -> Input {
    let types = configuration::event_types(ticks);
    Input::Watched(Subscriptions::new(types.iter().map(|&name| name.to_owned()).collect()))
}
