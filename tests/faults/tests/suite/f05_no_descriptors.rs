//! F5: there are not enough descriptors for all programs.

use std::process::Command;

use supervisor_faults::observation::{open_descriptors, times_in_main_log};
use supervisor_faults::stage::stage;
use supervisor_worlds::command::run;
use supervisor_worlds::demand::demand;
use supervisor_worlds::patience::wait_until;
use supervisor_worlds::world::World;

const PROGRAMS: &str = "\
minfds=64
[program:cat]
command=/bin/cat
process_name=%(process_num)02d
numprocs=20
autostart=false
startretries=1
startsecs=0
";

fn limit_descriptors(daemon: i32, limit: usize) {
    demand(&[("/usr/bin/prlimit", "util-linux")]);
    let answer = run(Command::new("/usr/bin/prlimit").args([
        "--pid",
        &daemon.to_string(),
        &format!("--nofile={limit}:"),
    ]));
    assert_eq!(answer.code, Some(0), "{answer:?}");
}

fn in_state(world: &World, state: &str) -> usize {
    world.statuses().values().filter(|status| status.state == state).count()
}

#[test]
fn programs_without_descriptors_wait_for_them_and_nothing_leaks() {
    let world = stage(PROGRAMS).open();
    let daemon = world.daemon();
    // The first start takes what is kept for ever, and so does the first answer.
    world.ctl_ok(&["start", "cat:00"]);
    world.ctl_ok(&["stop", "cat:00"]);
    let idle = open_descriptors(daemon);
    limit_descriptors(daemon, idle + 12);
    world.ctl(&["start", "cat:*"]);
    // More often than `startretries` allows, they are tried in vain.
    wait_until("every program to be tried again and again", || {
        times_in_main_log(&world, "has no room for") >= 18 && in_state(&world, "BACKOFF") >= 18
    });
    assert_eq!(in_state(&world, "FATAL"), 0);
    let answer = world.ctl(&["signal", "HUP", "cat:*"]);
    assert!(in_state(&world, "RUNNING") <= 2, "{answer:?}");
    limit_descriptors(daemon, 1024);
    wait_until("all programs to run", || in_state(&world, "RUNNING") == 20);
    world.ctl_ok(&["stop", "cat:*"]);
    wait_until("every descriptor to be closed", || open_descriptors(daemon) <= idle);
    world.shut_down();
}

#[test]
fn the_kernel_has_room_for_all_programs_before_the_first_starts() {
    let world = stage(
        "[program:cat]\ncommand=/bin/cat\nprocess_name=%(process_num)02d\nnumprocs=100\nautostart=false\n",
    )
    .open();
    let status =
        std::fs::read_to_string(format!("/proc/{}/status", world.daemon())).expect("the daemon runs");
    let size = status.lines().find_map(|line| line.strip_prefix("FDSize:")).expect("the kernel tells");
    assert!(size.trim().parse::<usize>().expect("a number") >= 500, "three pipes and two logs each: {size}");
    world.shut_down();
}
