//! The start of the daemon, and its starts over.

use std::cell::Cell;
use std::os::unix::ffi::OsStrExt as _;
use std::sync::Arc;
use std::sync::mpsc::channel;

use supervisor_config::error::ConfigError;
use supervisor_config::settings::{MainLog, Settings};
use supervisor_config::supervisord::{CommandLine, Config, ROOT_WITHOUT_CONFIGURATION};
use supervisor_config::usage::UsageError;
use supervisor_core::effect::{Level, Outcome};
use supervisor_core::rotation::Rotation;
use supervisor_host::RealHost;
use supervisor_sys::Errno;
use supervisor_sys::daemonize::Readiness;
use supervisor_sys::poll::Bell;
use supervisor_sys::signals::{SignalFd, SignalMask, block_for_signalfd, ignore};

use super::daemon::{Daemonized, daemonize};
use super::extension_sockets::ExtensionSockets;
use super::pidfile::{Pidfile, PidfileLock};
use super::privileges::{Privileges, ROOT_WARNING};
use super::{COMPATIBLE_VERSION, complain, limits, privileges, refusal, rehearsal, say};
use crate::engine::handle::{EngineHandle, Published};
use crate::engine::held::Held;
use crate::engine::profile::{Profile, ProfileOptions};
use crate::engine::{Ended, Engine, Parts};
use crate::http::{self, BoundServer, Context};
use crate::logs::activity::{ActivityLog, StandardOutput};
use crate::logs::auto;
use crate::logs::recent::Recent;

/// SIGHUP, SIGINT, SIGQUIT, SIGUSR2, SIGTERM, SIGCHLD.
const OBEYED: [i32; 6] = [1, 2, 3, 12, 15, 17];
const SIGPIPE: i32 = 13;
const SIGXFSZ: i32 = 25;

/// What stays the same over all lives of one daemon.
struct Daemon {
    command_line: CommandLine,
    environment: Vec<(Vec<u8>, Vec<u8>)>,
    first: bool,
    /// The number of the first event of this life.
    next_serial: u64,
    /// Pipes that outlived the life before.
    held: Cell<Held>,
}

/// How one life went.
enum Lived {
    /// This is the process that was started by hand; it exits with this status.
    Parent(u8),
    Ended(Box<Ended>),
}

/// Runs until the daemon ends for good and returns its exit status.
///
/// # Errors
/// A start that was refused.
pub(super) fn run(command_line: &CommandLine) -> Result<u8, UsageError> {
    let refuse = |message: String| command_line.usage_error(&ConfigError::new(message));
    // First of all: whoever wants an end while the daemon starts gets one in order.
    // Differs: signals-during-start
    // Children inherit these two ignored, as they do from the reference.
    let signals = ignore(SIGPIPE)
        .and_then(|()| ignore(SIGXFSZ))
        .and_then(|()| block_for_signalfd(&OBEYED))
        .map_err(|errno| refuse(format!("cannot handle signals: {}", errno.desc())))?;
    let mut signals = signals.0;
    let mut config = command_line.load(&RealHost).map_err(|error| command_line.usage_error(&error))?;
    let environment = std::env::vars_os()
        .map(|(name, value)| (name.as_bytes().to_vec(), value.as_bytes().to_vec()))
        .collect();
    crate::MEMORY.reserve();
    let options = config.settings.profile_options.as_deref().map(ProfileOptions::parse);
    let mut profile = Profile::new(options);
    let mut recent = Recent::default();
    let mut daemon = Daemon {
        command_line: command_line.clone(),
        environment,
        first: true,
        next_serial: 0,
        held: Cell::default(),
    };
    // Where the reason is written if there is no life after this one.
    let mut last = None;
    loop {
        let settings = config.settings.clone();
        let ended = match daemon
            .live(config, signals, profile, recent)
            .map_err(|error| daemon.ends_for(&error, last.as_ref()))?
        {
            Lived::Parent(status) => return Ok(status),
            Lived::Ended(ended) => *ended,
        };
        (signals, profile, recent) = (ended.signals, ended.profile, ended.recent);
        config = match (ended.outcome, ended.next_config) {
            (Outcome::Restart, Some(next)) => next,
            (Outcome::Restart, None) => {
                command_line.load(&RealHost).map_err(|error| daemon.ends_for(&error, Some(&settings)))?
            }
            (Outcome::Shutdown, _) => break,
        };
        last = Some(settings);
        daemon.first = false;
        daemon.next_serial = ended.next_serial;
        daemon.held.set(ended.held);
    }
    if let Some(report) = profile.report() {
        say(&report);
    }
    Ok(0)
}

