//! F10, F11, F12: somebody sets the clock.
//!
//! The daemon reads its clock through libfaketime, which leaves the monotonic clock alone, as the kernel does. No test
//! measures time: what must not come too early could only come in a day, what must come could only come in an hour.

use std::fs;
use std::path::PathBuf;

use supervisor_faults::observation::wait_for_main_log;
use supervisor_faults::stage::stage;
use supervisor_worlds::demand::newest;
use supervisor_worlds::processes::command_line;
use supervisor_worlds::rpc::call;
use supervisor_worlds::world::{KILL, World};

const PROGRAMS: &str = "\
[program:early]
command=/bin/cat
startsecs=90000
[program:crashing]
command=/bin/cat
startsecs=1
[program:broken]
command=/bin/false
autostart=false
startretries=2
[program:stubborn]
command=/bin/sh -c 'trap \"\" TERM; exec sleep 12345'
stopwaitsecs=90000
autorestart=false
startsecs=0
";

fn library() -> PathBuf {
    newest_library("x86_64-linux-gnu")
        .or_else(|| newest_library("aarch64-linux-gnu"))
        .unwrap_or_else(|| newest("/usr/lib", "no such folder", "", "libfaketime"))
}

fn newest_library(machine: &str) -> Option<PathBuf> {
    let path = PathBuf::from(format!("/usr/lib/{machine}/faketime/libfaketimeMT.so.1"));
    path.exists().then_some(path)
}

/// A daemon whose clock can be set with [`set_clock`].
fn open() -> World {
    let scene = stage(PROGRAMS);
    let clock = scene.path("clock");
    fs::write(&clock, "+0\n").expect("a new file");
    let scene = scene
        .with("LD_PRELOAD", library())
        .with("FAKETIME_TIMESTAMP_FILE", clock)
        .with("FAKETIME_NO_CACHE", "1")
        .with("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    let world = scene.open();
    world.wait_for_state("crashing", "RUNNING");
    world
}

/// Sets the clock, in libfaketime's words, and makes sure that the daemon has seen it: its log has another date.
fn set_clock(world: &World, offset: &str) {
    let stamp = |line: &str| line.get(..13).unwrap_or_default().to_owned();
    let before = world.read("run/main.log").lines().last().map(stamp).unwrap_or_default();
    fs::write(world.path("clock"), format!("{offset}\n")).expect("the clock can be set");
    let old = world.pid("crashing");
    world.signal(old, KILL);
    world.wait_for_successor("crashing", old);
    let after = world.read("run/main.log").lines().last().map(stamp).unwrap_or_default();
    assert_ne!(before, after, "the daemon's clock was not set; a static program does not use libfaketime");
}

#[test]
fn a_clock_that_is_set_back_by_an_hour_delays_nothing() {
    let world = open();
    set_clock(&world, "-1h");
    // To come up, to back off and to be given up take their usual time.
    assert!(!world.ctl(&["start", "broken"]).stdout.contains("started"));
    world.wait_for_state("broken", "FATAL");
    world.signal(world.pid("stubborn"), KILL);
    world.terminate();
}

#[test]
fn a_clock_that_is_set_ahead_by_a_year_cuts_nothing_short() {
    let world = open();
    wait_for_main_log(&world, "spawned: 'early'");
    let (early, stubborn) = (world.pid("early"), world.pid("stubborn"));
    supervisor_worlds::patience::wait_until("a program that ignores SIGTERM", || {
        command_line(stubborn).starts_with("sleep")
    });
    let answer = call(&world, "supervisor.stopProcess", &["stubborn", "false"]);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    world.wait_for_state("stubborn", "STOPPING");
    set_clock(&world, "+365d");
    // `startsecs` is not over, and nobody was up for a year.
    let statuses = world.statuses();
    assert_eq!(statuses["early"].state, "STARTING");
    assert!(!statuses["crashing"].description.contains("days"), "{statuses:?}");
    assert_eq!(world.pid("early"), early);
    // `stopwaitsecs` is not over.
    assert_eq!(statuses["stubborn"].state, "STOPPING");
    assert!(command_line(stubborn).contains("12345"), "it was killed too early");
    world.signal(stubborn, KILL);
    world.wait_for_state("stubborn", "STOPPED");
    world.shut_down();
}
