//! F16: a child ends, and a process that it has started goes on writing to its standard output.

use supervisor_faults::stage::stage;
use supervisor_worlds::patience::wait_until;

const PROGRAM: &str = "\
[program:parent]
command=/bin/sh -c '(for n in 1 2 3 4 5; do sleep 0.2; echo line $n || echo broken >%(here)s/run/broken; done) & exit 0'
stdout_logfile=%(here)s/run/out
startsecs=0
autorestart=false
";

#[test]
fn a_descendant_is_read_to_its_end_and_its_pipe_does_not_break() {
    let world = stage(PROGRAM).open();
    world.wait_for_state("parent", "EXITED");
    wait_until("the descendant's last line", || world.read("run/out").contains("line 5"));
    assert_eq!(world.read("run/out"), "line 1\nline 2\nline 3\nline 4\nline 5\n");
    assert!(!world.path("run/broken").exists());
    world.shut_down();
}
