//! F2: the same configuration is started twice.

use std::process::Command;

use supervisor_faults::stage::stage;
use supervisor_worlds::command::run;
use supervisor_worlds::subject;

#[test]
fn a_second_start_is_refused_and_the_first_is_left_alone() {
    let world = stage("[program:cat]\ncommand=/bin/cat\nstartsecs=0\n").open();
    world.wait_for_state("cat", "RUNNING");
    let (daemon, cat) = (world.daemon(), world.pid("cat"));
    let pidfile = world.read("run/supervisord.pid");
    let mut second = Command::new(subject::supervisord());
    let answer = run(second.args(["-n", "-c"]).arg(world.path("supervisord.conf")));
    assert_eq!(answer.code, Some(2), "{answer:?}");
    assert!(answer.stderr.contains("Another program is already listening on a port"), "{answer:?}");
    assert_eq!((world.daemon(), world.pid("cat")), (daemon, cat));
    assert_eq!(world.read("run/supervisord.pid"), pidfile);
    world.shut_down();
}
