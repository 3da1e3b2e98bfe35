//! F17: a child has made its pipe large, fills it, and ends at once.

use supervisor_faults::stage::stage;
use supervisor_worlds::demand::demand;

// 1031 is F_SETPIPE_SZ.
const PROGRAM: &str = "\
[program:filler]
command=/usr/bin/python3 -c \"import fcntl, os; fcntl.fcntl(1, 1031, 1 << 20); os.write(1, b'0123456789' * 100000)\"
stdout_logfile=%(here)s/run/out
startsecs=0
autorestart=false
autostart=false
";

#[test]
fn everything_in_a_large_pipe_is_logged_though_its_writer_has_ended() {
    demand(&[("/usr/bin/python3", "python3")]);
    let world = stage(PROGRAM).open();
    assert_eq!(world.ctl_ok(&["start", "filler"]), "filler: started\n");
    world.wait_for_state("filler", "EXITED");
    assert_eq!(world.read("run/out").len(), 1_000_000);
    world.shut_down();
}
