//! The engine: one thread that waits for the kernel, feeds the core and obeys it.
//!
//! * [`Engine::run`] waits and sorts what happened.
//! * `obey` turns the core's effects into deeds.
//! * `output` moves what children write into their logs; the core is not asked about bytes.
//! * `pressure` has what they tell event listeners wait for room.
//! * `hearing` is what is understood of one pipe: captures, characters, control sequences.
//! * `held` keeps pipes over a reload that descendants of programs still hold.
//! * `settling` knows when a start is over.
//! * `spin` waits with open eyes for listeners that answer at once.
//! * `unwatched` looks into pipes that the kernel does not watch for want of room.
//! * `spawn` makes children, `reap` collects them.
//! * `watch` passes events on to whoever watches.
//! * `publish` draws the picture that readers see.

pub mod backlog;
pub mod channel;
pub mod children;
pub mod command;
mod console;
pub mod environment;
pub mod fastcgi;
pub mod handle;
pub mod hearing;
pub mod held;
mod nap;
mod obey;
mod output;
mod prepare;
mod pressure;
pub mod profile;
mod publish;
mod reap;
mod settling;
mod spawn;
mod spin;
mod strays;
mod token;
mod unwatched;
pub mod watch;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use supervisor_config::supervisord::{CommandLine, Config};
use supervisor_core::Supervisor;
use supervisor_core::command::{Reply, RequestId};
use supervisor_core::effect::{Effect, Level, Outcome};
use supervisor_core::input::Input;
use supervisor_core::process::ProcessId;
use supervisor_core::signal::Signal;
use supervisor_core::time::{Moment, Monotonic, WallSeconds};
use supervisor_host::RealHost;
use supervisor_sys::Errno;
use supervisor_sys::aligned::AlignedBuffer;
use supervisor_sys::clock::{monotonic_nanoseconds, wall_nanoseconds};
use supervisor_sys::memory;
use supervisor_sys::poll::{Bell, Event, Interest, Poller};
use supervisor_sys::signals::{SignalFd, SignalMask};
use tokio::sync::oneshot;

use self::children::Children;
use self::console::Console;
use self::environment::BaseEnvironment;
use self::handle::{EngineHandle, Published, Request};
use self::held::Held;
use self::nap::Naps;
use self::pressure::Pressure;
use self::profile::{Activity, Profile};
use self::settling::Settling;
use self::spin::Spin;
use self::token::Token;
use self::unwatched::Unwatched;
use self::watch::Watchers;
use crate::logs::activity::ActivityLog;
use crate::logs::recent::Recent;

/// How much one read takes from a pipe.
const READ_BYTES: usize = 128 << 10;

/// After so much time with clients a turn ends.
const REQUESTS_TIME_MAX_NANOSECONDS: u64 = 2_000_000;

/// SIGCHLD by its number: it is no `stopsignal`, only news.
const SIGCHLD: i32 = 17;

/// What the engine is built from.
#[derive(Debug)]
pub struct Parts {
    /// To read the configuration again.
    pub command_line: CommandLine,
    /// The configuration at work.
    pub config: Config,
    /// The main log, open.
    pub log: ActivityLog,
    /// Signals to obey.
    pub signals: SignalFd,
    /// The signal mask that children get.
    pub signal_mask: SignalMask,
    /// Rung by other threads.
    pub bell: Bell,
    /// What other threads ask.
    pub requests: Receiver<Request>,
    /// Where the picture for readers goes.
    pub published: Arc<Published>,
    /// The daemon's own environment.
    pub environment: Vec<(Vec<u8>, Vec<u8>)>,
    /// How the program was called, for the system's log.
    pub tag: String,
    /// The number of the first event.
    pub next_serial: u64,
    /// Pipes that outlived the engine before this one.
    pub held: Held,
    /// What time is spent on.
    pub profile: Profile,
    /// For threads that look aside.
    pub handle: EngineHandle,
    /// Whether an earlier daemon was killed, as far as is known; `None` where nobody needs to look for what it left.
    pub after_a_kill: Option<bool>,
}

/// The engine.
#[derive(Debug)]
pub struct Engine {
    core: Supervisor,
    command_line: CommandLine,
    config: Config,
    /// The configuration that a restart has found sound.
    next_config: Option<Config>,
    log: ActivityLog,
    children: Children,
    poller: Poller,
    naps: Naps,
    spin: Spin,
    pressure: Pressure,
    unwatched: Unwatched,
    /// What is to be started as soon as there is time. Each process is in it once at most.
    to_spawn: VecDeque<ProcessId>,
    /// How long this turn has time for starts, from the first one on.
    spawn_until_nanoseconds: Option<u64>,
    /// Children may be dead of whom the kernel has told us already.
    has_dead: bool,
    signals: SignalFd,
    signal_mask: SignalMask,
    bell: Bell,
    requests: Receiver<Request>,
    published: Arc<Published>,
    published_revision: u64,
    replies: HashMap<RequestId, oneshot::Sender<Reply>>,
    next_request: u64,
    inputs: VecDeque<(Moment, Input)>,
    watchers: Watchers,
    console: Console,
    environment: BaseEnvironment,
    tag: String,
    buffer: AlignedBuffer,
    outcome: Option<Outcome>,
    /// Why the daemon should not start.
    start_trouble: Option<String>,
    profile: Profile,
    handle: EngineHandle,
    after_a_kill: Option<bool>,
}

