//! F19, F20: the directory of a log is removed under the daemon.

use std::fs;

use nix::sys::signal::Signal;
use supervisor_faults::observation::{times_in_main_log, wait_for_main_log};
use supervisor_faults::stage::stage;
use supervisor_worlds::patience::wait_until;
use supervisor_worlds::world::World;

const PROGRAMS: &str = "\
[program:talker]
command=/bin/sh -c 'while :; do echo 0123456789; sleep 0.01; done'
stdout_logfile=%(here)s/logs/talker
stdout_logfile_maxbytes=50
stdout_logfile_backups=2
startsecs=0
[program:other]
command=/bin/sh -c 'while :; do echo other; sleep 0.05; done'
stdout_logfile=%(here)s/run/other
startsecs=0
";

fn open() -> World {
    let scene = stage(PROGRAMS);
    fs::create_dir(scene.path("logs")).expect("a new directory");
    let world = scene.open();
    wait_until("the first rotation", || world.path("logs/talker.1").exists());
    world
}

/// Removes the directory in which the daemon may be making a file at this moment.
fn remove_logs(world: &World) {
    fs::rename(world.path("logs"), world.path("gone")).expect("it can be moved");
    fs::remove_dir_all(world.path("gone")).expect("it is removed");
}

#[test]
fn a_log_comes_back_when_its_directory_comes_back() {
    let world = open();
    remove_logs(&world);
    wait_for_main_log(&world, "logs/talker");
    fs::create_dir(world.path("logs")).expect("it is made again");
    wait_until("the log to come back", || world.read("logs/talker").contains("0123456789"));
    wait_until("the loss to be told", || times_in_main_log(&world, "bytes were lost") == 1);
    assert_eq!(world.state("talker"), "RUNNING");
    world.shut_down();
}

#[test]
fn a_log_that_was_removed_alone_comes_back_without_rotation() {
    let scene = stage(&PROGRAMS.replace("maxbytes=50", "maxbytes=0"));
    fs::create_dir(scene.path("logs")).expect("a new directory");
    let world = scene.open();
    wait_until("the log to be written", || world.read("logs/talker").contains("0123456789"));
    fs::remove_file(world.path("logs/talker")).expect("it is removed");
    wait_until("the log to come back", || world.read("logs/talker").contains("0123456789"));
    wait_for_main_log(&world, "logs/talker was removed");
    world.shut_down();
}

#[test]
fn logs_are_reopened_though_one_directory_is_missing() {
    let world = open();
    remove_logs(&world);
    wait_until("the other log to be written", || world.read("run/other").contains("other"));
    fs::rename(world.path("run/other"), world.path("run/moved")).expect("it is moved");
    world.signal(world.daemon(), Signal::SIGUSR2);
    wait_for_main_log(&world, "cannot reopen");
    wait_until("the other log to be reopened", || world.read("run/other").contains("other"));
    assert_eq!(world.state("talker"), "RUNNING");
    assert_eq!(world.state("other"), "RUNNING");
    world.shut_down();
}