impl Daemon {
    /// One life: from a configuration to the end of all its programs.
    fn live(
        &self,
        config: Config,
        signals: SignalFd,
        profile: Profile,
        recent: Recent,
    ) -> Result<Lived, ConfigError> {
        if config.root_without_configuration {
            complain(&format!(
                "{}: UserWarning: {ROOT_WITHOUT_CONFIGURATION}\n",
                self.command_line.program()
            ));
        }
        let repeats = config.settings.nodaemon && !config.settings.silent;
        let stdout = repeats.then(StandardOutput::open);
        let privileges = privileges::switch(&config.settings)?;
        let raised = if self.first { limits::raise(&config.settings)? } else { Vec::new() };
        let mut log = self.open_log(&config.settings, stdout)?;
        log.remember(recent);
        announce(&mut log, &config, &privileges, &raised);
        let servers =
            http::bind(&config.servers).map_err(|refused| refusal::unbound(&self.command_line, &refused))?;
        let lock = match PidfileLock::take(&config.settings.pidfile, &config.path) {
            Err(why) if self.first => return Err(ConfigError::new(withdraw(&servers, why))),
            lock => lock.ok().flatten(),
        };
        if !config.settings.nocleanup {
            clean_up(&config.settings, &mut log);
        }
        greet(&mut log, &config, &servers);
        let readiness = if self.first && !config.settings.nodaemon {
            rehearsal::rehearse_fastcgi(&config.groups).map_err(|why| {
                log.log(Level::Critical, &why);
                lock.iter().for_each(|lock| lock.withdraw(&config.settings.pidfile));
                withdraw(&servers, why)
            })?;
            match daemonize(&config.settings, &signals, &mut log).map_err(|why| withdraw(&servers, why))? {
                Daemonized::Parent(status) => return Ok(Lived::Parent(status)),
                Daemonized::Daemon(readiness) => Some(readiness),
            }
        } else {
            None
        };
        Ok(self.work(config, log, signals, profile, servers, (readiness, lock))?)
    }

    fn work(
        &self,
        config: Config,
        mut log: ActivityLog,
        signals: SignalFd,
        profile: Profile,
        servers: Vec<BoundServer>,
        (readiness, lock): (Option<Readiness>, Option<PidfileLock>),
    ) -> Result<Lived, String> {
        let trouble = |errno: Errno| format!("cannot start: {}", errno.desc());
        let refuse = |errno: Errno| withdraw(&servers, trouble(errno));
        // Whoever ends in order takes it along.
        let was_killed = lock.as_ref().is_some_and(PidfileLock::was_there);
        let pidfile = Pidfile::write(&config.settings.pidfile, lock);
        if pidfile.is_none() {
            log.log(Level::Critical, &format!("could not write pidfile {}", config.settings.pidfile));
        }
        limits::prepare_for(&config.groups);
        let bell = Bell::new().map_err(refuse)?;
        let (sender, requests) = channel();
        let published = Arc::new(Published::default());
        let ringer = bell.clone();
        let handle = EngineHandle::new(sender, Arc::new(move || ringer.ring()), Arc::clone(&published));
        let context = context(handle.clone(), &config, &self.command_line);
        let extension_sockets = ExtensionSockets::new(&config);
        let mut engine = Engine::new(Parts {
            command_line: self.command_line.clone(),
            config,
            log,
            signals,
            // Whatever whoever started us has blocked is nothing that children should find blocked.
            // Differs: nothing-is-blocked
            signal_mask: SignalMask::empty(),
            bell,
            requests,
            published,
            environment: self.environment.clone(),
            tag: tag(self.command_line.program()),
            next_serial: self.next_serial,
            held: self.held.take(),
            profile,
            handle,
            after_a_kill: self.first.then_some(was_killed),
        })
        .map_err(refuse)?;
        // Differs: fcgi-start-error
        if let Some(why) = engine.take_start_trouble() {
            return Err(withdraw(&servers, why));
        }
        if pidfile.is_some() {
            let message = format!("supervisord started with pid {}", std::process::id());
            engine.log().log(Level::Info, &message);
        }
        let serving = http::serve(servers, context).map_err(|error| format!("cannot serve HTTP: {error}"))?;
        if let Some(readiness) = readiness {
            readiness.ready();
        }
        let ended = engine.run().map_err(trouble)?;
        serving.stop();
        extension_sockets.remove();
        drop(pidfile);
        Ok(Lived::Ended(Box::new(ended)))
    }

