//! F33: numbers of processes are used again soon, and signals go by numbers.

use std::collections::BTreeSet;
use std::fs;

use supervisor_faults::injector::{contained, words};
use supervisor_faults::stage::stage;
use supervisor_faults::system_calls::{calls, first_number, result, traced};
use supervisor_worlds::patience::wait_until;
use supervisor_worlds::scene::is_root;

/// Since then a container can have its own highest number.
const OWN_HIGHEST_NUMBER_SINCE: (u32, u32) = (6, 14);

fn kernel() -> (u32, u32) {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").expect("the kernel has a number");
    let mut numbers = release.split(['.', '-']).map_while(|part| part.parse().ok());
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

/// Zero only asks.
fn is_signal(call: &str) -> bool {
    call.starts_with("kill(") && call.contains(", SIG")
}

#[test]
fn no_signal_goes_to_a_number_that_has_been_reaped() {
    let scene = stage(
        "[program:short]\ncommand=/bin/sh -c 'sleep 0.0%(process_num)d'\nprocess_name=%(process_num)d\nnumprocs=8\n\
         startsecs=0\nautorestart=true\nrestart_burst=0\nstdout_logfile=NONE\nstderr_logfile=NONE\n\
         [program:group]\ncommand=/bin/sh -c 'sleep 0.02 & wait'\nstopasgroup=true\nprocess_name=%(process_num)d\n\
         numprocs=4\nstartsecs=0\nautorestart=true\nrestart_burst=0\nstdout_logfile=NONE\nstderr_logfile=NONE\n",
    );
    let mut injector = Vec::new();
    // Where numbers are few each is used again within a second. That needs root and a kernel that is new enough; the
    // order of calls, which is what is judged, needs neither.
    if is_root() && kernel() >= OWN_HIGHEST_NUMBER_SINCE {
        injector = contained("echo 320 >/proc/sys/kernel/pid_max");
    }
    injector.extend(traced(&scene, "clone,clone3,kill,wait4,waitid"));
    let world = scene.open_under(&words(&injector));
    for _ in 0..10 {
        for action in [&["signal", "USR1", "all"][..], &["stop", "all"], &["start", "all"]] {
            // Who has ended just now cannot be signalled, and who has started again is running already.
            world.ctl(action);
        }
    }
    wait_until("all of them to be there", || world.statuses().len() == 12);
    world.ctl(&["stop", "all"]);
    let (mut ours, mut signals) = (BTreeSet::new(), 0);
    for call in calls(&world) {
        let Some(number) = result(&call) else { continue };
        if call.contains("clone") {
            ours.insert(number);
        } else if call.contains("wait4") {
            ours.remove(&number);
        } else if let Some(target) = first_number(&call).filter(|_| is_signal(&call)) {
            signals += 1;
            assert!(ours.contains(&target.abs()), "{call} after its end was told");
        }
    }
    assert!(signals > 20, "only {signals} signals were sent");
    world.shut_down();
}
