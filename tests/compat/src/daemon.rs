//! Starting, signalling and watching the world's `supervisord`.

use std::ffi::OsStr;
use std::fs;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::client::Finished;
use crate::deadline::{eventually, shortly};
use crate::main_log::{self, LogLine};
use crate::running::{Ending, Plan, Running};
use crate::subject::Part;
use crate::world::World;

impl World {
    /// Writes the usual configuration with these programs and starts the daemon in the foreground.
    pub fn start(&mut self, programs: &str) {
        self.configure(programs);
        self.launch(&[] as &[&str]);
    }

    /// Starts the daemon in the foreground with the configuration that is there, and waits until it runs.
    pub fn launch(&mut self, args: &[impl AsRef<OsStr>]) {
        self.launch_in(&[], args);
    }

    /// As [`World::launch`], with additional environment variables.
    pub fn launch_in(&mut self, environment: &[(&str, &str)], args: &[impl AsRef<OsStr>]) {
        let conf = self.path("supervisord.conf");
        let mut all = vec!["-n".as_ref(), "-c".as_ref(), conf.as_os_str()];
        all.extend(args.iter().map(AsRef::as_ref));
        let mut plan = Plan::new(&self.pair.daemon.program(Part::Daemon), &all, self.here());
        for (name, value) in environment {
            plan = plan.with(name, value);
        }
        let before = self.times_started();
        let running = Running::start(&plan);
        self.daemon_pid = running.pid();
        self.daemon = Some(running);
        self.await_started_after(before);
    }

    /// Starts the daemon with the configuration that is there and lets it go into the background; waits for
    /// its pidfile. Returns how the command itself ended.
    ///
    /// # Panics
    /// When the pidfile does not come.
    pub fn daemonise(&mut self, args: &[impl AsRef<OsStr>]) -> Finished {
        let conf = self.path("supervisord.conf");
        let mut all = vec!["-c".as_ref(), conf.as_os_str()];
        all.extend(args.iter().map(AsRef::as_ref));
        let plan = Plan::new(&self.pair.daemon.program(Part::Daemon), &all, self.here());
        let mut running = Running::start(&plan);
        let ending = running.wait();
        if ending == Ending::Exit(0) {
            self.daemon_pid = eventually("the pidfile", || self.read("supervisord.pid").trim().parse().ok());
        }
        let finished = Finished { ending, stdout: running.stdout(), stderr: running.stderr() };
        self.daemon = Some(running);
        finished
    }

    /// Runs `supervisord` with exactly these arguments until it ends.
    #[must_use]
    pub fn supervisord(&self, args: &[impl AsRef<OsStr>]) -> Finished {
        let plan = Plan::new(&self.pair.daemon.program(Part::Daemon), args, self.here());
        Running::start(&plan).finish()
    }

    /// Runs `supervisord` as [`World::supervisord`] and notes what it printed and how it ended.
    pub fn note_supervisord(&mut self, args: &[&str]) {
        let finished = self.supervisord(args);
        self.note(&format!("supervisord {}", args.join(" ")), finished.to_string());
    }

    /// The daemon that [`World::launch`] started.
    ///
    /// # Panics
    /// When none was started.
    pub fn daemon(&mut self) -> &mut Running {
        self.daemon.as_mut().expect("a daemon was started")
    }

    /// The daemon's process id.
    #[must_use]
    pub const fn pid(&self) -> i32 {
        self.daemon_pid
    }

    /// Sends the daemon a signal.
    ///
    /// # Panics
    /// When the daemon is gone.
    pub fn signal(&self, signal: Signal) {
        self.await_execs();
        kill(Pid::from_raw(self.daemon_pid), signal).expect("the daemon is there to be signalled");
    }

    /// Waits until the foreground daemon has ended.
    pub fn await_exit(&mut self) -> Ending {
        self.daemon().wait()
    }

    /// Waits until a process is gone.
    pub fn await_gone(&self, pid: i32) {
        eventually(&format!("the end of process {pid}"), || {
            kill(Pid::from_raw(pid), None).is_err().then_some(())
        });
    }

    /// Sends TERM and waits for the end.
    pub fn stop(&mut self) -> Ending {
        self.await_execs();
        self.signal(Signal::SIGTERM);
        self.await_exit()
    }

    /// The main log's lines.
    #[must_use]
    pub fn main_log(&self) -> Vec<LogLine> {
        main_log::parse(&self.read("supervisord.log"))
    }

    /// Waits until the main log contains `text` somewhere.
    pub fn await_log(&self, text: &str) {
        let _ = self.await_text("supervisord.log", text);
    }

    /// Waits until the main log contains `text` in `count` lines.
    pub fn await_log_times(&self, text: &str, count: usize) {
        eventually(&format!("{count} times {text:?} in the main log"), || {
            let found = self.main_log().iter().filter(|line| line.message.contains(text)).count();
            (found >= count).then_some(())
        });
    }

    /// Notes the lines of the main log in which one of `words` stands as a whole; all lines if there are none.
    ///
    /// How often a daemon says that it waits depends on how long it waits: only the first line that waits for
    /// processes to die is noted, and none that waits for one to stop.
    pub fn note_main_log(&mut self, words: &[&str]) {
        let mut lines = self.main_log();
        let mut waits_noted = 0;
        lines.retain(|line| {
            let waits = line.message.starts_with("waiting for ");
            let dies = waits && line.message.ends_with(" to die");
            waits_noted += usize::from(dies);
            !waits || dies && waits_noted == 1
        });
        let wanted = |line: &&LogLine| words.is_empty() || words.iter().any(|word| line.names(word));
        let text: Vec<_> = lines.iter().filter(wanted).map(LogLine::to_string).collect();
        self.note(&format!("main log: {}", words.join(", ")), text.join("\n"));
    }

    /// Waits until no child of the daemon is still a copy of it. Between fork and exec the reference's
    /// children have its signal handlers and swallow what they are sent, so an order that comes too early
    /// would be answered by chance.
    pub(crate) fn await_execs(&self) {
        let program_of = |pid: &str| fs::read_link(format!("/proc/{pid}/exe")).ok();
        let daemon = self.daemon_pid.to_string();
        let Some(copy) = program_of(&daemon) else { return };
        shortly(|| children_of(&daemon).iter().all(|child| program_of(child).as_ref() != Some(&copy)));
    }

    fn times_started(&self) -> usize {
        self.main_log().iter().filter(|line| line.message.starts_with("supervisord started with pid")).count()
    }

    /// Waits until the daemon says that it has started once more than `before` times.
    fn await_started_after(&mut self, before: usize) {
        eventually("the daemon's start", || {
            let stderr = self.daemon.as_ref().map(Running::stderr).unwrap_or_default();
            assert!(!stderr.contains("Error:"), "the daemon refused to start: {stderr}");
            (self.times_started() > before).then_some(())
        });
    }

    /// Waits until the daemon has said `count` times that it started, as it does again after a reload.
    pub fn await_started(&mut self, count: usize) {
        self.await_started_after(count - 1);
    }
}

/// Direct children of a process, whichever of its threads started them.
fn children_of(pid: &str) -> Vec<String> {
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else { return Vec::new() };
    let lists =
        threads.flatten().filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    lists.flat_map(|list| list.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect()
}
