//! F2: the same configuration is started twice.

use std::fs;
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use supervisor_faults::stage::stage;
use supervisor_worlds::command::run;
use supervisor_worlds::patience::wait_until;
use supervisor_worlds::scene::Scene;
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

/// Without a server there is no socket that tells the one from the other.
#[test]
fn without_any_server_a_second_start_is_refused_too() {
    let scene = Scene::of_configuration(
        "[supervisord]\nlogfile=%(here)s/run/main.log\npidfile=%(here)s/run/supervisord.pid\n\
         [program:cat]\ncommand=/bin/cat\nstartsecs=0\n",
    );
    let start = |pidfile: &str| {
        let mut command = Command::new(subject::supervisord());
        command.args(["-n", "-c"]).arg(scene.path("supervisord.conf")).arg("-j").arg(scene.path(pidfile));
        command
    };
    let mut first = Ended(start("run/supervisord.pid").stdout(Stdio::null()).spawn().expect("it starts"));
    let log = || fs::read_to_string(scene.path("run/main.log")).unwrap_or_default();
    wait_until("the first daemon's program", || log().contains("spawned: 'cat'"));
    let answer = run(&mut start("run/supervisord.pid"));
    assert_eq!(answer.code, Some(2), "{answer:?}");
    let told = format!("Another supervisord (pid {}) is running with this configuration", first.0.id());
    assert!(answer.stderr.contains(&told), "{answer:?}");
    let pidfile = fs::read_to_string(scene.path("run/supervisord.pid")).expect("the pidfile is there");
    assert_eq!(pidfile.trim(), first.0.id().to_string());
    assert_eq!(first.0.try_wait().expect("a child can be waited for"), None);
}

/// A daemon that is ended in order with the test, and its children with it.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let pid = i32::try_from(self.0.id()).expect("a pid fits");
        // It may have ended.
        let _ = kill(Pid::from_raw(pid), Signal::SIGTERM);
        let _ = self.0.wait();
    }
}
