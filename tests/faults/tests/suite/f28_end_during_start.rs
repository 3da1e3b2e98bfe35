//! F28: SIGTERM while the daemon starts, at any moment.

use std::fs;
use std::io::Write as _;
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::sys::stat::Mode;
use nix::unistd::{Pid, mkfifo};
use supervisor_faults::stage::stage;
use supervisor_worlds::patience::wait_for;
use supervisor_worlds::scene::Scene;
use supervisor_worlds::subject;

/// So often each moment is tried.
const ROUNDS: usize = 5;

/// A daemon that has only just been called. Its warden ends when nothing of it is left, with its exit status.
struct Start {
    warden: Child,
    pid: Pid,
}

impl Start {
    fn of(scene: &Scene, options: &[&str]) -> Self {
        let pid_path = scene.path("called");
        let _ = fs::remove_file(&pid_path);
        let mut command = Command::new(subject::warden());
        // The shell becomes the daemon, so its number is the daemon's.
        command.args(["/bin/sh", "-c", "echo $$ >$0.new && mv $0.new $0 && exec \"$@\""]);
        command.arg(&pid_path).arg(subject::supervisord()).args(options).arg("-c");
        command.arg(scene.path("supervisord.conf"));
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let warden = command.spawn().expect("the warden starts");
        let pid = wait_for("the daemon's number", || fs::read_to_string(&pid_path).ok()?.trim().parse().ok());
        Self { warden, pid: Pid::from_raw(pid) }
    }

    fn terminate(&self) {
        kill(self.pid, Signal::SIGTERM).expect("the daemon is there");
    }

    /// Expects an end in order, with nothing left.
    fn expect_the_end(mut self, scene: &Scene, when: &str) {
        let status =
            wait_for("the end of everything", || self.warden.try_wait().expect("it can be waited for"));
        assert_eq!(status.code(), Some(0), "SIGTERM {when}");
        for leftover in ["run/supervisor.sock", "run/supervisord.pid"] {
            assert!(!scene.path(leftover).exists(), "{leftover} is left after SIGTERM {when}");
        }
    }
}

impl Drop for Start {
    fn drop(&mut self) {
        // Without its input the warden kills what is left.
        drop(self.warden.stdin.take());
        let _ = self.warden.wait();
    }
}

fn programs() -> Scene {
    stage("[program:sleep]\ncommand=/bin/sleep 1000\nnumprocs=20\nprocess_name=%(process_num)d\n")
}

#[test]
fn an_end_is_in_order_from_the_moment_on_at_which_there_is_anything() {
    let scene = programs();
    let exists = |name: &str| scene.path(name).exists();
    let says =
        |text: &str| fs::read_to_string(scene.path("run/main.log")).is_ok_and(|log| log.contains(text));
    let moments: [(&str, &dyn Fn() -> bool); 5] = [
        ("when there is a main log", &|| exists("run/main.log")),
        ("when there is a socket", &|| exists("run/supervisor.sock")),
        ("when there is a pidfile", &|| exists("run/supervisord.pid")),
        ("when the first program starts", &|| says("spawned: '0'")),
        ("when the last program starts", &|| says("spawned: '19'")),
    ];
    for (when, has_come) in moments {
        for _ in 0..ROUNDS {
            let _ = fs::remove_file(scene.path("run/main.log"));
            let start = Start::of(&scene, &["-n"]);
            // Looks without a pause, to be there at the moment.
            while !has_come() {
                assert!(kill(start.pid, None).is_ok(), "the daemon ended by itself");
            }
            start.terminate();
            start.expect_the_end(&scene, when);
        }
    }
}

/// Has the daemon wait for its configuration, writes it when SIGTERM has been sent, and returns the main log.
fn end_before_the_configuration_is_read(options: &[&str]) -> String {
    let scene = programs();
    let (path, pipe) = (scene.path("supervisord.conf"), scene.path("pipe"));
    let text = fs::read_to_string(&path).expect("a configuration");
    mkfifo(&pipe, Mode::S_IRWXU).expect("a FIFO can be made");
    fs::rename(&pipe, &path).expect("a file can be renamed");
    let start = Start::of(&scene, options);
    let mut writer =
        fs::OpenOptions::new().write(true).open(&path).expect("the daemon reads its configuration");
    start.terminate();
    writer.write_all(text.as_bytes()).expect("the daemon reads on");
    drop(writer);
    start.expect_the_end(&scene, "while the configuration is read");
    fs::read_to_string(scene.path("run/main.log")).expect("a main log")
}

#[test]
fn an_end_that_is_wanted_before_the_configuration_is_read_starts_nothing() {
    let log = end_before_the_configuration_is_read(&["-n"]);
    assert!(log.contains("received SIGTERM") && !log.contains("spawned"), "{log}");
}

#[test]
fn an_end_that_the_parent_of_a_daemon_is_asked_for_is_the_daemon_s() {
    let log = end_before_the_configuration_is_read(&[]);
    assert!(log.contains("received SIGTERM"), "{log}");
}
