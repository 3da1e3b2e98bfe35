//! F26 and F27: the configuration is broken when somebody asks for it to be read.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, symlink};

use nix::sys::signal::Signal;
use supervisor_faults::observation::{times_in_main_log, wait_for_main_log};
use supervisor_faults::stage::stage;
use supervisor_worlds::http::free_port;
use supervisor_worlds::patience::wait_until;
use supervisor_worlds::scene::is_root;
use supervisor_worlds::world::World;

const BROKEN: &str = "[program:broken]\ncommand=/bin/cat\nnumprocs=x\n";
const REFUSAL: &str = "invalid literal for int() with base 10: 'x'";

fn open_and_break() -> (World, i32, String) {
    let world = stage("[program:cat]\ncommand=/bin/cat\nstartsecs=0\n").open();
    world.wait_for_state("cat", "RUNNING");
    let (pid, sound) = (world.pid("cat"), world.read("supervisord.conf"));
    fs::write(world.path("supervisord.conf"), format!("{sound}{BROKEN}")).expect("a file can be written");
    (world, pid, sound)
}

#[test]
fn reread_and_update_refuse_a_broken_configuration_and_change_nothing() {
    let (world, pid, _) = open_and_break();
    for action in ["reread", "update"] {
        let answer = world.ctl(&[action]);
        assert!(answer.stdout.contains("ERROR: CANT_REREAD: invalid literal"), "{answer:?}");
        assert_eq!(world.pid("cat"), pid);
    }
    assert_eq!(world.statuses().len(), 1);
    world.shut_down();
}

#[test]
fn a_hangup_and_a_reload_with_a_broken_configuration_leave_everything_running() {
    let (world, pid, sound) = open_and_break();
    let daemon = world.daemon();
    world.signal(daemon, Signal::SIGHUP);
    wait_for_main_log(&world, REFUSAL);
    let refused = world.ctl(&["reload"]);
    assert!(format!("{refused:?}").contains("CANT_REREAD"), "{refused:?}");
    wait_until("the second refusal in the log", || times_in_main_log(&world, REFUSAL) >= 2);
    assert_eq!((world.pid("cat"), world.daemon()), (pid, daemon));
    fs::write(world.path("supervisord.conf"), sound).expect("a file can be written");
    world.signal(daemon, Signal::SIGHUP);
    world.wait_for_successor("cat", pid);
    world.shut_down();
}

#[test]
fn a_reload_with_a_main_log_that_cannot_be_opened_leaves_everything_running() {
    let (world, pid, sound) = open_and_break();
    let moved = sound.replace("logfile=%(here)s/run/main.log", "logfile=%(here)s/run");
    fs::write(world.path("supervisord.conf"), moved).expect("a file can be written");
    let refused = world.ctl(&["reload"]);
    assert!(format!("{refused:?}").contains("CANT_REREAD: cannot open the log"), "{refused:?}");
    wait_for_main_log(&world, "not restarting, the configuration is broken: cannot open the log");
    assert_eq!(world.pid("cat"), pid);
    world.shut_down();
}

#[test]
fn a_reload_that_is_refused_leaves_no_new_main_log() {
    let (world, pid, sound) = open_and_break();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("it is bound").port();
    let moved = sound.replace("run/main.log", "run/new.log");
    let configuration = format!("{moved}[inet_http_server]\nport=127.0.0.1:{port}\n");
    fs::write(world.path("supervisord.conf"), configuration).expect("a file can be written");
    assert!(format!("{:?}", world.ctl(&["reload"])).contains("CANT_REREAD"));
    wait_for_main_log(&world, "not restarting, the configuration is broken: Another program is already");
    assert!(!world.path("run/new.log").exists());
    assert_eq!(world.pid("cat"), pid);
    world.shut_down();
}

#[test]
fn a_reload_with_a_new_main_log_and_another_user_begins_anew() {
    let (world, pid, sound) = open_and_break();
    for folder in ["", "run"] {
        let everybody = fs::Permissions::from_mode(0o777);
        fs::set_permissions(world.path(folder), everybody).expect("the folder is ours");
    }
    let user = if is_root() { "user=nobody\n" } else { "" };
    let moved = sound.replace("run/main.log\n", &format!("run/new.log\n{user}"));
    fs::write(world.path("supervisord.conf"), moved).expect("a file can be written");
    world.signal(world.daemon(), Signal::SIGHUP);
    world.wait_for_successor("cat", pid);
    assert!(world.read("run/new.log").contains("supervisord started with pid"));
    world.shut_down();
}

