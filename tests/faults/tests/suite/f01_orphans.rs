//! F1, as far as it goes today: the daemon was killed, its children live on, and another daemon is started.

use supervisor_faults::observation::{times_in_main_log, wait_for_main_log};
use supervisor_faults::stage::stage;
use supervisor_worlds::patience::wait_until;
use supervisor_worlds::processes::command_line;
use supervisor_worlds::scene::Scene;
use supervisor_worlds::world::{KILL, World};

const PROGRAMS: &str = "\
[program:web]
command=/bin/sleep 1000
process_name=app_%(process_num)d
numprocs=2
startsecs=0
";

/// Ends a daemon so that its children go on.
fn kill_daemon(world: &World) {
    world.signal(world.daemon(), KILL);
    wait_until("the end of the daemon", || world.ctl(&["pid"]).stdout.trim().parse::<i32>().is_err());
}

fn expect_that_the_second_tells(scene: Scene, sign_of_start: &str) {
    let world = scene.open();
    world.wait_until_all_run(&["web:app_0", "web:app_1"]);
    let old = [world.pid("web:app_0"), world.pid("web:app_1")];
    kill_daemon(&world);
    let second = world.successor();
    wait_for_main_log(&second, sign_of_start);
    for (number, pid) in old.iter().enumerate() {
        let line = format!(
            "WARN 'web:app_{number}' of an earlier supervisord still runs as pid {pid} (/bin/sleep 1000): it is not \
             supervised, and 'web:app_{number}' may run twice now; 'kill {pid}' ends it"
        );
        wait_for_main_log(&second, &line);
        // It is told, not killed.
        assert!(command_line(*pid).contains("sleep"));
    }
    // Its own children are none.
    assert_eq!(times_in_main_log(&second, "of an earlier supervisord"), 2);
    second.shut_down();
}

#[test]
fn a_second_daemon_tells_of_what_the_first_has_left_when_it_was_killed() {
    expect_that_the_second_tells(stage(PROGRAMS), "spawned: 'app_1'");
}

#[test]
fn a_daemon_that_ended_in_order_leaves_nothing_to_tell() {
    let world = stage(PROGRAMS).open();
    world.wait_until_all_run(&["web:app_0", "web:app_1"]);
    // A reload is no new daemon, and what it starts is its own.
    world.ctl_ok(&["reload"]);
    wait_until("the second life", || times_in_main_log(&world, "supervisord started with pid") == 2);
    world.wait_until_all_run(&["web:app_0", "web:app_1"]);
    assert_eq!(times_in_main_log(&world, "earlier supervisord"), 0);
    world.shut_down();
}
