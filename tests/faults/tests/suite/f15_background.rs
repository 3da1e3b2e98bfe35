//! F15: programs put themselves into the background.

use supervisor_faults::observation::{times_in_main_log, wait_for_main_log};
use supervisor_faults::stage::stage;

fn expect_that_it_is_told(command: &str) {
    let world = stage(&format!("[program:daemon]\ncommand={command}\nstartretries=1\n")).open();
    world.wait_for_state("daemon", "FATAL");
    wait_for_main_log(&world, "WARN 'daemon' has ended, but what it started goes on as pid ");
    assert_eq!(times_in_main_log(&world, "goes on as pid"), 1);
}

#[test]
fn a_process_left_in_the_background_is_told() {
    expect_that_it_is_told("/bin/sh -c 'sleep 1000 & exit 0'");
}

#[test]
fn a_process_left_in_a_session_of_its_own_is_told() {
    expect_that_it_is_told("/bin/sh -c 'setsid sleep 1000 & exit 0'");
}

#[test]
fn a_program_that_only_fails_is_not_suspected() {
    let world = stage("[program:failing]\ncommand=/bin/sh -c 'exit 0'\nstartretries=1\n").open();
    world.wait_for_state("failing", "FATAL");
    assert_eq!(times_in_main_log(&world, "goes on as pid"), 0);
    world.shut_down();
}
