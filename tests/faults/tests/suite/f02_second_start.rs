//! F2: the same configuration is started twice.

use std::fs;
use std::process::{Child, Command, Stdio};

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
    let words = |command: &mut Command| {
        command.args(["-n", "-c"]).arg(scene.path("supervisord.conf"));
    };
    let mut first = Command::new(subject::warden());
    words(first.arg(subject::supervisord()).stdin(Stdio::piped()).stdout(Stdio::null()));
    let mut first = Warden(first.spawn().expect("the warden starts"));
    let log = || fs::read_to_string(scene.path("run/main.log")).unwrap_or_default();
    wait_until("the first daemon's program", || log().contains("spawned: 'cat'"));
    let pidfile = || fs::read_to_string(scene.path("run/supervisord.pid")).expect("the pidfile is there");
    let before = pidfile();
    let mut second = Command::new(subject::supervisord());
    words(&mut second);
    let answer = run(&mut second);
    assert_eq!(answer.code, Some(2), "{answer:?}");
    let told = format!("Another supervisord (pid {}) is running with this configuration", before.trim());
    assert!(answer.stderr.contains(&told), "{answer:?}");
    assert_eq!(pidfile(), before);
    assert_eq!(first.0.try_wait().expect("a child can be waited for"), None);
}

/// Ends everything below it when its standard input ends.
struct Warden(Child);

impl Drop for Warden {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        // It cannot fail to end.
        let _ = self.0.wait();
    }
}
