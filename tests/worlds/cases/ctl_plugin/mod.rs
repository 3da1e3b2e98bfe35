//! An action of somebody's own: `examples/ctl-plugin`.

use supervisor_worlds::scene::Scene;
use supervisor_worlds::world::World;

fn open() -> World {
    let world = Scene::of_example("ctl-plugin").open();
    world.wait_for_state("sleeper:sleeper_0", "RUNNING");
    world.wait_for_state("sleeper:sleeper_1", "RUNNING");
    world
}

/// The second column of each line.
fn names(table: &str) -> Vec<&str> {
    let mut names: Vec<&str> =
        table.lines().filter_map(|line| line.split_once(" KB  ")).map(|(_, name)| name).collect();
    names.sort_unstable();
    names
}

#[test]
fn an_action_of_ones_own_asks_the_daemon_and_looks_at_the_machine() {
    let world = open();
    let table = world.ctl_ok(&["memory"]);
    assert_eq!(names(&table), ["sleeper:sleeper_0", "sleeper:sleeper_1"]);
    assert!(!table.contains(" 0 KB"), "{table}");
    assert_eq!(names(&world.ctl_ok(&["memory", "*_1"])), ["sleeper:sleeper_1"]);
    assert!(world.ctl_ok(&["memory", "--json", "*_0"]).starts_with("{\"sleeper:sleeper_0\": "));
    world.shut_down();
}

#[test]
fn its_words_and_its_end_are_those_of_any_action() {
    let world = open();
    let nothing = world.ctl(&["memory", "idle:*"]);
    assert_eq!((nothing.code, nothing.stderr.as_str()), (Some(1), "memory: no running process is meant\n"));
    assert!(world.ctl_ok(&["help", "memory"]).starts_with("usage: memory [-h] [--json]"));
    assert!(world.ctl_ok(&["help"]).contains("\nmemory commands (type help <topic>):\n"));
    assert_eq!(world.ctl(&["memory", "--nonsense"]).code, Some(2));
    world.shut_down();
}
