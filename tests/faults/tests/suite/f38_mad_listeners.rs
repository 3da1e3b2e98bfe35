//! F38: listeners that speak endlessly, or die with an event. How they stumble over single words is a matter of
//! `tests/compat`.

use std::fs;

use supervisor_faults::observation::{status_number, wait_for_main_log};
use supervisor_faults::stage::stage;
use supervisor_worlds::demand::demand;
use supervisor_worlds::patience::wait_until;
use supervisor_worlds::world::KILL;

/// What the daemon may take more while a listener says 64 MB, in KiB.
const MORE_KIB_MAX: u64 = 32 << 10;

/// Takes one event and answers in a strange way; the successor of one that was killed takes events as it should.
const MAD: &str = "
import os, sys, time
name, here = sys.argv[1:]
print('READY', flush=True)
header = sys.stdin.readline()
payload = sys.stdin.read(int(header.split('len:')[1]))
serial = header.split('serial:')[1].split()[0]
if not os.path.exists(here + '/' + name + '.met'):
    open(here + '/' + name + '.met', 'w').write(serial)
    if name == 'garbage':
        for _ in range(1024): sys.stdout.write('x' * 65536)
    if name == 'endless':
        sys.stdout.write('RESULT 16000000\\n')
        for _ in range(200): sys.stdout.write('x' * 65536)
    if name == 'huge':
        sys.stdout.write('RESULT 99999999999\\n')
        for _ in range(1024): sys.stdout.write('x' * 65536)
    sys.stdout.flush()
    open(here + '/' + name + '.said', 'w').write(serial)
    time.sleep(1000)
open(here + '/' + name + '.again', 'w').write(serial)
sys.stdout.write('RESULT 2\\nOK')
sys.stdout.flush()
time.sleep(1000)
";

#[test]
fn a_listener_that_says_too_much_is_bounded_and_its_event_goes_to_its_successor() {
    demand(&[("/usr/bin/python3", "python3")]);
    let names = ["garbage", "endless", "huge", "silent"];
    let listener = |name: &str| {
        format!(
            "[eventlistener:{name}]\ncommand=/usr/bin/python3 %(here)s/mad.py {name} %(here)s\nstartsecs=0\n\
             events=PROCESS_STATE_RUNNING\nautorestart=true\nstdout_logfile=NONE\n"
        )
    };
    let sections: String = names.iter().map(|name| listener(name)).collect();
    let scene = stage(&format!("{sections}[program:cat]\ncommand=/bin/cat\nautostart=false\nstartsecs=0\n"));
    fs::write(scene.path("mad.py"), MAD).expect("a file can be written");
    let world = scene.open();
    let daemon = world.daemon();
    let before = status_number(daemon, "VmRSS");
    for name in names {
        wait_until(&format!("{name} to have said it all"), || world.path(&format!("{name}.said")).exists());
    }
    let more = status_number(daemon, "VmRSS").saturating_sub(before);
    assert!(more < MORE_KIB_MAX, "{more} KiB more");
    assert!(world.ctl_ok(&["start", "cat"]).contains("started"));
    for name in ["garbage", "huge"] {
        wait_for_main_log(&world, &format!("{name}: has entered the UNKNOWN state"));
    }
    for name in names {
        world.signal(world.pid(name), KILL);
        let again = format!("{name}.again");
        wait_until(&format!("the event of {name} to come again"), || !world.read(&again).is_empty());
        assert_eq!(world.read(&again), world.read(&format!("{name}.met")));
    }
    world.shut_down();
}
