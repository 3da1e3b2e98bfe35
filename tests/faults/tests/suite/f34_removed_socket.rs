//! F34: somebody removes the file of the daemon's socket.

use std::fs;
use std::os::unix::fs::MetadataExt as _;

use supervisor_faults::observation::wait_for_main_log;
use supervisor_faults::stage::stage;
use supervisor_worlds::patience::{wait_for, wait_until};
use supervisor_worlds::scene::is_root;
use supervisor_worlds::world::World;

const SOCKET: &str = "run/supervisor.sock";

/// Its mode, owner and group, as soon as it is there.
fn facts(world: &World) -> (u32, u32, u32) {
    wait_for("the socket", || {
        let file = fs::metadata(world.path(SOCKET)).ok()?;
        Some((file.mode() & 0o7777, file.uid(), file.gid()))
    })
}

fn open() -> World {
    // Only root can give a file away.
    let owner = if is_root() { "chown=1:1\n" } else { "" };
    stage(&format!("[program:cat]\ncommand=/bin/cat\nstartsecs=0\n[unix_http_server]\nchmod=0764\n{owner}"))
        .open()
}

#[test]
fn a_socket_that_is_removed_comes_back_as_it_was() {
    let world = open();
    let (before, pid) = (facts(&world), world.pid("cat"));
    for remove in
        [fs::remove_file, |path: std::path::PathBuf| fs::rename(&path, path.with_extension("moved"))]
    {
        remove(world.path(SOCKET)).expect("it can be removed");
        assert_eq!(facts(&world), before);
        wait_until("an answer", || world.ctl(&["pid", "cat"]).stdout.trim() == pid.to_string());
    }
    wait_for_main_log(&world, "was removed by somebody and has been made anew");
    world.shut_down();
}

#[test]
fn a_socket_comes_back_when_its_directory_does() {
    let world = open();
    let before = facts(&world);
    let (run, away) = (world.path("run"), world.path("away"));
    fs::remove_file(world.path(SOCKET)).expect("it can be removed");
    fs::rename(&run, &away).expect("it can be renamed");
    wait_until("the complaint", || {
        let log = fs::read_to_string(away.join("main.log")).unwrap_or_default();
        log.contains("is tried to be made anew until it works") || away.join("supervisor.sock").exists()
    });
    fs::rename(&away, &run).expect("it can be renamed");
    assert_eq!(facts(&world), before);
    wait_until("an answer", || world.state("cat") == "RUNNING");
    world.shut_down();
}

#[test]
fn what_somebody_else_has_put_in_its_place_stays() {
    let world = open();
    fs::remove_file(world.path(SOCKET)).expect("it can be removed");
    // The daemon may be faster.
    let other = wait_for("a place for another", || {
        let _ = fs::remove_file(world.path(SOCKET));
        std::os::unix::net::UnixListener::bind(world.path(SOCKET)).ok()
    });
    wait_for_main_log(&world, "is tried to be made anew until it works");
    drop(other);
    wait_until("an answer", || world.state("cat") == "RUNNING");
    world.shut_down();
}
