//! What people see when something is wrong.

use std::os::unix::net::UnixListener;

use supervisor_compat::{Address, Signal, World, compare, crossed};

fn note_start(world: &mut World, heading: &str) {
    let conf = world.path("supervisord.conf").display().to_string();
    let finished = world.supervisord(&["-n", "-c", &conf]);
    world.note(heading, finished.to_string());
}

#[test]
fn a_port_in_use_is_named_as_such() {
    compare(|world| {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        world.configure(&format!("[inet_http_server]\nport=127.0.0.1:{port}\n"));
        note_start(world, "port in use");
        world
            .note("left", world.names(|name| name.ends_with(".pid") || name.starts_with("s.sock")).join(" "));
    });
}

#[test]
fn an_address_of_another_machine_cannot_be_opened() {
    compare(|world| {
        world.configure("[inet_http_server]\nport=192.0.2.1:9001\n");
        note_start(world, "foreign address");
    });
}

#[test]
fn a_socket_whose_owner_is_gone_is_replaced() {
    compare(|world| {
        drop(UnixListener::bind(world.path("s.sock")).expect("the path is free"));
        world.start("");
        world.note_ctl(&["version"]);
        let stderr = world.daemon().stderr();
        world.note("stderr", stderr);
    });
}

#[test]
fn a_socket_that_another_daemon_answers_on_is_left_alone() {
    compare(|world| {
        world.start("[program:cat]\ncommand=/bin/cat\nstartsecs=0\n");
        world.await_running("cat");
        note_start(world, "second daemon");
        world.note_ctl(&["status"]);
    });
}

#[test]
fn a_socket_in_a_missing_directory_cannot_be_opened() {
    compare(|world| {
        world.configure("[unix_http_server]\nfile=%(here)s/nowhere/s.sock\n");
        note_start(world, "missing directory");
    });
}

#[test]
fn files_that_are_missing_or_cannot_be_read_are_named() {
    compare(|world| {
        world.note_supervisord(&["-n", "-c", "nowhere.conf"]);
        let here = world.here().display().to_string();
        world.note_supervisord(&["-n", "-c", &here]);
        world.note_supervisord(&["-n", "-c", "nowhere/supervisord.conf", "-u", "nosuchuser"]);
        world.configure("");
        let conf = world.path("supervisord.conf").display().to_string();
        for user in ["nosuchuser", "123456789"] {
            world.note_supervisord(&["-n", "-c", &conf, "-u", user]);
        }
    });
}

#[test]
fn limits_that_cannot_be_reached_are_explained() {
    compare(|world| {
        world.configure("[supervisord]\nminfds=999999999999\n");
        let conf = world.path("supervisord.conf").display().to_string();
        let finished = world.supervisord(&["-n", "-c", &conf]);
        let line = finished.stderr.lines().next().unwrap_or_default().to_owned();
        world.note(
            "minfds",
            format!("{} {}", line.split(" The current").next().unwrap_or_default(), finished.ending),
        );
    });
}

#[test]
fn a_client_without_a_daemon_says_so() {
    crossed(|world| {
        world.configure("");
        for words in [
            &["status"][..],
            &["start", "x"],
            &["version"],
            &["shutdown"],
            &["reread"],
            &["update"],
            &["avail"],
        ] {
            world.note_ctl(words);
        }
        drop(UnixListener::bind(world.path("s.sock")).expect("the path is free"));
        for words in [&["status"][..], &["stop", "x"], &["pid"], &["shutdown"], &["reload"], &["add", "x"]] {
            world.note_ctl(words);
        }
        let port = world.free_port();
        let url = format!("http://127.0.0.1:{port}");
        world.note_ctl(&["-s", &url, "status"]);
        world.note_ctl(&["-s", &url, "shutdown"]);
    });
}

#[test]
fn a_wrong_password_is_refused_in_one_line() {
    crossed(|world| {
        let port = world.free_port();
        world.start(&format!("[inet_http_server]\nport=127.0.0.1:{port}\nusername=me\npassword=secret\n"));
        world.await_file("s.sock");
        let url = format!("http://127.0.0.1:{port}");
        world.note_ctl(&["-s", &url, "-u", "me", "-p", "secret", "version"]);
        for words in [
            &["-u", "me", "-p", "wrong", "version"][..],
            &["version"],
            &["-u", "you", "-p", "secret", "status"],
        ] {
            let words = [&["-s", &url], words].concat();
            let finished = world.ctl(&words);
            let first = finished.stdout.lines().next().unwrap_or_default().to_owned();
            world.note(&words.join(" "), format!("{first} {}", finished.ending));
        }
    });
}

#[test]
fn a_daemon_that_vanishes_leaves_the_client_with_an_error() {
    crossed(|world| {
        world.start("[program:slow]\ncommand=/bin/cat\nautostart=false\nstartsecs=600\n");
        world.await_file("s.sock");
        let starting = world.start_ctl(&["start", "slow"]);
        world.await_state("slow", "STARTING");
        world.signal(Signal::SIGKILL);
        let finished = starting.finish();
        world.note_client("start slow", &finished);
        world.note_ctl(&["status"]);
    });
}

#[test]
fn a_configuration_for_another_server_is_obeyed() {
    crossed(|world| {
        let port = world.free_port();
        world.configure(&format!(
            "[inet_http_server]\nport=127.0.0.1:{port}\nusername=me\npassword=100%%\n[supervisorctl]\n\
            serverurl=http://127.0.0.1:{port}\nusername=me\npassword=100%%\n[program:cat]\ncommand=/bin/cat\nstartsecs=0\n"
        ));
        world.launch(&[] as &[&str]);
        world.await_running("cat");
        world.note_ctl(&["status"]);
        world.note_ctl(&["version"]);
        let answer = world.http_at(&Address::Tcp(port), "GET /", &[], b"");
        world.note("without password", answer.status.to_string());
    });
}
