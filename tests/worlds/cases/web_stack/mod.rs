//! nginx, redis, and a Python application with two workers: `examples/web-stack`.

use std::collections::BTreeSet;

use nix::sys::signal::Signal;
use supervisor_worlds::demand::demand;
use supervisor_worlds::http;
use supervisor_worlds::patience::{wait_for, wait_until};
use supervisor_worlds::processes::user_id;
use supervisor_worlds::scene::{Scene, is_root};
use supervisor_worlds::world::World;

const PROCESSES: [&str; 4] = ["web:app_00", "web:app_01", "web:nginx", "web:redis"];

/// The running stack and the port of its nginx.
struct Stack {
    world: World,
    port: u16,
}

/// What the application tells about one visit.
struct Visit {
    worker: String,
    visits: u64,
}

fn open() -> Stack {
    demand(&[
        ("/usr/sbin/nginx", "nginx"),
        ("/usr/bin/redis-server", "redis-server"),
        ("/usr/bin/python3", "python3"),
    ]);
    let port = http::free_port();
    let world = Scene::of_example("web-stack").with("PORT", port.to_string()).prepared().open();
    let stack = Stack { world, port };
    stack.wait_until_both_workers_serve();
    stack
}

impl Stack {
    /// One visit through nginx; `None` as long as something behind it is not there.
    fn visit(&self) -> Option<Visit> {
        let response = http::get(self.port, "/visit").ok().filter(|response| response.status == 200)?;
        let body: serde_json::Value =
            serde_json::from_str(&response.body).expect("the application sends JSON");
        assert_eq!(body["path"], "/visit");
        Some(Visit { worker: body["process"].as_str()?.to_owned(), visits: body["visits"].as_u64()? })
    }

    fn must_visit(&self) -> Visit {
        self.visit().expect("the stack serves")
    }

    fn wait_until_both_workers_serve(&self) {
        self.world.wait_until_all_run(&PROCESSES);
        let mut seen = BTreeSet::new();
        wait_until("both workers to serve", || {
            seen.extend(self.visit().map(|visit| visit.worker));
            seen.len() == 2
        });
    }
}

#[test]
fn nginx_spreads_visits_over_two_workers_that_count_together_in_redis() {
    let stack = open();
    let first = stack.must_visit();
    let visits: Vec<Visit> = (0..10).map(|_| stack.must_visit()).collect();
    let workers: BTreeSet<&str> = visits.iter().map(|visit| visit.worker.as_str()).collect();
    assert_eq!(workers, BTreeSet::from(["app_00", "app_01"]));
    let counts: Vec<u64> = visits.iter().map(|visit| visit.visits - first.visits).collect();
    assert_eq!(counts, (1..=10).collect::<Vec<u64>>());
    assert!(stack.world.read("run/app-1.log").contains("\"GET /visit HTTP/1.0\" 200"));
    stack.world.shut_down();
}

#[test]
fn every_program_runs_as_its_own_user() {
    let stack = open();
    let user = |name| user_id(stack.world.pid(name)).expect("the process lives");
    let users = PROCESSES.map(user);
    let expected = if is_root() { ["www-data", "www-data", "root", "redis"].map(id_of) } else { [me(); 4] };
    assert_eq!(users, expected);
    stack.world.shut_down();
}

fn me() -> u32 {
    nix::unistd::geteuid().as_raw()
}

fn id_of(name: &str) -> u32 {
    let user = nix::unistd::User::from_name(name).expect("the user list is readable");
    user.unwrap_or_else(|| panic!("no user {name}")).uid.as_raw()
}

#[test]
fn a_killed_worker_comes_back_and_no_visitor_notices() {
    let stack = open();
    let old = stack.world.pid("web:app_00");
    let other = stack.world.pid("web:app_01");
    let before = stack.must_visit().visits;
    stack.world.signal(old, Signal::SIGKILL);
    for count in 1..=4 {
        assert_eq!(stack.must_visit().visits, before + count);
    }
    stack.world.wait_for_successor("web:app_00", old);
    stack.wait_until_both_workers_serve();
    assert_eq!(stack.world.pid("web:app_01"), other, "the other worker was left alone");
    let log = stack.world.read("run/supervisord.log");
    assert!(log.contains("WARN exited: app_00 (terminated by SIGKILL; not expected)\n"));
    stack.world.shut_down();
}

#[test]
fn a_reload_starts_everything_anew_and_redis_remembers() {
    let stack = open();
    let before = stack.must_visit().visits;
    assert_eq!(stack.world.ctl_ok(&["reread"]), "No config updates to processes\n");
    let old = PROCESSES.map(|name| (name, stack.world.pid(name)));
    assert_eq!(stack.world.ctl_ok(&["reload"]), "Restarted supervisord\n");
    for (name, pid) in old {
        stack.world.wait_for_successor(name, pid);
    }
    let after = wait_for("the first visit after the reload", || stack.visit());
    assert_eq!(after.visits, before + 1);
    stack.world.shut_down();
}

#[test]
fn the_workers_of_the_group_stop_and_start_on_command() {
    let stack = open();
    let before = stack.must_visit().visits;
    let stopped = stack.world.ctl_ok(&["stop", "web:app_00", "web:app_01"]);
    assert_eq!(stopped, "web:app_00: stopped\nweb:app_01: stopped\n");
    assert_eq!(http::get(stack.port, "/visit").expect("nginx still serves").status, 502);
    let started = stack.world.ctl_ok(&["start", "web:app_00", "web:app_01"]);
    assert_eq!(started, "web:app_00: started\nweb:app_01: started\n");
    let after = wait_for("a worker", || stack.visit());
    assert_eq!(after.visits, before + 1);
    stack.world.terminate();
}
