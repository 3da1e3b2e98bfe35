//! Turning the core's effects into deeds.

use std::path::Path;

use supervisor_config::settings::MainLog;
use supervisor_core::command::{AddedProgram, Fault, Reply, RequestId};
use supervisor_core::effect::{Effect, Level, ReadPurpose};
use supervisor_core::input::{Input, SignalError, SignalPurpose};
use supervisor_core::process::{Pid, ProcessId};
use supervisor_core::signal::Signal;
use supervisor_sys::Errno;
use supervisor_sys::clock::monotonic_nanoseconds;
use supervisor_sys::poll::Interest;
use supervisor_sys::signals::{kill, kill_group};
use supervisor_sys::spawn::Spawned;

use super::channel::Fed;
use super::fastcgi::SharedSocket;
use super::profile::Activity;
use super::spawn::Unspawned;
use super::token::Token;
use super::{Engine, command, host};
use crate::boot::rehearsal::rehearse;

/// After so much time with starts a turn goes on with deaths, output and clients: a thousand programs that start
/// together keep nobody waiting.
const SPAWNS_TIME_MAX_NANOSECONDS: u64 = 2_000_000;

impl Engine {
    /// Does one thing. An outcome goes to the end of the queue of inputs, which is emptied before anything else
    /// is heard.
    pub(super) fn obey(&mut self, effect: Effect) {
        match effect {
            Effect::Log(level, message) => {
                let writing = self.profile.begin(Activity::WriteMainLog);
                self.log.log(level, &message);
                self.profile.end(writing);
            }
            Effect::Emit { serial, event } => self.watchers.tell(serial, &event),
            Effect::Deliver(process, envelope) => {
                self.spin.sent();
                let text = envelope.render(&self.config.settings.identifier);
                if !self.feed_stdin(process, text.as_bytes()) {
                    self.tell(Input::DeliveryFailed(process));
                }
            }
            Effect::Print(printed) => self.print(&printed),
            Effect::Feed(process, text) => {
                // A process that does not read gets nothing, as in the reference.
                self.feed_stdin(process, text.as_bytes());
            }
            Effect::Reply(request, reply) => self.reply(request, reply),
            Effect::PrepareGroup(members) => self.prepare(&members),
            Effect::ForgetGroup(members) => self.forget(&members),
            Effect::Check(request, process) => self.check(request, process),
            Effect::Spawn(process) => {
                if self.to_spawn.is_empty() && self.may_spawn() {
                    self.spawn_now(process);
                } else {
                    self.to_spawn.push_back(process);
                }
            }
            Effect::Signal { process, pid, group, signal, purpose } => {
                self.signal(process, pid, group, signal, purpose);
            }
            Effect::ClearLogs(request, process) => {
                let result = self.clear_logs(process).map_err(|errno| format!("{errno:?}"));
                self.tell(Input::LogsCleared(request, process, result));
            }
            Effect::ClearMainLog(request) => self.clear_main_log(request),
            Effect::WriteStdin(request, process, chars) => {
                let taken = self.feed_stdin(process, chars.as_bytes());
                self.tell(Input::StdinWritten(request, process, taken));
            }
            Effect::ReopenLogs => self.reopen_logs(),
            Effect::ReadProgram(request, program) => self.read_program(request, &program),
            Effect::ReadConfiguration(purpose) => self.read_configuration(purpose),
            Effect::Finish(outcome) => self.outcome = Some(outcome),
        }
    }

    fn spawn_now(&mut self, process: ProcessId) {
        let spawning = self.profile.begin(Activity::Spawn);
        let outcome = self.spawn(process);
        self.profile.end(spawning);
        self.tell(match outcome {
            Ok(Spawned { pid, failed: None }) => Input::Spawned(process, Pid(pid)),
            Ok(Spawned { pid, failed: Some(_) }) => Input::SpawnedInVain(process, Pid(pid)),
            Err(Unspawned::NoRoom(why)) => Input::SpawnRefused(process, why),
            Err(Unspawned::Failed(why)) => Input::SpawnFailed(process, why),
        });
    }

    /// A turn begins, with time of its own for starts.
    pub(super) fn allow_spawns(&mut self) {
        self.spawn_until_nanoseconds = None;
    }

    /// Whether this turn has time for another start. It runs from the first one.
    fn may_spawn(&mut self) -> bool {
        let now = monotonic_nanoseconds();
        now < *self.spawn_until_nanoseconds.get_or_insert(now + SPAWNS_TIME_MAX_NANOSECONDS)
    }

    /// Starts what an earlier turn had no time for, in the order in which it was decided.
    pub(super) fn spawn_more(&mut self) {
        while !self.to_spawn.is_empty() && self.may_spawn() {
            let Some(process) = self.to_spawn.pop_front() else { return };
            self.spawn_now(process);
            self.think();
        }
    }

    fn reply(&mut self, request: RequestId, reply: Reply) {
        if let Some(answer) = self.replies.remove(&request) {
            // Whoever asked may be gone; what was asked for is done all the same.
            let _ = answer.send(reply);
        }
    }

