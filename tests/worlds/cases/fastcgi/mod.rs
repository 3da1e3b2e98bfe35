//! nginx in front of PHP processes that share a socket which supervisord owns.

use std::collections::BTreeSet;
use std::fs;
use std::net::TcpStream;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use supervisor_worlds::command::run;
use supervisor_worlds::demand::demand;
use supervisor_worlds::http;
use supervisor_worlds::patience::{wait_for, wait_until};
use supervisor_worlds::scene::{Scene, is_root};
use supervisor_worlds::world::World;

const PROCESSES: [&str; 5] =
    ["local:local_0", "local:local_1", "nginx", "remote:remote_0", "remote:remote_1"];
/// Clients that ask at the same time.
const CLIENTS: usize = 4;
/// So many requests are answered before, between and after the restarts.
const REQUESTS: usize = 20;

struct Stack {
    world: World,
    port: u16,
    fcgi_port: u16,
    owner: String,
}

fn scene() -> (Scene, [u16; 2], String) {
    demand(&[("/usr/sbin/nginx", "nginx"), ("/usr/bin/php-cgi", "php-cgi")]);
    let ports = [http::free_port(), http::free_port()];
    let owner = if is_root() {
        "www-data".to_owned()
    } else {
        run(Command::new("id").arg("-un")).stdout.trim().to_owned()
    };
    let scene = Scene::of_case("fastcgi").with("OWNER", owner.clone()).with("PORT", ports[0].to_string());
    (scene.with("FCGI_PORT", ports[1].to_string()), ports, owner)
}

fn open() -> Stack {
    let (scene, [port, fcgi_port], owner) = scene();
    let stack = Stack { world: scene.open(), port, fcgi_port, owner };
    stack.world.wait_until_all_run(&PROCESSES);
    wait_for("a first page", || stack.page("/local/"));
    wait_for("a first page over TCP", || stack.page("/remote/"));
    stack
}

impl Stack {
    /// Which process has answered; `None` if none has.
    fn page(&self, path: &str) -> Option<String> {
        let page = http::get(self.port, path).ok().filter(|page| page.status == 200)?;
        Some(page.body.trim().to_owned())
    }

    /// Who answers when many ask at the same time.
    fn answering(&self, path: &str) -> BTreeSet<String> {
        thread::scope(|scope| {
            let clients: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(|| self.page(path))).collect();
            clients.into_iter().filter_map(|client| client.join().expect("a client")).collect()
        })
    }
}

#[test]
fn both_processes_of_a_group_answer_on_its_one_socket() {
    let stack = open();
    for (path, group) in [("/local/", "local"), ("/remote/", "remote")] {
        let expected: BTreeSet<String> = ["0", "1"]
            .map(|number| {
                let pid = stack.world.pid(&format!("{group}:{group}_{number}"));
                format!("{pid} {group}_{number}")
            })
            .into();
        let mut seen = BTreeSet::new();
        wait_until("answers of both processes", || {
            seen.extend(stack.answering(path));
            seen.len() >= 2
        });
        assert_eq!(seen, expected);
    }
    stack.world.shut_down();
}

#[test]
fn restarting_a_process_while_requests_go_on_loses_none() {
    let stack = open();
    for (path, name) in [("/local/", "local:local_0"), ("/remote/", "remote:remote_1")] {
        let (is_over, answered) = (AtomicBool::new(false), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..CLIENTS {
                scope.spawn(|| {
                    while !is_over.load(Ordering::Relaxed) {
                        let page = http::get(stack.port, path).map(|page| page.status);
                        assert!(matches!(page, Ok(200)), "a request was lost: {page:?}");
                        answered.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
            for _ in 0..3 {
                let before = answered.load(Ordering::Relaxed);
                wait_until("more answers", || answered.load(Ordering::Relaxed) >= before + REQUESTS);
                let old = stack.world.pid(name);
                stack.world.ctl_ok(&["restart", name]);
                stack.world.wait_for_successor(name, old);
            }
            is_over.store(true, Ordering::Relaxed);
        });
    }
    let log = stack.world.read("run/supervisord.log");
    // Each was made once for the trial at the start, and once for use.
    assert_eq!(log.matches("Creating socket unix://").count(), 2, "{log}");
    assert_eq!(log.matches("Closing socket unix://").count(), 1, "{log}");
    stack.world.shut_down();
}

#[test]
fn the_socket_lives_as_long_as_one_process_of_its_group() {
    let stack = open();
    let (world, socket) = (&stack.world, stack.world.path("run/php.sock"));
    let tcp = || TcpStream::connect(("127.0.0.1", stack.fcgi_port));
    for group in ["local", "remote"] {
        world.ctl_ok(&["stop", &format!("{group}:{group}_0")]);
    }
    assert!(UnixStream::connect(&socket).is_ok() && tcp().is_ok(), "one process is left in each group");
    for group in ["local", "remote"] {
        world.ctl_ok(&["stop", &format!("{group}:{group}_1")]);
    }
    assert!(UnixStream::connect(&socket).is_err() && tcp().is_err(), "nobody is left");
    let log = world.read("run/supervisord.log");
    for url in ["unix://", "tcp://127.0.0.1:"] {
        assert_eq!(log.matches(&format!("Closing socket {url}")).count(), 2, "{log}");
    }
    for group in ["local", "remote"] {
        world.ctl_ok(&["start", &format!("{group}:*")]);
    }
    wait_for("a page of the new socket", || stack.page("/local/"));
    wait_for("a page of the new socket over TCP", || stack.page("/remote/"));
    stack.world.shut_down();
}

#[test]
fn owner_mode_and_backlog_of_the_socket_are_as_configured() {
    demand(&[("/usr/bin/strace", "strace")]);
    let (scene, [port, fcgi_port], owner) = scene();
    let trace = scene.path("run/trace");
    let strace =
        ["/usr/bin/strace", "-f", "-b", "execve", "-e", "trace=listen", "-o", trace.to_str().expect("text")];
    let stack = Stack { world: scene.open_under(&strace), port, fcgi_port, owner };
    stack.world.wait_until_all_run(&PROCESSES);
    let file = fs::metadata(stack.world.path("run/php.sock")).expect("the socket is there");
    assert_eq!(file.permissions().mode() & 0o7777, 0o600);
    let id = run(Command::new("id").args(["-u", &stack.owner])).stdout;
    assert_eq!(file.uid().to_string(), id.trim());
    let trace = stack.world.read("run/trace");
    for backlog in [", 77) ", ", 99) "] {
        assert!(trace.contains(backlog), "{trace}");
    }
    stack.world.shut_down();
}
