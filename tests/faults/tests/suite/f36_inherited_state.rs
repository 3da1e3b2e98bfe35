//! F36: the daemon has blocked and ignored signals, and descriptors, that it got from who started it.

use std::collections::BTreeSet;
use std::fs;

use supervisor_faults::stage::stage;
use supervisor_worlds::demand::demand;

/// Starts the daemon with SIGTERM and SIGUSR1 blocked, SIGINT and SIGHUP ignored, and three more descriptors.
const MESSY: &str = "
import os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGUSR1})
for number in (signal.SIGINT, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
for _ in range(3):
    os.set_inheritable(os.open('/dev/null', os.O_RDONLY), True)
os.execv(sys.argv[1], sys.argv[1:])
";

/// The standard signals of one of the masks in `/proc/PID/status`.
fn mask(pid: i32, name: &str) -> BTreeSet<u32> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("it runs");
    let bits = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(":\t"));
    let bits = bits.and_then(|bits| u64::from_str_radix(bits, 16).ok()).expect("a mask");
    (1..32).filter(|number| bits >> (number - 1) & 1 == 1).collect()
}

fn descriptors(pid: i32) -> BTreeSet<String> {
    let entries = fs::read_dir(format!("/proc/{pid}/fd")).expect("it runs").flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn children_begin_with_nothing_of_what_the_daemon_was_given() {
    demand(&[("/usr/bin/python3", "python3")]);
    let world = stage(
        "[program:usual]\ncommand=/bin/sleep 1000\n[program:clean]\ncommand=/bin/sleep 1000\nignore_sigpipe=false\n",
    )
    .open_under(&["/usr/bin/python3", "-c", MESSY]);
    world.wait_until_all_run(&["clean", "usual"]);
    let (usual, clean) = (world.pid("usual"), world.pid("clean"));
    for pid in [usual, clean] {
        assert_eq!(mask(pid, "SigBlk"), BTreeSet::new());
        assert_eq!(descriptors(pid), ["0", "1", "2"].map(str::to_owned).into());
    }
    // SIGPIPE and SIGXFSZ are ignored as under 4.3.0, unless an option says otherwise.
    assert_eq!(mask(usual, "SigIgn"), BTreeSet::from([13, 25]));
    assert_eq!(mask(clean, "SigIgn"), BTreeSet::new());
    world.shut_down();
}
