//! A daemon that has nothing to do. The reference does not pass: it looks around once a second.

use std::thread;
use std::time::Duration;

use supervisor_worlds::demand::demand;
use supervisor_worlds::patience::wait_until;
use supervisor_worlds::scene::Scene;
use supervisor_worlds::world::World;

const TRACE: &str = "trace";
const SETTLED: Duration = Duration::from_secs(3);
const OBSERVED: Duration = Duration::from_secs(20);

/// What strace has written after a pause.
fn trace_after(world: &World, pause: Duration) -> String {
    // Sleeps because it is examined that nothing happens in the time that passes.
    thread::sleep(pause);
    world.read(TRACE)
}

#[test]
fn with_a_hundred_quiet_programs_the_daemon_makes_no_system_call_for_twenty_seconds() {
    demand(&[("/usr/bin/strace", "strace")]);
    let scene = Scene::of_case("quiet");
    let trace = scene.path(TRACE);
    // Every thread of the daemon is traced; its children are let go when they become their programs. Starting
    // under strace needs no privilege, unlike attaching to a running process.
    let world = scene.open_under(&[
        "/usr/bin/strace",
        "-f",
        "-b",
        "execve",
        "-o",
        trace.to_str().expect("a plain path"),
    ]);
    wait_until("a hundred programs to be RUNNING", || {
        world.statuses().values().filter(|status| status.state == "RUNNING").count() == 100
    });
    let mut before = world.read(TRACE);
    assert!(before.contains("execve("), "strace writes what it sees");
    wait_until("the daemon to settle", || {
        let now = trace_after(&world, SETTLED);
        let settled = now == before;
        before = now;
        settled
    });
    let after = trace_after(&world, OBSERVED);
    assert_eq!(&after[before.len()..], "", "system calls of an idle daemon");
    world.shut_down();
}
