//! `pidproxy`, which stands between the supervisor and a daemon that writes a pidfile.

use std::fs;
use std::path::{Path, PathBuf};

use supervisor_compat::{Ending, Part, Running, Signal, World, compare, eventually};

/// A daemon in the background that notes the signals it gets, and a wrapper that waits for it.
const WRAPPER: &str = "trap '' HUP INT QUIT TERM USR1 USR2\n./daemon &\nwait $!";
const DAEMON: &str = "\
note() { echo $1 >>heard; }
for name in HUP USR1 USR2 INT QUIT TERM; do trap \"note $name\" $name; done
echo $$ >new; mv new pid
while [ ! -e go ]; do sleep 0.05; done
note over
exit 3";

fn pidproxy(world: &World) -> PathBuf {
    world.program(Part::Daemon).with_file_name("pidproxy")
}

/// Starts `pidproxy pid COMMAND…` in the world's directory.
fn start(world: &World, command: &[&str]) -> Running {
    let program = pidproxy(world).display().to_string();
    // The reference would hold back what it says.
    world.run("/usr/bin/env", &[&["PYTHONUNBUFFERED=1", &program, "pid"], command].concat())
}

/// As `start`, with the wrapper and its daemon; waits until the daemon has its traps.
fn start_wrapped(world: &World) -> Running {
    // A shell cannot trap what it was told to ignore when it began, so the wrapper uses a trap that does nothing.
    world.script("wrapper", &WRAPPER.replace("trap ''", "trap :"));
    world.script("daemon", DAEMON);
    let running = start(world, &["./wrapper"]);
    world.await_file("pid");
    running
}

fn is_alive(pid: i32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    !stat.is_empty() && !stat.contains(") Z ")
}

#[test]
fn too_few_arguments_are_answered_with_the_usage() {
    compare(|world| {
        for args in [&[] as &[&str], &["pid"]] {
            let program = pidproxy(world);
            let finished = world.run(&program, args).finish();
            let usage = finished.stdout.lines().find(|line| line.starts_with("Usage:")).unwrap_or_default();
            world.note("usage", usage.replace(&program.display().to_string(), "<pidproxy>"));
            world.note("standard error", finished.stderr);
            world.note("end", finished.ending.to_string());
        }
    });
}

#[test]
fn signals_that_do_not_stop_reach_the_process_in_the_pidfile() {
    compare(|world| {
        let running = start_wrapped(world);
        for (signal, name) in
            [(Signal::SIGHUP, "HUP\n"), (Signal::SIGUSR1, "USR1\n"), (Signal::SIGUSR2, "USR2\n")]
        {
            running.signal(signal);
            let _ = world.await_text("heard", name);
        }
        world.note("heard", world.read("heard"));
        world.note("alive", is_alive(running.pid()).to_string());
    });
}

#[test]
fn signals_that_stop_reach_it_too_and_its_end_is_waited_for() {
    compare(|world| {
        for (signal, name) in
            [(Signal::SIGTERM, "TERM\n"), (Signal::SIGINT, "INT\n"), (Signal::SIGQUIT, "QUIT\n")]
        {
            for file in ["go", "heard", "pid"] {
                let _ = fs::remove_file(world.path(file));
            }
            // Without the wrapper: what a shell starts in the background is deaf to INT and QUIT.
            world.script("daemon", DAEMON);
            let mut running = start(world, &["./daemon"]);
            world.await_file("pid");
            running.signal(signal);
            world.note("heard", world.await_text("heard", name));
            let is_reference = world.pair().daemon.is_reference();
            let early = is_reference.then(|| running.wait());
            world.write("go", "");
            let _ = world.await_text("heard", "over\n");
            let outlived = if early.is_some() { "over before the daemon" } else { "over after the daemon" };
            let ending = running.wait().to_string();
            world.differs(
                "pidproxy-waits-for-the-end",
                Part::Daemon,
                format!("{outlived}, {ending}"),
                ["over before the daemon, exit 0", "over after the daemon, exit 3"],
            );
        }
    });
}

#[test]
fn a_pidfile_that_cannot_be_read_is_told() {
    compare(|world| {
        world.script("plain", "touch ready; exec sleep 1000");
        for content in ["", "soon\n", "0\n0\n"] {
            world.write("pid", content);
            let _ = fs::remove_file(world.path("ready"));
            let running = start(world, &["./plain"]);
            world.await_file("ready");
            running.signal(Signal::SIGHUP);
            running.await_stdout("\n");
            world.note("said", running.stdout());
            world.note("alive", is_alive(running.pid()).to_string());
        }
    });
}

#[test]
fn a_stop_before_there_is_a_pidfile_stops_the_command() {
    compare(|world| {
        world.script("plain", "echo $$ >ready; exec sleep 1000");
        let mut running = start(world, &["./plain"]);
        let command: i32 = world.await_text("ready", "\n").trim().parse().expect("a pid");
        running.signal(Signal::SIGTERM);
        running.await_stdout("Can't read child pidfile pid!\n");
        let is_reference = world.pair().daemon.is_reference();
        let outcome = if is_reference {
            format!("it goes on: {}", is_alive(command))
        } else {
            running.wait().to_string()
        };
        world.differs(
            "pidproxy-stops-without-a-pidfile",
            Part::Daemon,
            outcome,
            ["it goes on: true", "signal 15"],
        );
    });
}

