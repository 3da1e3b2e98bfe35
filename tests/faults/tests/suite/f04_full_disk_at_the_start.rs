//! F4: main log and pidfile are on a full file system.

use std::fs;

use supervisor_faults::injector::{mounted, words};
use supervisor_faults::stage::stage;

#[test]
fn a_daemon_whose_main_log_and_pidfile_have_no_room_starts_supervises_and_says_so() {
    let scene =
        stage("logfile=%(here)s/full/main.log\npidfile=%(here)s/full/pid\n[program:cat]\ncommand=/bin/cat\n");
    let full = scene.path("full");
    fs::create_dir(&full).expect("a new directory");
    let full = full.display();
    let injector = mounted(&format!(
        "mount -t tmpfs -o size=64k none {full} && {{ head -c 100000 /dev/zero >{full}/filler 2>/dev/null; true; }}"
    ));
    let world = scene.open_under(&words(&injector));
    world.wait_for_state("cat", "RUNNING");
    let old = world.pid("cat");
    world.signal(old, supervisor_worlds::world::KILL);
    world.wait_for_successor("cat", old);
    let stderr = world.stderr();
    assert!(stderr.contains("full/main.log: ENOSPC"), "{stderr}");
    let stdout = world.stdout();
    assert!(stdout.contains("could not write pidfile"), "{stdout}");
    world.shut_down();
}
