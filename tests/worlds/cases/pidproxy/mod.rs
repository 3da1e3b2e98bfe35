//! Daemons that put themselves into the background, or hide behind a wrapper, under `pidproxy`.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

use nix::sys::signal::Signal;
use supervisor_worlds::demand::demand;
use supervisor_worlds::patience::{PATIENCE, wait_for, wait_until};
use supervisor_worlds::scene::Scene;
use supervisor_worlds::subject::pidproxy;
use supervisor_worlds::world::World;

fn open() -> World {
    demand(&[("/usr/sbin/nginx", "nginx"), ("/usr/bin/redis-server", "redis-server")]);
    let world = Scene::of_case("pidproxy").with("PIDPROXY", pidproxy()).open();
    world.wait_until_all_run(&["nginx", "redis", "wrapped"]);
    world
}

/// The id that is in a daemon's pidfile, once it is there.
fn daemon(world: &World, name: &str) -> i32 {
    wait_for(&format!("the pidfile of {name}"), || world.read(&format!("run/{name}.pid")).trim().parse().ok())
}

fn is_alive(pid: i32) -> bool {
    Path::new("/proc").join(pid.to_string()).join("exe").read_link().is_ok()
}

fn connect(world: &World, socket: &str) -> io::Result<UnixStream> {
    let stream = UnixStream::connect(world.path(socket))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    Ok(stream)
}

/// What redis answers to PING; `None` as long as it does not listen.
fn ping(world: &World) -> Option<String> {
    let mut stream = connect(world, "run/redis.sock").ok()?;
    stream.write_all(b"PING\r\n").ok()?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).ok()?;
    Some(line)
}

/// The page that nginx gives; `None` as long as it does not listen.
fn page(world: &World) -> Option<String> {
    let mut stream = connect(world, "run/nginx.sock").ok()?;
    stream.write_all(b"GET / HTTP/1.0\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned())
}

#[test]
fn stopping_waits_for_the_daemon_and_leaves_nothing() {
    let world = open();
    assert_eq!(wait_for("an answer of redis", || ping(&world)), "+PONG\r\n");
    assert_eq!(wait_for("a page of nginx", || page(&world)), "hello\n");
    for name in ["redis", "nginx"] {
        let pid = daemon(&world, name);
        assert_ne!(pid, world.pid(name), "the daemon is not the supervisor's child");
        assert_eq!(world.ctl_ok(&["stop", name]), format!("{name}: stopped\n"));
        assert!(!is_alive(pid), "{name} has ended before `stop` says so");
        assert_eq!(world.ctl_ok(&["start", name]), format!("{name}: started\n"));
    }
    assert_eq!(wait_for("an answer of redis", || ping(&world)), "+PONG\r\n");
    assert_eq!(wait_for("a page of nginx", || page(&world)), "hello\n");
    world.shut_down();
}

#[test]
fn a_daemon_that_crashes_is_started_again() {
    let world = open();
    wait_for("an answer of redis", || ping(&world));
    let (proxy, crashed) = (world.pid("redis"), daemon(&world, "redis"));
    world.signal(crashed, Signal::SIGKILL);
    world.wait_for_successor("redis", proxy);
    wait_until("another pid in the pidfile", || daemon(&world, "redis") != crashed);
    assert_eq!(wait_for("an answer of the new redis", || ping(&world)), "+PONG\r\n");
    let log = world.read("run/supervisord.log");
    assert!(log.contains("WARN exited: redis (terminated by SIGKILL; not expected)"), "{log}");
    world.shut_down();
}

#[test]
fn a_signal_reaches_the_daemon() {
    let world = open();
    wait_for("a page of nginx", || page(&world));
    let pid = daemon(&world, "nginx");
    wait_until("a line of the access log", || !world.read("run/access.log").is_empty());
    fs::rename(world.path("run/access.log"), world.path("run/old.log")).expect("the log can be renamed");
    assert_eq!(world.ctl_ok(&["signal", "USR1", "nginx"]), "nginx: signalled\n");
    wait_until("nginx to open its log anew", || world.path("run/access.log").exists());
    assert_eq!(daemon(&world, "nginx"), pid);
    world.shut_down();
}

#[test]
fn a_daemon_that_does_not_end_is_killed_with_the_group_of_its_wrapper() {
    let world = open();
    let pid = daemon(&world, "wrapped");
    assert_eq!(world.ctl_ok(&["stop", "wrapped"]), "wrapped: stopped\n");
    wait_until("the end of the daemon", || !is_alive(pid));
    let log = world.read("run/supervisord.log");
    assert!(log.contains("killing 'wrapped'"), "{log}");
    world.shut_down();
}
