//! F6: a hundred clients that say half a request and stay, where sixty files may be open.

use supervisor_faults::client::{head, say};
use supervisor_faults::injector::{limited, words};
use supervisor_faults::observation::expect_no_spinning;
use supervisor_faults::stage::stage;

#[test]
fn a_hundred_clients_with_half_a_request_keep_nobody_out() {
    let scene = stage("minfds=60\n[program:cat]\ncommand=/bin/cat\n");
    let world = scene.open_under(&words(&limited("--nofile=60")));
    world.wait_for_state("cat", "RUNNING");
    let daemon = world.daemon();
    let half = &head(1000)[..40];
    let clients: Vec<_> = (0..100).map(|_| say(&world, half)).collect();
    assert!(world.ctl_ok(&["status"]).contains("RUNNING"));
    expect_no_spinning(daemon);
    let old = world.pid("cat");
    world.signal(old, supervisor_worlds::world::KILL);
    world.wait_for_successor("cat", old);
    drop(clients);
    world.shut_down();
}

#[test]
fn a_hundred_clients_with_half_a_body_keep_nobody_out() {
    let scene = stage("minfds=60\n[program:cat]\ncommand=/bin/cat\n");
    let world = scene.open_under(&words(&limited("--nofile=60")));
    let daemon = world.daemon();
    let clients: Vec<_> = (0..100).map(|_| say(&world, &format!("{}<?xml", head(1000)))).collect();
    assert!(world.ctl_ok(&["status"]).contains("cat"));
    expect_no_spinning(daemon);
    drop(clients);
    world.shut_down();
}
