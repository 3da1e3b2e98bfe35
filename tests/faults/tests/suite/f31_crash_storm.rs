//! F31: two hundred programs that end as soon as they are started, for ever.

use std::time::Instant;

use supervisor_faults::observation::times_in_main_log;
use supervisor_faults::stage::stage;
use supervisor_worlds::patience::wait_until;
use supervisor_worlds::world::KILL;

const PROGRAMS: usize = 200;
/// Of each program so many restarts come at once, and after that one in a second.
const RESTARTS_AT_ONCE: usize = 5;

#[test]
fn a_storm_of_crashes_keeps_nobody_waiting_and_is_slowed_down() {
    let began = Instant::now();
    let world = stage(&format!(
        "[program:storm]\ncommand=/bin/true\nprocess_name=%(process_num)03d\nnumprocs={PROGRAMS}\nstartsecs=0\n\
         autorestart=true\nstdout_logfile=NONE\nstderr_logfile=NONE\n\
         [program:calm]\ncommand=/bin/sleep 1000\nstartsecs=0\n"
    ))
    .open();
    world.wait_for_state("calm", "RUNNING");
    wait_until("the brake", || times_in_main_log(&world, "restarting it once a second") == PROGRAMS);
    for _ in 0..10 {
        assert_eq!(world.statuses().len(), PROGRAMS + 1);
        let old = world.pid("calm");
        world.signal(old, KILL);
        world.wait_for_successor("calm", old);
    }
    let spawned = times_in_main_log(&world, "spawned: '");
    let seconds = usize::try_from(began.elapsed().as_secs()).expect("a short test") + 1;
    let most = (PROGRAMS + 1) * (1 + RESTARTS_AT_ONCE + seconds);
    assert!(spawned <= most, "{spawned} starts in {seconds} seconds");
    world.shut_down();
}
