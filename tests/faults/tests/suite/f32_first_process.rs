//! F32: the daemon is the first process of a container, and orphans come to it.

use std::fs;

use nix::sys::signal::Signal;
use supervisor_faults::injector::{contained, words};
use supervisor_faults::observation::times_in_main_log;
use supervisor_faults::stage::stage;
use supervisor_worlds::patience::{wait_for, wait_until};
use supervisor_worlds::processes::command_line;
use supervisor_worlds::world::World;

const ORPHANS: usize = 50;

/// The daemon's number as the test sees it: in its own world it is 1.
fn outer_number(world: &World) -> i32 {
    let configuration = world.path("supervisord.conf").display().to_string();
    let is_first = |pid: i32| {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let numbers = status.lines().find_map(|line| line.strip_prefix("NSpid:")).unwrap_or_default();
        numbers.split_whitespace().count() > 1 && numbers.split_whitespace().last() == Some("1")
    };
    let pids = fs::read_dir("/proc").expect("/proc").flatten();
    let mut pids = pids.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.find(|&pid| command_line(pid).contains(&configuration) && is_first(pid)).expect("a first process")
}

#[test]
fn the_first_process_reaps_orphans_and_obeys_signals() {
    let scene = stage(&format!(
        "[program:parent]\nstartsecs=0\ncommand=/bin/sh -c 'for i in $(seq {ORPHANS}); do \
         (sh -c \"sleep 0.1; exit 3\" &); done; exec sleep 1000'\n"
    ));
    let world = scene.open_under(&words(&contained("")));
    assert_eq!(world.daemon(), 1);
    wait_until("the end of every orphan", || times_in_main_log(&world, "reaped unknown pid") >= ORPHANS);
    assert_eq!(times_in_main_log(&world, "(exit status 3)"), ORPHANS);
    let daemon = outer_number(&world);
    let zombies = fs::read_to_string(format!("/proc/{daemon}/task/{daemon}/children")).map(|children| {
        let stat = |pid: &str| fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        children.split_whitespace().filter(|pid| stat(pid).contains(") Z ")).count()
    });
    assert_eq!(zombies.unwrap_or(0), 0);
    assert_eq!(world.state("parent"), "RUNNING");
    world.signal(daemon, Signal::SIGHUP);
    wait_for("the reload", || (times_in_main_log(&world, "spawned: 'parent'") == 2).then_some(()));
    world.signal(daemon, Signal::SIGTERM);
    world.expect_an_end_in_order();
}