#[test]
fn a_wrapper_that_outlives_its_daemon_is_stopped_too() {
    compare(|world| {
        world.script("daemon", DAEMON);
        world.script("wrapper", "setsid ./daemon &\nexec sleep 1000");
        let mut running = start(world, &["./wrapper"]);
        world.await_file("pid");
        world.write("go", "");
        running.signal(Signal::SIGTERM);
        let _ = world.await_text("heard", "over\n");
        let ending = running.wait().to_string();
        world.differs("pidproxy-waits-for-the-end", Part::Daemon, ending, ["exit 0", "signal 15"]);
    });
}

#[test]
fn a_process_that_is_gone_does_not_end_pidproxy() {
    compare(|world| {
        world.script("plain", "touch ready; exec sleep 1000");
        world.write("pid", "2147483646\n");
        let mut running = start(world, &["./plain"]);
        world.await_file("ready");
        running.signal(Signal::SIGHUP);
        let outcome = eventually("an answer", || {
            let said = !running.stderr().is_empty();
            said.then(|| {
                if running.stderr().contains("Traceback") {
                    running.wait().to_string()
                } else {
                    format!("alive: {}", is_alive(running.pid()))
                }
            })
        });
        world.differs("pidproxy-survives-a-lost-daemon", Part::Daemon, outcome, ["exit 1", "alive: true"]);
    });
}

#[test]
fn the_end_of_the_command_is_the_end_of_pidproxy() {
    compare(|world| {
        for (command, ours) in [
            (&["/bin/sh", "-c", "exit 3"][..], "exit 3"),
            (&["/bin/sh", "-c", "kill -9 $$"], "signal 9"),
            (&["/nonexistent/program"], "exit 127"),
        ] {
            let finished = start(world, command).finish();
            world.differs(
                "pidproxy-ends-as-its-daemon",
                Part::Daemon,
                finished.ending.to_string(),
                ["exit 0", ours],
            );
        }
    });
}

#[test]
fn the_command_is_found_from_the_current_directory_and_keeps_its_name_and_group() {
    compare(|world| {
        std::os::unix::fs::symlink("/bin/sh", world.path("shell")).expect("the directory is ours");
        for word in ["shell", "./shell", "/bin/sh"] {
            let _ = fs::remove_file(world.path("pid"));
            let running = start(world, &[word, "-c", "echo $$ >new; mv new pid; while :; do sleep 1; done"]);
            world.await_file("pid");
            let pid = world.read("pid").trim().to_owned();
            let words = fs::read_to_string(format!("/proc/{pid}/cmdline")).expect("it runs");
            world.note("command line", words.replace('\0', " "));
            let group = |pid: &str| {
                let stat = fs::read_to_string(Path::new("/proc").join(pid).join("stat")).expect("it runs");
                stat.split(' ').nth(4).map(str::to_owned)
            };
            let same = group(&pid) == group(&running.pid().to_string());
            world.note("same group", same.to_string());
        }
    });
}

#[test]
fn a_bare_word_is_looked_for_on_the_search_path() {
    compare(|world| {
        let finished = start(world, &["sh", "-c", "echo found"]).finish();
        world.differs("pidproxy-searches-path", Part::Daemon, finished.stdout, ["", "found\n"]);
    });
}

#[test]
fn a_daemon_that_the_command_left_behind_is_followed() {
    compare(|world| {
        world.script("daemon", DAEMON);
        world.script("starter", "./daemon </dev/null >/dev/null 2>&1 &\nexit 0");
        let mut running = start(world, &["./starter"]);
        world.await_file("pid");
        let is_reference = world.pair().daemon.is_reference();
        let early = is_reference.then(|| running.wait());
        world.write("go", "");
        let _ = world.await_text("heard", "over\n");
        let when = if early.is_some() { "before" } else { "after" };
        let outcome = format!("{when} the daemon, {}", running.wait());
        let expected = ["before the daemon, exit 0", "after the daemon, exit 3"];
        world.differs("pidproxy-follows-the-daemon", Part::Daemon, outcome, expected);
        world.note("ended", (running.wait() != Ending::Exit(1)).to_string());
    });
}

#[test]
fn under_the_supervisor_a_daemon_behind_pidproxy_is_started_signalled_and_stopped() {
    compare(|world| {
        world.script("wrapper", &WRAPPER.replace("trap ''", "trap :"));
        world.script("daemon", &DAEMON.replace("while [ ! -e go ]", "until grep -qs TERM heard"));
        let program = pidproxy(world).display().to_string();
        world.start(&format!("[program:proxied]\ncommand={program} %(here)s/pid ./wrapper\ndirectory=%(here)s\nstartsecs=0\nautorestart=false\n"));
        world.await_running("proxied");
        world.await_file("pid");
        world.note_ctl(&["signal", "HUP", "proxied"]);
        let _ = world.await_text("heard", "HUP\n");
        world.note_ctl(&["stop", "proxied"]);
        let _ = world.await_text("heard", "over\n");
        world.note_ctl(&["status"]);
    });
}
