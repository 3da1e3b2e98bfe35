//! Becoming a daemon. Without the test harness, because forking needs a process with one thread.

use std::fs;
use std::io::Write;
use std::os::fd::AsFd;
use std::process::exit;

use supervisor_sys::daemonize::{
    Readiness, Side, fork_daemon, new_session, set_umask, silence_standard_streams,
};
use supervisor_sys::poll::{Interest, Poller};
use supervisor_sys::signals::{block_for_signalfd, kill};
use supervisor_sys::{Errno, host};

const SIGUSR2: i32 = 12;
const SIGTERM: i32 = 15;

/// What the parent is told when the daemon does `life`.
fn status_of(life: impl FnOnce(Readiness)) -> u8 {
    match fork_daemon().expect("fork") {
        Side::Parent(child) => child.wait_until_ready(None),
        Side::Daemon(readiness) => {
            life(readiness);
            exit(0)
        }
    }
}

fn main() {
    assert_eq!(status_of(Readiness::ready), 0);
    assert_eq!(status_of(|readiness| readiness.failed(2)), 2);
    assert_eq!(status_of(|_readiness| exit(3)), 3, "a daemon that ends before it is ready");
    assert_eq!(status_of(|_readiness| std::process::abort()), 128 + 6);
    the_daemon_has_left_the_terminal();
    signals_for_the_parent_reach_the_daemon();
    a_process_with_threads_is_refused();
    writeln!(std::io::stdout(), "all daemon tests passed").expect("stdout");
}

fn the_daemon_has_left_the_terminal() {
    let directory = tempfile::tempdir().expect("tempdir");
    let report = directory.path().join("report");
    let status = status_of(|readiness| {
        silence_standard_streams().expect("silence");
        new_session().expect("session");
        set_umask(0o027);
        let null = supervisor_sys::files::look_up("/dev/null".as_ref()).expect("null").1;
        let silent = [
            supervisor_sys::files::identity(std::io::stdin().as_fd()),
            supervisor_sys::files::identity(std::io::stdout().as_fd()),
            supervisor_sys::files::identity(std::io::stderr().as_fd()),
        ]
        .iter()
        .all(|found| *found == Ok(null));
        let stat = fs::read_to_string("/proc/self/stat").expect("stat");
        let session = stat.rsplit(')').next().and_then(|rest| rest.split(' ').nth(4)).map(str::to_owned);
        let leads = session == Some(host::own_pid().to_string());
        fs::write(&report, format!("silent={silent} leads={leads}")).expect("report");
        readiness.ready();
    });
    assert_eq!(status, 0);
    assert_eq!(fs::read_to_string(&report).expect("report"), "silent=true leads=true");
    let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&report).expect("report").permissions());
    assert_eq!(mode & 0o777, 0o640);
}

fn signals_for_the_parent_reach_the_daemon() {
    let (signals, before) = block_for_signalfd(&[SIGTERM, SIGUSR2]).expect("signals");
    let parent = host::own_pid();
    // One is there before there is a daemon, the other comes while the parent waits.
    kill(parent, SIGTERM).expect("SIGTERM");
    let status = match fork_daemon().expect("fork") {
        Side::Parent(child) => child.wait_until_ready(Some(&signals)),
        Side::Daemon(readiness) => {
            let poller = Poller::new().expect("poller");
            poller.add(&signals, Interest::READ, 0).expect("add");
            let mut events = Vec::new();
            let mut await_signal = || loop {
                poller.wait(&mut events, None).expect("wait");
                if let Some(signal) = signals.read() {
                    break signal;
                }
            };
            let first = await_signal();
            kill(parent, SIGUSR2).expect("SIGUSR2");
            let both = (first, await_signal()) == (SIGTERM, SIGUSR2);
            readiness.failed(if both { 7 } else { 1 });
            exit(0)
        }
    };
    assert_eq!(status, 7);
    before.install().expect("mask");
}

fn a_process_with_threads_is_refused() {
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let thread = std::thread::spawn(move || stopped.recv());
    assert_eq!(fork_daemon().err(), Some(Errno::EBUSY));
    drop(stop);
    assert!(thread.join().expect("join").is_err());
}