    /// Nobody may see what is said of a start when it is not the first: the main log of the life before says it, too.
    fn ends_for(&self, error: &ConfigError, last: Option<&Settings>) -> UsageError {
        if let Some(mut log) = last.and_then(|settings| self.open_log(settings, None).ok()) {
            let why = refusal::in_one_line(error);
            log.log(Level::Critical, &format!("cannot start again, so supervisord ends: {why}"));
        }
        self.command_line.usage_error(error)
    }

    fn open_log(
        &self,
        settings: &Settings,
        stdout: Option<StandardOutput>,
    ) -> Result<ActivityLog, ConfigError> {
        let rotation = Rotation { maxbytes: settings.logfile_maxbytes, backups: settings.logfile_backups };
        let tag = tag(self.command_line.program());
        ActivityLog::open(&settings.logfile, rotation, settings.loglevel, stdout, &tag).map_err(|errno| {
            match &settings.logfile {
                MainLog::File(path) => refusal::unopened(&self.command_line, settings, path, errno),
                MainLog::Syslog => {
                    ConfigError::new(format!("cannot open the system's log: {}", errno.desc()))
                }
            }
        })
    }
}

/// How the program was called, without directories: what the system's log shows.
fn tag(program: &str) -> String {
    program.rsplit('/').next().unwrap_or(program).to_owned()
}

/// What was noticed before the log was open: the gravest first.
fn announce(log: &mut ActivityLog, config: &Config, privileges: &Privileges, raised: &[String]) {
    if *privileges == Privileges::Root {
        log.log(Level::Critical, ROOT_WARNING);
    }
    for warning in &config.warnings {
        log.log(Level::Warn, warning);
    }
    for info in &config.infos {
        log.log(Level::Info, info);
    }
    if let Privileges::Switched(uid) = privileges {
        log.log(Level::Info, &format!("Set uid to user {uid} succeeded"));
    }
    for line in raised {
        log.log(Level::Info, line);
    }
}

fn clean_up(settings: &Settings, log: &mut ActivityLog) {
    match auto::clean_up(&settings.childlogdir, &settings.identifier) {
        Err(_) => log.log(Level::Warn, "Could not clear childlog dir"),
        Ok(failed) => {
            for path in failed {
                log.log(Level::Warn, &format!("Failed to clean up '{path}'"));
            }
        }
    }
}

/// Takes back the sockets of a start that is given up.
fn withdraw(servers: &[BoundServer], why: String) -> String {
    servers.iter().for_each(BoundServer::remove_socket_file);
    why
}

/// What each server offers, and whether it asks for a password.
fn greet(log: &mut ActivityLog, config: &Config, servers: &[BoundServer]) {
    let interfaces: Vec<_> = config.interfaces.iter().map(|interface| interface.name.clone()).collect();
    for (level, message) in servers.iter().flat_map(|server| server.announcements(&interfaces)) {
        log.log(level, &message);
    }
}

/// What is wrong with a configuration, without what is only said on a terminal.
fn explained(command_line: &CommandLine, error: &ConfigError) -> String {
    let text = command_line.usage_error(error).explained();
    let lines = text.lines().filter(|line| !line.starts_with("For help, use "));
    lines.collect::<Vec<_>>().join("\n").trim_end().to_owned()
}

fn context(engine: EngineHandle, config: &Config, command_line: &CommandLine) -> Context {
    let command_line = command_line.clone();
    let log = engine.clone();
    Context {
        engine,
        log: Arc::new(move |level, message| log.log(level, message)),
        loglevel: config.settings.loglevel,
        interfaces: config.interfaces.clone(),
        version: COMPATIBLE_VERSION.to_owned(),
        configuration_on_disk: Arc::new(move || {
            let config = command_line.load(&RealHost);
            config.map(|config| config.groups).map_err(|error| explained(&command_line, &error))
        }),
    }
}
