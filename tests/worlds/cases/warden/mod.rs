//! The warden itself: without it, "nothing is left running" would be an empty promise.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use supervisor_worlds::patience::{wait_for, wait_until};
use supervisor_worlds::processes::{command_line, descendants};
use supervisor_worlds::subject;

/// Runs a shell script under a warden; returns it with the first line that the script prints.
fn guard(script: &str) -> (Child, String) {
    let mut command = Command::new(subject::warden());
    command.args(["/bin/sh", "-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut warden = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(warden.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (warden, line.trim().to_owned())
}

fn pid(process: &Child) -> i32 {
    i32::try_from(process.id()).unwrap()
}

#[test]
fn a_program_that_leaves_nothing_gives_the_warden_its_exit_status() {
    let (mut warden, _) = guard("echo done; exit 3");
    // `wait` would close standard input, which is the order to kill.
    let status = wait_for("the warden's end", || warden.try_wait().unwrap());
    assert_eq!(status.code(), Some(3));
}

#[test]
fn an_orphan_in_a_session_of_its_own_is_seen_and_does_not_outlive_the_test() {
    let (mut warden, orphan) = guard("setsid sh -c 'echo $$; exec sleep 1000' & exit 0");
    let orphan: i32 = orphan.parse().unwrap();
    wait_until("the orphan to be the warden's only descendant", || {
        let pids: Vec<i32> = descendants(pid(&warden)).iter().map(|process| process.pid).collect();
        pids == [orphan]
    });
    assert_eq!(warden.try_wait().unwrap(), None, "the warden stays as long as anybody lives");
    drop(warden.stdin.take());
    warden.wait().unwrap();
    assert_eq!(command_line(orphan), "");
}