/// How the engine ended, with what outlives it.
#[derive(Debug)]
pub struct Ended {
    /// For good, or to start anew.
    pub outcome: Outcome,
    /// The configuration to start anew with.
    pub next_config: Option<Config>,
    /// Signals to obey.
    pub signals: SignalFd,
    /// The number of the event that comes next.
    pub next_serial: u64,
    /// Pipes that somebody may still write to.
    pub held: Held,
    /// What time was spent on.
    pub profile: Profile,
    /// The last lines of the main log.
    pub recent: Recent,
}

impl Engine {
    /// Puts the engine together and its groups to work; nothing is started yet.
    ///
    /// # Errors
    /// `EMFILE` and the like.
    pub fn new(parts: Parts) -> Result<Self, Errno> {
        let poller = Poller::new()?;
        poller.add(&parts.signals, Interest::READ, Token::Signals.pack())?;
        poller.add(&parts.bell, Interest::READ, Token::Bell.pack())?;
        let environment = BaseEnvironment::new(parts.environment, parts.config.server_url.clone());
        let groups = parts.config.groups.clone();
        let mut engine = Self {
            core: Supervisor::with_serial(parts.next_serial),
            command_line: parts.command_line,
            config: parts.config,
            next_config: None,
            log: parts.log,
            children: Children::default(),
            poller,
            spin: Spin::default(),
            pressure: Pressure::default(),
            unwatched: Unwatched::default(),
            to_spawn: VecDeque::new(),
            spawn_until_nanoseconds: None,
            has_dead: false,
            naps: Naps::new(&parts.signals, &parts.bell)?,
            signals: parts.signals,
            signal_mask: parts.signal_mask,
            bell: parts.bell,
            requests: parts.requests,
            published: parts.published,
            published_revision: 0,
            replies: HashMap::new(),
            next_request: 0,
            inputs: VecDeque::new(),
            watchers: Watchers::default(),
            console: Console::default(),
            environment,
            tag: parts.tag,
            buffer: AlignedBuffer::new(READ_BYTES),
            outcome: None,
            start_trouble: None,
            profile: parts.profile,
            handle: parts.handle,
            after_a_kill: parts.after_a_kill,
        };
        if !engine.log.wants(Level::Debug) {
            engine.core.log_from(Level::Info);
        }
        engine.feed(Input::Configured(groups));
        engine.take_over(parts.held);
        Ok(engine)
    }

    /// Why the daemon should not start after all, if there is a reason.
    pub fn take_start_trouble(&mut self) -> Option<String> {
        self.start_trouble.take()
    }

    /// The main log, for what happens before the engine runs.
    pub fn log(&mut self) -> &mut ActivityLog {
        &mut self.log
    }

    /// Starts what starts by itself and works until everything has stopped.
    ///
    /// # Errors
    /// None that can happen to a sound machine: waiting itself failed.
    pub fn run(mut self) -> Result<Ended, Errno> {
        self.allow_spawns();
        // Who is told to end before anything has begun begins nothing.
        self.read_signals();
        self.feed(Input::Started);
        self.look_for_orphans();
        let mut events = Vec::new();
        let mut settling = Settling::new(monotonic_nanoseconds());
        while self.outcome.is_none() {
            let mut patience = self.patience();
            if settling.is_starting() && settling.look(monotonic_nanoseconds(), &mut patience) {
                memory::give_back();
            }
            let waiting = self.profile.begin(Activity::Wait);
            let waited = self.wait(&mut events, patience);
            self.profile.end(waiting);
            waited?;
            settling.note(&events, monotonic_nanoseconds);
            let turn = self.profile.begin(Activity::Turn);
            self.react(&events);
            self.profile.end(turn);
            self.look_for_orphans();
            self.nap_if_busy();
        }
        self.drain_everything();
        self.end_console();
        let outcome = self.outcome.unwrap_or(Outcome::Shutdown);
        let held = if outcome == Outcome::Restart { self.hand_on() } else { Held::default() };
        Ok(Ended {
            outcome,
            next_config: self.next_config,
            signals: self.signals,
            next_serial: self.core.next_serial(),
            held,
            profile: self.profile,
            recent: self.log.into_recent(),
        })
    }

    /// How long nothing needs to be done if nothing happens.
    fn patience(&self) -> Option<Duration> {
        if self.has_dead || !self.to_spawn.is_empty() {
            return Some(Duration::ZERO);
        }
        let deadline = [self.core.next_deadline(), self.pressure.due()].into_iter().flatten().min();
        let left = deadline.map(|deadline| deadline.since(Monotonic(monotonic_nanoseconds())));
        [left, self.unwatched.patience()].into_iter().flatten().min()
    }

