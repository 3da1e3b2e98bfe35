//! A running daemon with its programs.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::thread;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::command::{Answer, run};
use crate::patience::{wait_for, wait_until};
use crate::processes::{command_line, descendants};
use crate::scene::Scene;
use crate::status::{self, Statuses};
use crate::stream::Stream;
use crate::subject;

/// The signal that nobody survives.
pub const KILL: Signal = Signal::SIGKILL;

/// How much of each stream a failed test shows, in bytes. The main log is among it: it goes to standard output too.
const SHOWN: usize = 4000;

/// A daemon that runs in the foreground on a scene's configuration. Dropping it kills whatever is left.
#[derive(Debug)]
pub struct World {
    scene: Arc<Scene>,
    warden: Child,
    /// The warden kills everything when this is closed.
    lifeline: Option<ChildStdin>,
    stdout: Stream,
    stderr: Stream,
}

impl World {
    pub(crate) fn open(scene: Arc<Scene>, tracer: &[&str]) -> Self {
        let mut command = Command::new(subject::warden());
        command
            .args(tracer)
            .arg(subject::supervisord())
            .args(["-n", "-c"])
            .arg(scene.path("supervisord.conf"));
        command.envs(scene.environment()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Ctrl-C is for the test alone: the warden stays to clean up after it.
        command.process_group(0);
        let mut warden = command.spawn().expect("the warden starts");
        let lifeline = warden.stdin.take();
        let (stdout, stderr) = (Stream::collect(warden.stdout.take()), Stream::collect(warden.stderr.take()));
        let mut world = Self { scene, warden, lifeline, stdout, stderr };
        wait_until("the daemon's first answer", || world.answers());
        world
    }

    /// Starts another daemon on the same scene, for a world whose own daemon is gone.
    #[must_use]
    pub fn successor(&self) -> Self {
        Self::open(Arc::clone(&self.scene), &[])
    }

    fn answers(&mut self) -> bool {
        let end = self.warden.try_wait().expect("a child can be waited for");
        assert_eq!(end, None, "the daemon ended instead of serving");
        self.ctl(&["pid"]).stdout.trim().parse::<i32>().is_ok()
    }

    /// Runs `supervisorctl` with these words.
    pub fn ctl(&self, words: &[&str]) -> Answer {
        let mut command = Command::new(subject::supervisorctl());
        command.arg("-c").arg(self.path("supervisord.conf")).args(words).envs(self.scene.environment());
        run(&mut command)
    }

    /// Runs `supervisorctl` and expects exit status 0; returns what it printed.
    ///
    /// # Panics
    /// When the status is another.
    pub fn ctl_ok(&self, words: &[&str]) -> String {
        let answer = self.ctl(words);
        assert_eq!(answer.code, Some(0), "supervisorctl {words:?}: {answer:?}");
        answer.stdout
    }

    /// The daemon's own process id, by its own word.
    pub fn daemon(&self) -> i32 {
        self.ctl_ok(&["pid"]).trim().parse().expect("`pid` prints a number")
    }

    /// The process id of a running process.
    pub fn pid(&self, name: &str) -> i32 {
        self.ctl_ok(&["pid", name]).trim().parse().expect("`pid NAME` prints a number")
    }

    /// What `status` shows now.
    pub fn statuses(&self) -> Statuses {
        status::parse(&self.ctl(&["status"]).stdout)
    }

    /// The state of one process now; empty if the daemon does not answer.
    pub fn state(&self, name: &str) -> String {
        self.statuses().get(name).map(|status| status.state.clone()).unwrap_or_default()
    }

    /// Waits until a process is in a state.
    pub fn wait_for_state(&self, name: &str, state: &str) {
        wait_until(&format!("{name} to be {state}"), || self.state(name) == state);
    }

    /// Waits until exactly these processes are there and all are `RUNNING`.
    pub fn wait_until_all_run(&self, names: &[&str]) {
        wait_until(&format!("all of {names:?} to be RUNNING"), || {
            let statuses = self.statuses();
            let mut expected = names.to_vec();
            expected.sort_unstable();
            let listed: Vec<&str> = statuses.keys().map(String::as_str).collect();
            listed == expected && statuses.values().all(|status| status.state == "RUNNING")
        });
    }

    /// Waits until a process that had the id `old` is `RUNNING` with another one, which it returns.
    pub fn wait_for_successor(&self, name: &str, old: i32) -> i32 {
        wait_for(&format!("a successor of {name} ({old})"), || {
            let shown = self.statuses().get(name)?.clone();
            let rest = shown.description.strip_prefix("pid ")?;
            let pid = rest.split(',').next()?.parse().ok()?;
            (shown.state == "RUNNING" && pid != old).then_some(pid)
        })
    }

    /// Sends a signal to a process of the world.
    ///
    /// # Panics
    /// When the process is not there.
    pub fn signal(&self, pid: i32, signal: Signal) {
        kill(Pid::from_raw(pid), signal).unwrap_or_else(|error| panic!("{signal} to {pid}: {error}"));
    }

    /// A file of the world.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.scene.path(relative)
    }

