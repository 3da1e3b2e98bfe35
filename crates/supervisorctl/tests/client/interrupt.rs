//! What Ctrl-C does.

use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use supervisor_rpc::decode;
use supervisor_rpc::encode;

use crate::server::Server;

/// A server whose `startProcess` and log streams never end, and a way to know that one has begun.
fn endless() -> (Server, Receiver<()>) {
    let (sender, begun) = mpsc::channel();
    let server = Server::responding(move |request| {
        let method = decode::call(&request.body).map(|call| call.method);
        let value = match method.as_deref() {
            Ok("supervisor.getVersion") => "3.0".into(),
            Ok("supervisor.getAllProcessInfo") => Vec::<i64>::new().into(),
            _ => {
                sender.send(()).expect("somebody waits");
                loop {
                    thread::park();
                }
            }
        };
        let body = encode::response(&Ok(value));
        format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len())
            .into_bytes()
    });
    (server, begun)
}

/// Presses Ctrl-C once the client waits for something endless.
fn interrupted(words: &[&str], input: &str) -> Output {
    let (server, begun) = endless();
    let mut child = client(&server, words);
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(input.as_bytes()).expect("a reader");
    begun.recv().expect("a request");
    kill(Pid::from_raw(i32::try_from(child.id()).expect("a pid")), Signal::SIGINT).expect("a process");
    child.wait_with_output().expect("an end")
}

fn client(server: &Server, words: &[&str]) -> Child {
    let command = crate::server::command(&server.folder, &server.url());
    // Whoever runs the tests may ignore the signal, and children inherit that.
    Command::new("env")
        .arg("--default-signal=INT")
        .arg(command.get_program())
        .args(command.get_args())
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the client")
}

#[test]
fn an_action_ends_silently() {
    let output = interrupted(&["start", "slow"], "");
    assert_eq!(output.status.signal(), Some(Signal::SIGINT as i32));
    assert!(output.stdout.is_empty() && output.stderr.is_empty(), "{output:?}");
}

#[test]
fn an_action_that_may_ask_ends_as_silently() {
    let output = interrupted(&["-i", "start", "slow"], "");
    assert_eq!(output.status.code(), Some(130));
    assert!(output.stdout.is_empty() && output.stderr.is_empty(), "{output:?}");
}

#[test]
fn following_ends_well_with_an_empty_line() {
    let output = interrupted(&["tail", "-f", "cat"], "");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "==> Press Ctrl-C to exit <==\n\n");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn watching_events_ends_well_and_adds_nothing_to_what_programs_read() {
    let output = interrupted(&["events"], "");
    assert!(output.stdout.is_empty() && output.stderr.is_empty(), "{output:?}");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn the_shell_is_left_with_an_empty_line() {
    let output = interrupted(&[], "start slow\nversion\n");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "supervisor> \n");
    assert_eq!(output.status.code(), Some(0));
}
