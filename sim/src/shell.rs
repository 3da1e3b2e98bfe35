//! Obeying the core, as the daemon's shell does, on the model system.

use supervisor_core::command::{Fault, RequestId};
use supervisor_core::effect::Effect;
use supervisor_core::input::Input;
use supervisor_core::process::ProcessId;

use crate::checker::{Verdict, Violation, ensure};
use crate::clock::{MILLISECOND, SECOND};
use crate::configuration;
use crate::decision::{Kind, key_of};
use crate::world::{Happening, World};

/// What a system says that is short of something.
pub(crate) const SHORTAGES: [&str; 3] = [
    "Too many processes in process table to spawn 'p'",
    "unknown error during fork for 'p': ENOMEM",
    "can't open pipes for 'p': Too many open files",
];

/// What is wrong with one spawn alone.
const SPAWN_FAILURES: [&str; 5] = [
    "couldn't exec /bin/p: ENOENT",
    "couldn't exec /bin/p: EACCES",
    "unknown error during fork for 'p': EAGAIN",
    "unknown error during fork for 'p': ENOMEM",
    "can't open pipes for 'p': EMFILE",
];

/// What a machine says that has no room for a process at present.
const NO_ROOM: [&str; 3] = ["EAGAIN", "ENOMEM", "EMFILE"];

impl World {
    pub(crate) fn obey(&mut self, effect: &Effect) -> Verdict {
        match effect {
            Effect::Reply(request, reply) => self.answered(*request, reply),
            Effect::Log(..)
            | Effect::Emit { .. }
            | Effect::Print(_)
            | Effect::Feed(..)
            | Effect::PrepareGroup(_)
            | Effect::ForgetGroup(_)
            | Effect::ReopenLogs => {}
            Effect::Deliver(id, _) => self.listener_told(*id),
            Effect::Check(request, id) => {
                let result = self.check();
                self.comes_back(Input::Checked(*request, *id, result));
            }
            Effect::Spawn(id) => self.spawn(*id)?,
            Effect::Signal { process, pid, group: _, signal, purpose } => {
                self.figures.signals += 1;
                let now = self.clock.now();
                let result = self.children.signal(now, *pid, *signal, &self.weather, &mut self.random);
                let result =
                    result.ok_or_else(|| Violation(format!("{signal} to {pid}, which is reaped")))?;
                self.outcome(Input::Signalled(*process, *purpose, result));
            }
            Effect::ClearLogs(request, id) => {
                let result = if self.random.per_mille(50) { Err("no such file".to_owned()) } else { Ok(()) };
                self.comes_back(Input::LogsCleared(*request, *id, result));
            }
            Effect::ClearMainLog(request) => self.clear_main_log(*request),
            Effect::WriteStdin(request, id, _) => {
                let read = self.children.of(*id).is_some() && self.random.per_mille(900);
                self.comes_back(Input::StdinWritten(*request, *id, read));
            }
            Effect::ReadProgram(request, program) => {
                let result = configuration::program(&program.program, &mut self.random);
                self.comes_back(Input::ProgramRead(*request, program.group.clone(), result));
            }
            Effect::ReadConfiguration(purpose) => {
                let groups = self.file.read();
                self.comes_back(Input::ConfigurationRead(*purpose, groups));
            }
            Effect::Finish(outcome) => self.finished = Some(*outcome),
        }
        Ok(())
    }

    fn spawn(&mut self, id: ProcessId) -> Verdict {
        ensure(self.children.of(id).is_none(), || format!("{id:?} has a process already"))?;
        let process = self.supervisor.process(id).ok_or_else(|| Violation(format!("no {id:?} to spawn")))?;
        let spec = process.spec().clone();
        let name = format!("{}:{}", process.group_name(), spec.name);
        let key = key_of(&name);
        let life = self.lives.entry(name).or_default();
        *life += 1;
        let mut random = self.chance.draw_for(Kind::Child, key, *life);
        let now = self.clock.now();
        let shortage = self.shortage.filter(|&(until, _)| now < until && random.per_mille(900));
        if shortage.is_some() || random.per_mille(self.weather.spawn_failures) {
            let why = shortage.map_or_else(|| random.pick(&SPAWN_FAILURES), |(_, why)| why);
            self.figures.met.insert(why);
            let is_room_wanted = NO_ROOM.iter().any(|errno| why.ends_with(errno));
            let outcome = if is_room_wanted { Input::SpawnRefused } else { Input::SpawnFailed };
            self.outcome(outcome(id, why.to_owned()));
            return Ok(());
        }
        self.figures.spawns += 1;
        let pid = self.children.spawn(now, id, &spec, &self.weather, &mut random);
        self.writer_born(id, pid, random.fork());
        if self.supervisor.is_listener(id) {
            self.listener_born(id, pid, random);
        }
        self.outcome(Input::Spawned(id, pid));
        Ok(())
    }

    fn check(&mut self) -> Result<(), Fault> {
        if !self.random.per_mille(self.weather.check_failures) {
            return Ok(());
        }
        let text = "can't find command '/bin/p'".to_owned();
        Err(if self.random.coin() { Fault::NoFile(Some(text)) } else { Fault::NotExecutable(text) })
    }

    fn clear_main_log(&mut self, request: RequestId) {
        let result = if self.random.per_mille(100) { Err(Fault::NoFile(None)) } else { Ok(()) };
        self.comes_back(Input::MainLogCleared(request, result));
    }

    /// The outcome follows before anything else does.
    fn outcome(&mut self, outcome: Input) {
        if self.slow_effects_left > 0 && self.random.per_mille(self.weather.slow_effects) {
            self.slow_effects_left -= 1;
            let wait = self.random.pick(&[1, MILLISECOND, 30 * MILLISECOND, 2 * SECOND]);
            self.is_late(wait);
        }
        let moment = self.weather.outcomes_keep_their_moment.then(|| self.clock.moment());
        self.outcomes.push_back((moment, outcome));
    }

    /// The outcome follows at once, or, from another thread, some day.
    fn comes_back(&mut self, outcome: Input) {
        if self.random.per_mille(self.weather.slow_outcomes) {
            let wait = self.random.pick(&[0, MILLISECOND, 200 * MILLISECOND, SECOND, 4 * SECOND]);
            self.plan(wait, Happening::Outcome(outcome));
        } else {
            self.outcome(outcome);
        }
    }
}
