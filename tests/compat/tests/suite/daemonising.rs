//! Going into the background.

use std::fs;

use nix::unistd::{Pid, getpgid, getsid};
use supervisor_compat::{Part, Signal, World, compare};

/// Notes what can be seen of the daemon from outside.
fn note_daemon(world: &mut World) {
    let pid = world.pid();
    let proc = |name: &str| format!("/proc/{pid}/{name}");
    let link =
        |name: &str| fs::read_link(proc(name)).map(|path| path.display().to_string()).unwrap_or_default();
    let status = fs::read_to_string(proc("status")).unwrap_or_default();
    let umask = status.lines().find(|line| line.starts_with("Umask")).unwrap_or_default().to_owned();
    let itself = Pid::from_raw(pid);
    let leads = getsid(Some(itself)) == Ok(itself) && getpgid(Some(itself)) == Ok(itself);
    let streams = [link("fd/0"), link("fd/1"), link("fd/2")].join(" ");
    world.note(
        "daemon",
        format!("cwd {}\n{umask}\nleads its session {leads}\nstreams {streams}", link("cwd")),
    );
}

#[test]
fn the_command_ends_well_and_the_daemon_leads_a_session_of_its_own() {
    compare(|world| {
        world.configure("[program:cat]\ncommand=/bin/cat\nstartsecs=0\nstdout_logfile=%(here)s/out\n");
        let finished = world.daemonise(&[] as &[&str]);
        world.note("command", finished.to_string());
        world.await_log("supervisord started");
        note_daemon(world);
        world.await_running("cat");
        let modes = ["supervisord.pid", "supervisord.log", "out", "s.sock"].map(|name| world.mode(name));
        world.note("modes", modes.join(" "));
        let pid = world.pid();
        world.note("pid file", (world.read("supervisord.pid") == format!("{pid}\n")).to_string());
        world.signal(Signal::SIGTERM);
        world.await_gone(pid);
        world
            .note("left", world.names(|name| name.ends_with(".pid") || name.starts_with("s.sock")).join(" "));
        world.note_main_log(&[]);
    });
}

#[test]
fn directory_and_umask_apply_in_the_background() {
    compare(|world| {
        fs::create_dir(world.path("place")).expect("the directory is ours");
        world.configure(
            "
[supervisord]
directory=%(here)s/place
umask=077
[program:probe]
command=/bin/sh -c 'pwd; umask; exec cat'
stdout_logfile=%(here)s/out
startsecs=0
",
        );
        world.daemonise(&[] as &[&str]);
        world.await_running("probe");
        note_daemon(world);
        world.note("child", world.await_text("out", "77\n"));
        world.note("modes", ["supervisord.pid", "out"].map(|name| world.mode(name)).join(" "));
        world.note_main_log(&["daemonizing", "directory"]);
    });
}

#[test]
fn the_command_line_s_directory_and_umask_win() {
    compare(|world| {
        fs::create_dir(world.path("place")).expect("the directory is ours");
        world.configure("[supervisord]\numask=077\n");
        let place = world.path("place").display().to_string();
        world.daemonise(&["-d", &place, "-m", "027"]);
        world.await_log("supervisord started");
        note_daemon(world);
    });
}

#[test]
fn directory_and_umask_are_ignored_in_the_foreground() {
    compare(|world| {
        fs::create_dir(world.path("place")).expect("the directory is ours");
        world.start("[supervisord]\ndirectory=%(here)s/place\numask=077\n[program:probe]\ncommand=/bin/sh -c 'pwd; umask; exec cat'\nstdout_logfile=%(here)s/out\nstartsecs=0\n");
        world.await_running("probe");
        world.note("child", world.await_text("out", "2\n"));
    });
}

#[test]
fn a_daemon_that_cannot_start_says_so_before_it_goes_into_the_background() {
    compare(|world| {
        world.start("");
        world.await_file("s.sock");
        let conf = world.path("supervisord.conf").display().to_string();
        world.note_supervisord(&["-c", &conf]);
        world.note_ctl(&["version"]);
    });
}

#[test]
fn a_pidfile_that_cannot_be_written_is_only_logged() {
    compare(|world| {
        fs::create_dir(world.path("folder")).expect("the directory is ours");
        world.configure("[supervisord]\npidfile=%(here)s/folder\n");
        let conf = world.path("supervisord.conf").display().to_string();
        let mut running = world.run(world.program(Part::Daemon), &["-n", "-c", &conf]);
        world.await_log("could not write pidfile");
        world.note_main_log(&["pidfile", "started"]);
        world.note_ctl(&["version"]);
        running.signal(Signal::SIGTERM);
        let ending = running.wait();
        world.note("end", ending.to_string());
    });
}