    /// Bytes first, then deaths, then everybody else: so the last bytes of a child are in its log before its end
    /// is announced.
    fn react(&mut self, events: &[Event]) {
        self.allow_spawns();
        let (mut signalled, mut rung, mut main_log) = (false, false, false);
        for event in events {
            match Token::unpack(event.token) {
                Some(Token::Signals) => signalled = true,
                Some(Token::Bell) => rung = true,
                Some(Token::Channel(slot)) => {
                    self.read_channel(slot);
                }
                Some(Token::Stdin(process)) => self.flush_stdin(process),
                Some(Token::Log(process, stream)) => self.flush_log(process, stream),
                Some(Token::MainLog) => main_log = true,
                Some(Token::Console) => self.flush_console(),
                None => {}
            }
        }
        self.look_into_unwatched();
        if signalled {
            self.read_signals();
        } else if self.has_dead {
            self.reap();
        }
        if rung {
            self.bell.silence();
            self.take_requests();
        }
        if self.core.next_deadline().is_some_and(|due| due <= Monotonic(monotonic_nanoseconds())) {
            self.feed(Input::TimePassed);
        }
        self.spawn_more();
        self.tell_what_waits();
        self.mind_main_log(main_log);
    }

    /// Has the kernel say when a main log without room has room again.
    fn mind_main_log(&mut self, has_room: bool) {
        if has_room {
            for target in self.log.targets() {
                // Not all of them are watched; those without room still are watched again below.
                let _ = self.poller.remove(target);
            }
            self.log.flush();
        }
        for target in self.log.pending() {
            // It may be watched already.
            let _ = self.poller.add(target, Interest::WRITE, Token::MainLog.pack());
        }
    }

    fn read_signals(&mut self) {
        let mut orders = Vec::new();
        let mut child_died = false;
        while let Some(number) = self.signals.read() {
            if number == SIGCHLD {
                child_died = true;
            } else {
                orders.extend(Signal::from_number(number));
            }
        }
        if child_died {
            self.log.log(Level::Debug, "received SIGCHLD indicating a child quit");
        }
        if child_died || self.has_dead {
            self.reap();
        }
        for signal in orders {
            self.feed(Input::SignalReceived(signal));
        }
    }

    /// Requests have so much time in one turn; then deaths, signals and output have theirs.
    fn take_requests(&mut self) {
        let deadline = monotonic_nanoseconds() + REQUESTS_TIME_MAX_NANOSECONDS;
        while let Ok(request) = self.requests.try_recv() {
            self.take_request(request);
            if monotonic_nanoseconds() >= deadline {
                self.bell.ring();
                return;
            }
        }
    }

    fn take_request(&mut self, request: Request) {
        match request {
            Request::Command { command, reply } => {
                self.next_request += 1;
                let id = RequestId(self.next_request);
                self.replies.insert(id, reply);
                self.feed(Input::Request(id, command));
            }
            Request::Watch { filter, mailbox } => self.watch(filter, mailbox),
            Request::Unwatch => self.unwatch(),
            Request::View { reply } => {
                // Whoever asked may be gone.
                let _ = reply.send(self.publish());
            }
            Request::GroupsAtWork { reply } => {
                // Whoever asked may be gone.
                let _ = reply.send(self.core.groups().map(|group| group.spec().clone()).collect());
            }
            Request::RecentLines { reply } => {
                // Whoever asked may be gone.
                let _ = reply.send(self.log.recent().text());
            }
            Request::Log(level, message) => self.log.log(level, &message),
        }
    }

    /// Tells the core what happened and obeys, until nothing more follows from it.
    ///
    /// Outcomes are told in the order and with the times of their effects, after everything that was decided together
    /// has been done. So a child's time begins when it is spawned, not when the last of a thousand is, and what is
    /// told of a process is told in the order in which it was decided.
    fn feed(&mut self, input: Input) {
        self.tell(input);
        self.think();
    }

    /// Decides and does until nothing more follows.
    fn think(&mut self) {
        while let Some((moment, input)) = self.inputs.pop_front() {
            for effect in self.decide(moment, input) {
                self.obey(effect);
            }
        }
    }

    /// Has the core hear of something as soon as everything decided before is done.
    fn tell(&mut self, input: Input) {
        self.inputs.push_back((now(), input));
    }

    fn decide(&mut self, moment: Moment, input: Input) -> Vec<Effect> {
        let deciding = self.profile.begin(Activity::Decide);
        let mut effects = Vec::new();
        self.core.handle(moment, input, &mut effects);
        self.profile.end(deciding);
        if self.core.revision() != self.published_revision {
            self.published_revision = self.core.revision();
            self.published.invalidate();
        }
        effects
    }
}

fn now() -> Moment {
    let wall = i64::try_from(wall_nanoseconds() / 1_000_000_000).unwrap_or(i64::MAX);
    Moment { monotonic: Monotonic(monotonic_nanoseconds()), wall: WallSeconds(wall) }
}

/// A host for reading configurations.
fn host() -> RealHost {
    RealHost
}
