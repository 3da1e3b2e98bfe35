//! F22: somebody follows a log and reads nothing of it.

use std::fs;

use supervisor_faults::client::say;
use supervisor_faults::observation::status_number;
use supervisor_faults::stage::stage;
use supervisor_worlds::patience::wait_until;

const BYTES: u64 = 64 << 20;
/// What the daemon may take more while so much goes by, in KiB.
const MORE_KIB_MAX: u64 = 16 << 10;

#[test]
fn a_follower_that_reads_nothing_costs_no_memory() {
    let world = stage(&format!(
        "[program:talk]\ncommand=/bin/sh -c 'head -c {BYTES} /dev/zero; exec sleep 1000'\nautostart=false\n\
         startsecs=0\nstdout_logfile=%(here)s/talk.log\nstdout_logfile_maxbytes=0\n"
    ))
    .open();
    let daemon = world.daemon();
    let followers: Vec<_> =
        (0..4).map(|_| say(&world, "GET /logtail/talk/stdout HTTP/1.1\r\nHost: localhost\r\n\r\n")).collect();
    // Whoever came before this answer is followed by now.
    world.ctl(&["status"]);
    let before = status_number(daemon, "VmRSS");
    world.ctl_ok(&["start", "talk"]);
    wait_until("all of it in the log", || {
        fs::metadata(world.path("talk.log")).is_ok_and(|log| log.len() == BYTES)
    });
    assert!(world.ctl_ok(&["status"]).contains("RUNNING"));
    let more = status_number(daemon, "VmRSS").saturating_sub(before);
    assert!(more < MORE_KIB_MAX, "{more} KiB more");
    drop(followers);
    world.shut_down();
}