    /// The content of a file of the world; empty if there is none.
    pub fn read(&self, relative: &str) -> String {
        let bytes = fs::read(self.path(relative)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// What came out of the daemon's standard output so far.
    pub fn stdout(&self) -> String {
        self.stdout.text()
    }

    /// What came out of the daemon's standard error so far.
    pub fn stderr(&self) -> String {
        self.stderr.text()
    }

    /// Asks the daemon to shut down, and expects that it leaves nothing.
    pub fn shut_down(self) {
        assert_eq!(self.ctl_ok(&["shutdown"]), "Shut down\n");
        self.expect_nothing_left();
    }

    /// Tells the daemon to end with SIGTERM, as an init system does, and expects that it leaves nothing.
    pub fn terminate(self) {
        self.signal(self.daemon(), Signal::SIGTERM);
        self.expect_nothing_left();
    }

    /// After an end was ordered in another way: expects that it is one in order, with nothing left.
    pub fn expect_an_end_in_order(self) {
        self.expect_nothing_left();
    }

    /// Expects an orderly end: exit status 0, and no process, socket or pidfile left.
    fn expect_nothing_left(mut self) {
        let warden = i32::try_from(self.warden.id()).expect("a pid fits");
        let status = wait_for("the end of every process", || {
            let end = self.warden.try_wait().expect("a child can be waited for");
            end.or_else(|| {
                self.remember_survivors(warden);
                None
            })
        });
        assert_eq!(status.code(), Some(0), "the daemon's exit status");
        for leftover in ["run/supervisor.sock", "run/supervisord.pid"] {
            assert!(!self.path(leftover).exists(), "{leftover} was left behind");
        }
    }

    /// Keeps the list of who is still there in a file, for the report of a failure.
    fn remember_survivors(&self, warden: i32) {
        let survivors = descendants(warden);
        let lines =
            survivors.iter().map(|process| format!("{} {}\n", process.pid, command_line(process.pid)));
        // The list only helps to explain a failure; without it the failure still stands.
        let _ = fs::write(self.path("survivors"), lines.collect::<String>());
    }

    #[expect(clippy::print_stderr, reason = "the test runner collects what a test prints")]
    fn report(&self) {
        let parts = [
            ("standard output", self.stdout()),
            ("standard error", self.stderr()),
            ("processes seen last", self.read("survivors")),
        ];
        for (title, content) in parts {
            let start = content.len().saturating_sub(SHOWN);
            eprintln!("--- {title}\n{}", String::from_utf8_lossy(&content.as_bytes()[start..]));
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        drop(self.lifeline.take());
        // The warden cannot fail to end: it kills its descendants until none is left.
        let _ = self.warden.wait();
        self.stdout.wait_for_the_end();
        self.stderr.wait_for_the_end();
        if thread::panicking() {
            self.report();
        }
    }
}
