//! F16: a child ends, and a process that it has started goes on writing to its standard output.

use std::fs;

use supervisor_faults::observation::{times_in_main_log, wait_for_main_log};
use supervisor_faults::stage::stage;
use supervisor_worlds::patience::wait_until;

const PROGRAM: &str = "\
[program:parent]
command=/bin/sh -c '(for n in 1 2 3 4 5; do sleep 0.2; echo line $n || echo broken >%(here)s/run/broken; done) & exit 0'
stdout_logfile=%(here)s/run/out
startsecs=0
autorestart=false
";

#[test]
fn a_descendant_is_read_to_its_end_and_its_pipe_does_not_break() {
    let world = stage(PROGRAM).open();
    world.wait_for_state("parent", "EXITED");
    wait_until("the descendant's last line", || world.read("run/out").contains("line 5"));
    assert_eq!(world.read("run/out"), "line 1\nline 2\nline 3\nline 4\nline 5\n");
    assert!(!world.path("run/broken").exists());
    world.shut_down();
}

/// More than waits for listeners.
const BYTES: usize = 20_000_000;

#[test]
fn a_descendant_whose_pipe_rests_when_its_program_is_removed_goes_on() {
    let scene = stage(
        "[eventlistener:mute]\ncommand=/bin/sh -c 'echo READY; exec sleep 1000'\nevents=PROCESS_LOG\nstartsecs=0\n\
         [program:parent]\ncommand=/bin/sh %(here)s/parent.sh\nstartsecs=0\nautorestart=false\n\
         stdout_logfile=%(here)s/run/out\nstdout_logfile_maxbytes=0\nstdout_events_enabled=true\n",
    );
    let parent = format!(
        "cd $(dirname $0); (until [ -e go ]; do sleep 0.1; done; yes | head -c {BYTES}) & exec sleep 1000"
    );
    fs::write(scene.path("parent.sh"), parent).expect("a file can be written");
    let world = scene.open();
    world.wait_for_state("mute", "RUNNING");
    fs::write(world.path("go"), "").expect("a file can be written");
    // Now its pipe rests for a second, as nobody takes its events.
    wait_until("much to wait for the listener", || world.read("run/out").len() >= 4 << 20);
    world.ctl_ok(&["stop", "parent"]);
    world.ctl_ok(&["remove", "parent"]);
    wait_until("the descendant's last line", || world.read("run/out").len() == BYTES);
    world.shut_down();
}

#[test]
fn a_descendant_that_says_events_during_a_reload_is_read_by_the_daemon_that_goes_on() {
    let scene = stage(
        "[eventlistener:mute]\ncommand=/bin/sh -c 'echo READY; exec sleep 1000'\n\
         events=PROCESS_COMMUNICATION\nstartsecs=0\n\
         [program:parent]\ncommand=/bin/sh %(here)s/parent.sh\nstartsecs=0\nautorestart=false\n\
         stdout_capture_maxbytes=1MB\nstdout_logfile=NONE\n",
    );
    let parent = "cd $(dirname $0); (while cat events 2>/dev/null; do :; done) & exec sleep 1000";
    fs::write(scene.path("parent.sh"), parent).expect("a file can be written");
    let events = "<!--XSUPERVISOR:BEGIN-->x<!--XSUPERVISOR:END-->".repeat(100);
    fs::write(scene.path("events"), events).expect("a file can be written");
    let world = scene.open();
    world.wait_for_state("parent", "RUNNING");
    let daemon = world.daemon();
    for starts in 2..=3 {
        wait_for_main_log(&world, "event buffer overflowed");
        world.ctl_ok(&["reload"]);
        wait_until("the reload", || times_in_main_log(&world, "spawned: 'parent'") == starts);
    }
    world.wait_for_state("parent", "RUNNING");
    assert_eq!(world.daemon(), daemon);
    fs::remove_file(world.path("events")).expect("a file can be removed");
    world.shut_down();
}
