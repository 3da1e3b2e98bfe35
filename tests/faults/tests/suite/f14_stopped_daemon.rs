//! F14: somebody halts the daemon with SIGSTOP; meanwhile a child dies and another has much to say.

use std::fs;

use nix::sys::signal::Signal;
use supervisor_faults::stage::stage;
use supervisor_worlds::patience::wait_until;
use supervisor_worlds::processes::descendants;
use supervisor_worlds::world::KILL;

const PROGRAMS: &str = "\
[program:cat]
command=/bin/cat
startsecs=0
[program:talker]
command=/bin/sh -c 'until test -e %(here)s/run/go; do sleep 0.1; done; yes 012345678 | head -c 1000000; exec sleep 1000'
stdout_logfile=%(here)s/run/talker.log
startsecs=0
";

#[test]
fn what_happens_while_the_daemon_is_halted_is_seen_to_when_it_goes_on() {
    let world = stage(PROGRAMS).open();
    world.wait_until_all_run(&["cat", "talker"]);
    let (daemon, cat) = (world.daemon(), world.pid("cat"));
    world.signal(daemon, Signal::SIGSTOP);
    fs::write(world.path("run/go"), "").expect("a new file");
    world.signal(cat, KILL);
    wait_until("the end of the child", || descendants(daemon).iter().all(|process| process.pid != cat));
    world.signal(daemon, Signal::SIGCONT);
    world.wait_for_successor("cat", cat);
    wait_until("all that the talker had to say", || world.read("run/talker.log").len() >= 1_000_000);
    assert!(world.read("run/talker.log") == "012345678\n".repeat(100_000), "something was lost or mixed up");
    world.shut_down();
}
