//! F35: a socket and a pidfile of an earlier daemon are left, and the number in it is somebody else's by now.

use std::fs;
use std::os::unix::net::UnixListener;
use std::process::Command;

use supervisor_faults::stage::stage;

#[test]
fn leftovers_are_replaced_and_whom_they_name_is_left_alone() {
    let mut other = Command::new("/bin/sleep").arg("1000").spawn().expect("a process");
    let scene = stage("[program:cat]\ncommand=/bin/cat\nstartsecs=0\n");
    fs::write(scene.path("run/supervisord.pid"), format!("{}\n", other.id())).expect("a file can be written");
    drop(UnixListener::bind(scene.path("run/supervisor.sock")).expect("a socket"));
    let world = scene.open();
    assert_eq!(world.state("cat"), "RUNNING");
    assert_eq!(world.read("run/supervisord.pid").trim(), world.daemon().to_string());
    world.shut_down();
    assert_eq!(other.try_wait().expect("it can be waited for"), None, "the other runs on");
    other.kill().and_then(|()| other.wait()).expect("it can be killed");
}
