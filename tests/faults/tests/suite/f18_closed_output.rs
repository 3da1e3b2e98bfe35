//! F18: a child closes its standard output and error, and lives on.

use supervisor_faults::observation::{expect_no_spinning, open_descriptors};
use supervisor_faults::stage::stage;
use supervisor_worlds::patience::wait_until;

const PROGRAM: &str = "\
[program:silent]
command=/bin/sh -c 'until test -e %(here)s/run/go; do sleep 0.1; done; exec sleep 1000 >&- 2>&-'
startsecs=0
";

#[test]
fn a_child_without_output_costs_nothing() {
    let world = stage(PROGRAM).open();
    world.wait_for_state("silent", "RUNNING");
    let daemon = world.daemon();
    let before = open_descriptors(daemon);
    std::fs::write(world.path("run/go"), "").expect("a new file");
    // Both pipes are closed on our side, too.
    wait_until("the end of both pipes", || open_descriptors(daemon) <= before - 2);
    expect_no_spinning(daemon);
    assert_eq!(world.state("silent"), "RUNNING");
    world.shut_down();
}
