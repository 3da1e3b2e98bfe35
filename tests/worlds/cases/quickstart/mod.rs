//! The first thing that a newcomer runs: `examples/quickstart`.

use supervisor_worlds::patience::wait_until;
use supervisor_worlds::scene::Scene;
use supervisor_worlds::world::World;

fn open() -> World {
    let world = Scene::of_example("quickstart").open();
    for name in ["clock", "complainer", "flaky", "worker:worker_00", "worker:worker_01"] {
        world.wait_for_state(name, "RUNNING");
    }
    world
}

#[test]
fn the_quick_start_shows_every_kind_of_fate() {
    let world = open();
    let expected = [
        ("broken", "FATAL"),
        ("clock", "RUNNING"),
        ("complainer", "RUNNING"),
        ("flaky", "RUNNING"),
        ("once", "EXITED"),
        ("sleeper", "STOPPED"),
        ("worker:worker_00", "RUNNING"),
        ("worker:worker_01", "RUNNING"),
    ];
    // Flaky is on its feet for ten seconds at a time only.
    wait_until("all the fates at once", || {
        let statuses = world.statuses();
        statuses.iter().map(|(name, status)| (name.as_str(), status.state.as_str())).eq(expected)
    });
    wait_until("the clock on the terminal", || world.stdout().contains("the clock says "));
    assert_eq!(world.ctl_ok(&["tail", "once"]), "the database schema is up to date\n\n");
    assert!(world.ctl_ok(&["tail", "worker:worker_01"]).contains(" worker_01 (pid "));
    assert!(world.ctl_ok(&["tail", "complainer", "stderr"]).contains(" of / is used"));
    world.shut_down();
}

#[test]
fn the_flaky_program_crashes_and_is_started_again() {
    let world = open();
    wait_until("the second success of flaky", || {
        world.read("run/supervisord.log").matches("INFO success: flaky entered RUNNING state").count() >= 2
    });
    let log = world.read("run/supervisord.log");
    assert!(log.contains("WARN exited: flaky (exit status 1; not expected)\n"));
    world.shut_down();
}

#[test]
fn the_commands_that_the_quick_start_suggests_work() {
    let world = open();
    assert_eq!(world.ctl_ok(&["restart", "clock"]), "clock: stopped\nclock: started\n");
    let stopped = world.ctl_ok(&["stop", "worker:*"]);
    assert_eq!(sorted(&stopped), ["worker:worker_00: stopped", "worker:worker_01: stopped"]);
    assert_eq!(world.ctl_ok(&["start", "sleeper"]), "sleeper: started\n");
    assert_eq!(world.ctl_ok(&["signal", "KILL", "sleeper"]), "sleeper: signalled\n");
    world.wait_for_state("broken", "FATAL");
    let broken = world.ctl(&["start", "broken"]);
    assert_eq!((broken.code, broken.stdout.as_str()), (Some(7), "broken: ERROR (spawn error)\n"));
    world.shut_down();
}

fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}
