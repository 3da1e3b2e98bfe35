//! F8, F9: the kernel makes no process, for want of places or of memory.

use supervisor_faults::injector::{refused, words};
use supervisor_faults::observation::{times_in_main_log, wait_for_main_log};
use supervisor_faults::stage::stage;

const PROGRAM: &str = "[program:cat]\ncommand=/bin/cat\nstartretries=1\nstartsecs=0\n";

/// With one retry, three refusals are too many.
fn expect_that_the_start_succeeds_in_the_end(error: &str, told: &str) {
    // Threads are made by another call.
    let injector = refused(&[&format!("clone,fork,vfork:error={error}:when=1..3")]);
    let world = stage(PROGRAM).open_under(&words(&injector));
    wait_for_main_log(&world, told);
    world.wait_for_state("cat", "RUNNING");
    assert_eq!(times_in_main_log(&world, "gave up: cat"), 0);
    assert_eq!(times_in_main_log(&world, "has no room for 'cat'"), 1);
    world.shut_down();
}

#[test]
fn a_full_process_table_is_waited_for_beyond_startretries() {
    expect_that_the_start_succeeds_in_the_end("EAGAIN", "Too many processes in process table to spawn 'cat'");
}

#[test]
fn want_of_memory_for_a_process_is_waited_for_beyond_startretries() {
    expect_that_the_start_succeeds_in_the_end("ENOMEM", "unknown error during fork for 'cat': ENOMEM");
}
