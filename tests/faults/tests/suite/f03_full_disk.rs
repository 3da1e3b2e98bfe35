//! F3: the file system of a log is full, and later it is not.

use std::fs;
use std::path::PathBuf;

use supervisor_faults::injector::{mounted, words};
use supervisor_faults::observation::{times_in_main_log, wait_for_main_log};
use supervisor_faults::stage::stage;
use supervisor_worlds::patience::wait_until;
use supervisor_worlds::world::World;

/// What the program writes before it waits, and afterwards: a megabyte has no room for the first half of it.
const FIRST_BYTES: u64 = 2_000_000;
const SECOND: &str = "and on it goes\n";

const CHATTERBOX: &str = "\
[program:chatterbox]
command=/bin/sh -c 'yes 0123456789 2>/dev/null | head -c 2000000; : >%(here)s/run/written; \
    until test -e %(here)s/run/go; do sleep 0.1; done; echo \"and on it goes\"; exec sleep 1000'
stdout_logfile=%(here)s/run/logs/out
stdout_logfile_maxbytes=0
redirect_stderr=true
";

/// A daemon with a log directory of a megabyte, most of which is taken.
fn open() -> World {
    let scene = stage(CHATTERBOX);
    let logs = scene.path("run/logs");
    fs::create_dir(&logs).expect("a new directory");
    let logs = logs.display();
    let injector =
        mounted(&format!("mount -t tmpfs -o size=1m none {logs} && head -c 500000 /dev/zero >{logs}/filler"));
    scene.open_under(&words(&injector))
}

/// A file in the daemon's own view of the world.
fn inside(world: &World, relative: &str) -> PathBuf {
    let path = world.path(relative);
    let path = path.strip_prefix("/").expect("an absolute path");
    PathBuf::from(format!("/proc/{}/root", world.daemon())).join(path)
}

#[test]
fn output_for_a_full_disk_is_counted_told_once_and_written_again_when_there_is_room() {
    let world = open();
    // The program is not blocked.
    wait_until("the program to have written", || world.path("run/written").exists());
    wait_for_main_log(&world, "its output is being lost");
    let log = inside(&world, "run/logs/out");
    fs::remove_file(inside(&world, "run/logs/filler")).expect("somebody makes room");
    fs::write(world.path("run/go"), "").expect("a new file");
    wait_until("the log to be written again", || {
        fs::read(&log).is_ok_and(|bytes| bytes.ends_with(SECOND.as_bytes()))
    });
    let main_log = world.read("run/main.log");
    let told = main_log.split("out again; ").nth(1).expect("the loss is told");
    let lost: u64 = told.split(' ').next().and_then(|count| count.parse().ok()).expect("a count");
    let kept = fs::metadata(&log).expect("the log is there").len();
    assert_eq!(kept + lost, FIRST_BYTES + SECOND.len() as u64, "{main_log}");
    assert_eq!(times_in_main_log(&world, "its output is being lost"), 1, "{main_log}");
    assert_eq!(times_in_main_log(&world, "bytes were lost"), 1, "{main_log}");
    world.shut_down();
}
