//! A thousand programs at once.

use supervisor_worlds::patience::wait_until;
use supervisor_worlds::scene::Scene;
use supervisor_worlds::world::World;

fn how_many(world: &World, state: &str) -> usize {
    world.statuses().values().filter(|status| status.state == state).count()
}

#[test]
fn a_thousand_programs_start_are_listed_and_stop() {
    let world = Scene::of_case("thousand").open();
    wait_until("a thousand programs to be RUNNING", || how_many(&world, "RUNNING") == 1000);
    let listing = world.ctl_ok(&["status"]);
    assert_eq!(listing.lines().count(), 1000, "one line each, and exit status 0 because all run");
    let stopped = world.ctl_ok(&["stop", "all"]);
    assert_eq!(stopped.lines().filter(|line| line.ends_with(": stopped")).count(), 1000);
    assert_eq!(how_many(&world, "STOPPED"), 1000);
    world.shut_down();
}

#[test]
fn a_shutdown_ends_a_thousand_running_programs() {
    let world = Scene::of_case("thousand").open();
    wait_until("a thousand programs to be RUNNING", || how_many(&world, "RUNNING") == 1000);
    world.terminate();
}