#[test]
fn a_reload_takes_over_addresses_that_only_the_daemon_has() {
    let (port, path) = (free_port(), "%(here)s/run/web.sock");
    let program = |name: &str, socket: &str| {
        format!("[fcgi-program:{name}]\ncommand=/bin/sleep 1000\nsocket={socket}\nstartsecs=0\n")
    };
    let programs =
        program("port", &format!("tcp://127.0.0.1:{port}")) + &program("path", &format!("unix://{path}"));
    let cat = "[program:cat]\ncommand=/bin/cat\nstartsecs=0\n";
    let world = stage(&format!("{cat}{programs}")).open();
    world.wait_until_all_run(&["cat", "port", "path"]);
    let (pid, sound) = (world.pid("cat"), world.read("supervisord.conf"));
    symlink("run", world.path("same")).expect("a link can be made");
    let servers = format!("[inet_http_server]\nport=127.0.0.1:{port}\n[unix_http_server:web]\nfile={path}\n");
    let renamed = sound.replace("file=%(here)s/run/supervisor.sock", "file=%(here)s/same/supervisor.sock");
    let configuration = renamed.replace(&programs, &servers);
    fs::write(world.path("supervisord.conf"), configuration).expect("a file can be written");
    world.signal(world.daemon(), Signal::SIGHUP);
    world.wait_for_successor("cat", pid);
    assert_eq!(world.statuses().len(), 1);
    world.shut_down();
}

#[test]
fn a_reload_with_a_fastcgi_socket_that_cannot_be_made_leaves_everything_running() {
    let (world, pid, sound) = open_and_break();
    let shared = |path: &str| format!("[fcgi-program:web]\ncommand=/bin/sleep 1000\nsocket=unix://{path}\n");
    let lost = format!("{sound}{}", shared("%(here)s/nowhere/web.sock"));
    fs::write(world.path("supervisord.conf"), lost).expect("a file can be written");
    let refused = world.ctl(&["reload"]);
    assert!(format!("{refused:?}").contains("CANT_REREAD: Could not create FastCGI socket"), "{refused:?}");
    wait_for_main_log(&world, "not restarting, the configuration is broken: Could not create FastCGI socket");
    assert_eq!(world.pid("cat"), pid);
    let found = format!("{sound}{}", shared("%(here)s/web.sock"));
    fs::write(world.path("supervisord.conf"), found).expect("a file can be written");
    world.signal(world.daemon(), Signal::SIGHUP);
    world.wait_for_successor("cat", pid);
    world.wait_for_state("web", "RUNNING");
    let (cat, web) = (world.pid("cat"), world.pid("web"));
    // Now the socket is open: it is in nobody's way, least of all its own.
    world.signal(world.daemon(), Signal::SIGHUP);
    world.wait_for_successor("cat", cat);
    world.wait_for_successor("web", web);
    world.shut_down();
}

#[test]
fn a_reload_with_another_host_for_our_port_is_refused_where_there_is_no_such_address() {
    let port = free_port();
    let world = stage(&format!("[inet_http_server]\nport=127.0.0.1:{port}\n")).open();
    let (daemon, sound) = (world.daemon(), world.read("supervisord.conf"));
    let elsewhere = sound.replace(&format!("127.0.0.1:{port}"), &format!("192.0.2.1:{port}"));
    fs::write(world.path("supervisord.conf"), elsewhere).expect("a file can be written");
    let refused = format!("{:?}", world.ctl(&["reload"]));
    assert!(refused.contains("CANT_REREAD") && refused.contains("EADDRNOTAVAIL"), "{refused}");
    let everywhere = sound.replace(&format!("127.0.0.1:{port}"), &format!("*:{port}"));
    fs::write(world.path("supervisord.conf"), everywhere).expect("a file can be written");
    assert_eq!(world.ctl(&["reload"]).code, Some(0));
    wait_until("the second life", || times_in_main_log(&world, "supervisord started with pid") == 2);
    assert_eq!(world.daemon(), daemon);
    world.shut_down();
}
