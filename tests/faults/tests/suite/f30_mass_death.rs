//! F30: five hundred children die in one moment.

use std::collections::BTreeSet;

use supervisor_faults::observation::times_in_main_log;
use supervisor_faults::stage::stage;
use supervisor_worlds::patience::wait_until;
use supervisor_worlds::processes::descendants;
use supervisor_worlds::world::{KILL, World};

const PROGRAMS: usize = 500;

fn are_all_up(world: &World) -> bool {
    let statuses = world.statuses();
    statuses.len() == PROGRAMS && statuses.values().all(|status| status.state == "RUNNING")
}

fn children(daemon: i32) -> BTreeSet<i32> {
    let children: BTreeSet<_> = descendants(daemon).iter().map(|process| process.pid).collect();
    assert!(children.len() <= PROGRAMS, "nothing runs twice");
    children
}

#[test]
fn all_of_five_hundred_that_are_killed_at_once_come_back_once() {
    let world = stage(&format!(
        "minfds=4096\n[program:sleep]\ncommand=/bin/sleep 1000\nprocess_name=%(process_num)03d\n\
         numprocs={PROGRAMS}\nstartsecs=0\nstdout_logfile=NONE\nstderr_logfile=NONE\n"
    ))
    .open();
    let daemon = world.daemon();
    wait_until("all of them", || are_all_up(&world));
    let first = children(daemon);
    assert_eq!(first.len(), PROGRAMS);
    for &pid in &first {
        world.signal(pid, KILL);
    }
    wait_until("all of them again", || {
        let now = children(daemon);
        now.len() == PROGRAMS && now.is_disjoint(&first) && are_all_up(&world)
    });
    let counts = ["exited: ", "spawned: "].map(|text| times_in_main_log(&world, text));
    assert_eq!(counts, [PROGRAMS, 2 * PROGRAMS]);
    world.shut_down();
}
