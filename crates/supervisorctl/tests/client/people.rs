//! What people see on a terminal, and nobody else.

use std::fs::File;
use std::io::Read;
use std::process::Stdio;
use std::sync::{Mutex, mpsc};

use nix::pty::openpty;
use supervisor_rpc::fault::Code;
use supervisor_rpc::value::Value;

use crate::server::{Server, command, fault};
use crate::{info, infos};

/// Runs the client on a terminal; what it shows there, and its exit status.
pub(crate) fn seen(server: &Server, words: &[&str], variables: &[(&str, &str)]) -> (String, i32) {
    seen_at(server, &server.url(), words, variables)
}

fn seen_at(server: &Server, url: &str, words: &[&str], variables: &[(&str, &str)]) -> (String, i32) {
    let pair = openpty(None, None).expect("a terminal");
    let side = || Stdio::from(pair.slave.try_clone().expect("a descriptor"));
    let mut child = command(&server.folder, url)
        .args(words)
        .env("TERM", "xterm")
        .env_remove("NO_COLOR")
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .stdout(side())
        .stderr(side())
        .spawn()
        .expect("the client");
    drop(pair.slave);
    let mut shown = Vec::new();
    // A terminal whose other side is gone ends with an error.
    let _ = File::from(pair.master).read_to_end(&mut shown);
    let shown = String::from_utf8(shown).expect("text").replace("\r\n", "\n");
    (shown, child.wait().expect("an end").code().expect("an exit"))
}

/// A server with a few processes that refuses whatever is asked of others.
fn server() -> Server {
    Server::answering(|method, _| match method {
        "getAllProcessInfo" => infos(),
        _ => fault(Code::BadName, "x"),
    })
}

#[test]
fn mistyped_names_and_actions_are_answered_with_a_suggestion() {
    let server = server();
    for (words, expected) in [
        (&["strat", "cat"][..], "*** Unknown syntax: strat cat\nDid you mean start?\n"),
        (&["start", "act"], "act: ERROR (no such process)\nDid you mean cat?\n"),
        (&["stop", "wbe:*"], "wbe: ERROR (no such group)\nDid you mean web:*?\n"),
        (&["pid", "web:aa"], "No such process web:aa\nDid you mean web:a?\n"),
        (&["start", "database"], "database: ERROR (no such process)\n"),
    ] {
        assert_eq!(seen(&server, words, &[]).0, expected);
    }
}

#[test]
fn status_is_aligned_and_coloured_where_somebody_sees_it() {
    let server = server();
    let plain = "cat    RUNNING   as it is\nweb:a  RUNNING   as it is\nweb:b  STOPPED   as it is\n";
    let coloured = plain
        .replace("RUNNING   ", "\x1b[32mRUNNING   \x1b[0m")
        .replace("STOPPED   ", "\x1b[2mSTOPPED   \x1b[0m");
    assert_eq!(seen(&server, &["status"], &[]), (coloured, 3));
    assert_eq!(seen(&server, &["status"], &[("NO_COLOR", "1")]).0, plain);
    assert_eq!(seen(&server, &["status"], &[("TERM", "dumb")]).0, plain);
}

#[test]
fn a_wait_shows_what_is_waited_for_and_leaves_nothing_behind() {
    let (sender, looked) = mpsc::channel();
    let looked = Mutex::new(looked);
    let server = Server::answering(move |method, _| match method {
        "startAllProcesses" => {
            let looked = looked.lock().expect("nobody fails");
            // The second look comes when what the first one found has been shown.
            looked.recv().and_then(|()| looked.recv()).expect("the client looks");
            Ok(Value::Array(vec![]))
        }
        _ => {
            sender.send(()).expect("somebody waits");
            Ok(Value::Array(vec![info("web", "a", 10, "STARTING"), info("cat", "cat", 20, "RUNNING")]))
        }
    });
    let (shown, status) = seen(&server, &["start", "all"], &[]);
    assert!(shown.starts_with("\r\x1b[Kwaiting for 1 of 2: web:a STARTING\r\x1b[K"), "{shown:?}");
    assert!(shown.ends_with("\r\x1b[K"), "{shown:?}");
    assert_eq!(status, 0);
}

#[test]
fn a_script_sees_no_suggestion() {
    let output = crate::server::client(&server().url(), &["start", "act"], "");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "act: ERROR (no such process)\n");
    assert!(output.stderr.is_empty());
}

#[test]
fn people_are_told_more_and_scripts_are_not() {
    let server = Server::answering(|method, _| match method {
        "getAllProcessInfo" => infos(),
        "getVersion" => Ok(Value::String("3.0".to_owned())),
        "getSupervisorVersion" => Ok(Value::String("4.3.0".to_owned())),
        _ => fault(Code::BadName, "x"),
    });
    let nowhere = format!("unix://{}/nowhere", server.folder.path().display());
    let url = server.url();
    for (url, words, expected) in [
        (
            &nowhere,
            &["status"][..],
            "no such file\nIs supervisord running, and does serverurl in [supervisorctl] name its socket?\n",
        ),
        (&url, &["version"], "4.3.0\n(this supervisorctl is that of Supervisor in Rust 0.1.0)\n"),
        (&url, &["tail", "-f", "act"], "act: ERROR (no such process name)\nDid you mean cat?\n"),
    ] {
        let shown = seen_at(&server, url, words, &[]).0;
        assert!(shown.ends_with(expected), "{shown:?}");
        let output = crate::server::client(url, words, "");
        let told =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(!expected.lines().last().is_some_and(|line| told.contains(line)), "{told:?}");
    }
}

#[test]
fn who_is_no_supervisord_is_pointed_out() {
    let other = Server::responding(|_| b"HTTP/1.1 501 Not Implemented\r\nContent-Length: 0\r\n\r\n".to_vec());
    let (shown, status) = seen(&other, &["status"], &[]);
    let url = other.url();
    assert!(shown.contains(&format!("Whoever answers at {url} is perhaps no supervisord")), "{shown}");
    assert_eq!(status, 1);
    let (shown, _) = seen_at(&other, "localhost:9001", &["status"], &[]);
    assert!(shown.contains("A URL begins with http:// or unix://"), "{shown}");
}
