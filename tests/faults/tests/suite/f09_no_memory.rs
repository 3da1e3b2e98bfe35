//! F9: the daemon gets no more memory. See also F8, for want of memory for a process.

use std::io::Write as _;
use std::process::Command;

use supervisor_faults::client::{head, say};
use supervisor_faults::observation::{status_number, times_in_main_log};
use supervisor_faults::stage::stage;
use supervisor_worlds::command::run;
use supervisor_worlds::demand::demand;
use supervisor_worlds::patience::wait_until;
use supervisor_worlds::world::KILL;

fn limit_memory(daemon: i32, limit: &str) {
    demand(&[("/usr/bin/prlimit", "util-linux")]);
    let answer =
        run(Command::new("/usr/bin/prlimit").args(["--pid", &daemon.to_string(), &format!("--as={limit}:")]));
    assert_eq!(answer.code, Some(0), "{answer:?}");
}

/// A client wants the daemon to take more than it can get, and the daemon goes on restarting what dies.
#[test]
fn a_daemon_without_memory_goes_on_supervising_and_recovers() {
    const BODY_BYTES: usize = 15 << 20;
    let world = stage("[program:cat]\ncommand=/bin/cat\nstartsecs=0\n").open();
    world.wait_for_state("cat", "RUNNING");
    let (daemon, cat) = (world.daemon(), world.pid("cat"));
    limit_memory(daemon, &(status_number(daemon, "VmSize") << 10).to_string());
    let mut greedy = say(&world, &head(BODY_BYTES));
    let writer = std::thread::spawn(move || {
        // The daemon may refuse it or take its time.
        let _ = greedy.write_all(&vec![b' '; BODY_BYTES - 1]);
        greedy
    });
    world.signal(cat, KILL);
    wait_until("the restart", || times_in_main_log(&world, "spawned: 'cat'") == 2);
    limit_memory(daemon, "unlimited");
    drop(writer.join().expect("the client ends"));
    assert_eq!(world.daemon(), daemon);
    world.wait_for_state("cat", "RUNNING");
    world.shut_down();
}