    fn check(&mut self, request: RequestId, id: ProcessId) {
        let resolving = self.profile.begin(Activity::ResolveCommand);
        let result = match self.core.process(id) {
            None => Err(Fault::Failed(None)),
            Some(process) => {
                let search = self.environment.search_path(process);
                command::resolve(&process.spec().command, search.as_deref()).map(drop).map_err(Fault::from)
            }
        };
        self.profile.end(resolving);
        self.tell(Input::Checked(request, id, result));
    }

    fn signal(&mut self, process: ProcessId, pid: Pid, group: bool, signal: Signal, purpose: SignalPurpose) {
        let sending = self.profile.begin(Activity::Signal);
        let sent = if group { kill_group(pid.0, signal.number()) } else { kill(pid.0, signal.number()) };
        self.profile.end(sending);
        let result = sent.map_err(|errno| match errno {
            Errno::ESRCH => SignalError::NoSuchProcess,
            errno => SignalError::Other(format!("[Errno {}] {}", errno as i32, errno.desc())),
        });
        self.tell(Input::Signalled(process, purpose, result));
    }

    fn clear_logs(&mut self, id: ProcessId) -> Result<(), Errno> {
        self.watch_logs_no_more(id);
        let Some(runtime) = self.children.runtimes.get_mut(&id) else { return Ok(()) };
        let result = runtime.stdout.clear().and(runtime.stderr.clear());
        self.watch_logs_again(id);
        result
    }

    fn clear_main_log(&mut self, request: RequestId) {
        let result = match &self.config.settings.logfile {
            MainLog::File(path) if Path::new(path).exists() => {
                // The line goes with the old file, as in the reference.
                self.log.log(Level::Info, "reopening log file");
                self.log.clear().map_err(|_| Fault::Failed(None))
            }
            MainLog::File(_) | MainLog::Syslog => Err(Fault::NoFile(None)),
        };
        self.tell(Input::MainLogCleared(request, result));
    }

    fn feed_stdin(&mut self, id: ProcessId, bytes: &[u8]) -> bool {
        let Some(stdin) = self.children.runtimes.get_mut(&id).and_then(|runtime| runtime.stdin.as_mut())
        else {
            return false;
        };
        match stdin.feed(bytes) {
            Fed::All => true,
            Fed::Pending => {
                // It may be watched already.
                let _ = self.poller.add(&stdin.fd, Interest::WRITE, Token::Stdin(id).pack());
                true
            }
            Fed::Refused => false,
        }
    }

    pub(super) fn flush_stdin(&mut self, id: ProcessId) {
        let Some(stdin) = self.children.runtimes.get_mut(&id).and_then(|runtime| runtime.stdin.as_mut())
        else {
            return;
        };
        let flushing = self.profile.begin(Activity::Flush);
        if stdin.flush() != Fed::Pending {
            // What is not in the set cannot be taken out, and need not be.
            let _ = self.poller.remove(&stdin.fd);
        }
        self.profile.end(flushing);
    }

    fn reopen_logs(&mut self) {
        for target in self.log.targets() {
            // Not everything is watched.
            let _ = self.poller.remove(target);
        }
        self.log.reopen();
        let ids: Vec<_> = self.children.runtimes.keys().copied().collect();
        for id in ids {
            self.watch_logs_no_more(id);
            let Some(runtime) = self.children.runtimes.get_mut(&id) else { continue };
            for output in [&mut runtime.stdout, &mut runtime.stderr] {
                if let Err(errno) = output.reopen() {
                    let path = output.path().unwrap_or_default();
                    let message = format!("cannot reopen {path}: {errno:?}; the old file goes on being used");
                    self.log.log(Level::Error, &message);
                }
            }
            self.watch_logs_again(id);
        }
    }

    fn read_program(&mut self, request: RequestId, program: &AddedProgram) {
        let reading = self.profile.begin(Activity::ReadConfiguration);
        let environment = &self.config.settings.environment;
        let processes = self.command_line.added_processes(&host(), environment, program);
        self.profile.end(reading);
        self.tell(Input::ProgramRead(request, program.group.clone(), processes));
    }

    fn read_configuration(&mut self, purpose: ReadPurpose) {
        let reading = self.profile.begin(Activity::ReadConfiguration);
        let loaded = self.command_line.load(&host()).map_err(|error| error.message).and_then(|config| {
            if matches!(purpose, ReadPurpose::Restart(_)) {
                let shared: Vec<_> = self.children.sockets.values().map(SharedSocket::address).collect();
                rehearse(&self.command_line, &self.config, &shared, &config)?;
            }
            Ok(config)
        });
        self.profile.end(reading);
        let result = loaded.map(|config| {
            let groups = config.groups.clone();
            match purpose {
                ReadPurpose::Reread(_) => {
                    for info in &config.infos {
                        self.log.log(Level::Info, info);
                    }
                    for warning in &config.warnings {
                        self.log.log(Level::Warn, warning);
                    }
                }
                ReadPurpose::Restart(_) => self.next_config = Some(config),
            }
            groups
        });
        self.tell(Input::ConfigurationRead(purpose, result));
    }
}
