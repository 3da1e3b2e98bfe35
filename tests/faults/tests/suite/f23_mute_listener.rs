//! F23: an event listener that never answers, and a flood of events for it.

use std::fs;

use supervisor_faults::observation::{status_number, wait_for_main_log};
use supervisor_faults::stage::stage;
use supervisor_worlds::patience::wait_until;

/// So many events come, and so many wait.
const EVENTS: usize = 20_000;
const BUFFER_SIZE: usize = 1000;
/// What the daemon may take more for that, in KiB.
const MORE_KIB_MAX: u64 = 32 << 10;

#[test]
fn a_listener_that_never_answers_costs_events_that_are_counted_and_nothing_else() {
    let scene = stage(&format!(
        "[eventlistener:mute]\ncommand=/bin/sh -c 'echo READY; exec sleep 1000'\n\
         events=PROCESS_COMMUNICATION\nbuffer_size={BUFFER_SIZE}\nstartsecs=0\n\
         [program:send]\ncommand=/bin/sh %(here)s/send.sh\nautostart=false\nstartsecs=0\n\
         stdout_capture_maxbytes=1MB\nstdout_logfile=NONE\n"
    ));
    let send = format!(
        "cd $(dirname $0); i=0; while [ $i -lt {EVENTS} ]; do \
         echo \"<!--XSUPERVISOR:BEGIN-->$i<!--XSUPERVISOR:END-->\"; i=$((i+1)); done; touch sent; exec sleep 1000"
    );
    fs::write(scene.path("send.sh"), send).expect("a file can be written");
    let world = scene.open();
    world.wait_for_state("mute", "RUNNING");
    let daemon = world.daemon();
    let before = status_number(daemon, "VmRSS");
    world.ctl_ok(&["start", "send"]);
    wait_until("the program has said everything", || world.path("sent").exists());
    // One is with the listener, the buffer is full, and the others are counted.
    let dropped = format!("\"dropped\":{}", EVENTS - BUFFER_SIZE - 1);
    wait_until("the figure of what was dropped", || {
        world.ctl(&["--json", "status"]).stdout.contains(&dropped)
    });
    wait_for_main_log(&world, "pool mute event buffer overflowed, discarding event 1");
    let more = status_number(daemon, "VmRSS").saturating_sub(before);
    assert!(more < MORE_KIB_MAX, "{more} KiB more");
    world.shut_down();
}
