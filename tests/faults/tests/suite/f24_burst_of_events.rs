//! F24: more events at once than the buffer of a pool holds.

use std::fs;

use supervisor_faults::observation::times_in_main_log;
use supervisor_faults::stage::stage;
use supervisor_worlds::demand::demand;
use supervisor_worlds::patience::wait_until;

const EVENTS: usize = 20_000;

/// Writes down what it is told, one line for each event.
const EAR: &str = "
import sys
heard = open(sys.argv[1], 'w')
while True:
    print('READY', flush=True)
    header = dict(word.split(':') for word in sys.stdin.readline().split())
    payload = sys.stdin.read(int(header['len']))
    print(payload.partition('\\n')[2], file=heard, flush=True)
    sys.stdout.write('RESULT 2\\nOK')
";

#[test]
fn twenty_thousand_events_at_once_pass_through_a_buffer_of_ten() {
    demand(&[("/usr/bin/python3", "python3")]);
    let scene = stage(
        "[eventlistener:ear]\ncommand=/usr/bin/python3 %(here)s/ear.py %(here)s/heard\n\
         events=PROCESS_COMMUNICATION\nstartsecs=0\n\
         [program:send]\ncommand=/bin/sh %(here)s/send.sh\nstartsecs=0\n\
         stdout_capture_maxbytes=1MB\nstdout_logfile=NONE\n",
    );
    let send = format!(
        "i=0; while [ $i -lt {EVENTS} ]; do \
         echo \"<!--XSUPERVISOR:BEGIN-->$i<!--XSUPERVISOR:END-->\"; i=$((i+1)); done; exec sleep 1000"
    );
    fs::write(scene.path("send.sh"), send).expect("a file can be written");
    fs::write(scene.path("ear.py"), EAR).expect("a file can be written");
    let world = scene.open();
    wait_until("the last event", || world.read("heard").ends_with(&format!("\n{}\n", EVENTS - 1)));
    let heard = world.read("heard");
    let wrong = heard.lines().zip(0..).find(|(line, number)| *line != format!("{number}"));
    assert_eq!((heard.lines().count(), wrong), (EVENTS, None));
    assert_eq!(times_in_main_log(&world, "overflowed"), 0);
    world.shut_down();
}
