//! F13: a child that somebody has halted with SIGSTOP is to be stopped.

use nix::sys::signal::Signal;
use supervisor_faults::stage::stage;

#[test]
fn a_halted_child_is_killed_when_its_time_to_stop_is_over() {
    let world = stage("[program:cat]\ncommand=/bin/cat\nstopwaitsecs=1\nstartsecs=0\n").open();
    world.wait_for_state("cat", "RUNNING");
    world.signal(world.pid("cat"), Signal::SIGSTOP);
    assert_eq!(world.ctl_ok(&["stop", "cat"]), "cat: stopped\n");
    world.shut_down();
}
