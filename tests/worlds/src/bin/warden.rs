//! `world-warden PROGRAM [ARGUMENT...]`: runs a program so that nothing of it can be left behind.
//!
//! The warden adopts every orphan below it. It ends, with the program's exit status, when no process is left;
//! as long as one lives, so does the warden. When its standard input ends (the test is over, or was killed), it
//! kills whatever is still there.

use std::env;
use std::io::{self, Read};
use std::process::{self, Command, Stdio};
use std::thread;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::prctl;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::Pid;
use supervisor_worlds::processes::descendants;

const PAUSE_BETWEEN_KILLS: Duration = Duration::from_millis(5);

fn main() {
    let mut words = env::args_os().skip(1);
    let program = words.next().expect("usage: world-warden PROGRAM [ARGUMENT...]");
    prctl::set_child_subreaper(true).expect("Linux lets a process adopt orphans");
    let child = Command::new(&program)
        .args(words)
        .stdin(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("cannot run {}: {error}", program.display()));
    let child = Pid::from_raw(child.id().try_into().expect("a pid fits"));
    thread::spawn(kill_everything_when_the_test_is_over);
    process::exit(reap_until_nobody_is_left(child));
}

fn reap_until_nobody_is_left(child: Pid) -> i32 {
    let mut code = 0;
    loop {
        match waitpid(None, None) {
            Ok(WaitStatus::Exited(pid, status)) if pid == child => code = status,
            Ok(WaitStatus::Signaled(pid, signal, _)) if pid == child => code = 128 + signal as i32,
            Ok(_) | Err(Errno::EINTR) => {}
            Err(_) => return code,
        }
    }
}

fn kill_everything_when_the_test_is_over() {
    // An error ends the world as an end of file does.
    let _ = io::stdin().read_to_end(&mut Vec::new());
    let me = process::id().try_into().expect("a pid fits");
    loop {
        for process in descendants(me) {
            // It may have ended since it was listed.
            let _ = kill(Pid::from_raw(process.pid), Signal::SIGKILL);
        }
        thread::sleep(PAUSE_BETWEEN_KILLS);
    }
}
