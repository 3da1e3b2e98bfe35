//! Runs a program for the suite and leaves nothing behind.
//!
//! `compat-guard ADDRESS PROGRAM [ARG...]` connects to the suite at the abstract socket ADDRESS and reports
//! `pid N`, later `exit STATUS` or `signal NUMBER`. As a child subreaper it stays the ancestor of whatever
//! the program starts, even of daemons; when the suite closes the connection, or dies, all of them are
//! killed.

use std::env;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixStream};
use std::os::unix::process::CommandExt;
use std::process::{self, Command, ExitCode};
use std::thread;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::prctl;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitStatus, wait};
use nix::unistd::{Pid, dup2_stderr, dup2_stdin, dup2_stdout};

const SWEEP_PAUSE: Duration = Duration::from_millis(5);

fn main() -> ExitCode {
    match guard() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "compat-guard: {error}");
            ExitCode::FAILURE
        }
    }
}

fn guard() -> io::Result<()> {
    let mut args = env::args_os().skip(1);
    let (Some(name), Some(program)) = (args.next(), args.next()) else {
        return Err(io::Error::other("usage: compat-guard ADDRESS PROGRAM [ARG...]"));
    };
    let address = SocketAddr::from_abstract_name(name.as_encoded_bytes())?;
    let mut suite = UnixStream::connect_addr(&address)?;
    prctl::set_child_subreaper(true)?;
    let subject = Command::new(&program).args(args).process_group(0).spawn()?;
    writeln!(suite, "pid {}", subject.id())?;
    leave_its_streams_alone()?;
    let lifeline = suite.try_clone()?;
    thread::spawn(move || sweep_when_closed(lifeline));
    reap_until_alone(subject.id(), &mut suite);
    Ok(())
}

/// The guard must not keep the subject's pipes open.
fn leave_its_streams_alone() -> io::Result<()> {
    let null: File = OpenOptions::new().read(true).write(true).open("/dev/null")?;
    dup2_stdin(&null)?;
    dup2_stdout(&null)?;
    dup2_stderr(&null)?;
    Ok(())
}

fn reap_until_alone(subject: u32, suite: &mut UnixStream) {
    let is_subject = |pid: Pid| pid.as_raw().unsigned_abs() == subject;
    loop {
        let report = match wait() {
            Ok(WaitStatus::Exited(pid, status)) if is_subject(pid) => format!("exit {status}"),
            Ok(WaitStatus::Signaled(pid, signal, _)) if is_subject(pid) => {
                format!("signal {}", signal as i32)
            }
            Ok(_) | Err(Errno::EINTR) => continue,
            Err(_) => return,
        };
        let _ = writeln!(suite, "{report}");
    }
}

fn sweep_when_closed(mut lifeline: UnixStream) {
    let mut byte = [0];
    while matches!(lifeline.read(&mut byte), Ok(1..)) {}
    loop {
        for pid in descendants(process::id()) {
            let _ = kill(Pid::from_raw(pid.cast_signed()), Signal::SIGKILL);
        }
        thread::sleep(SWEEP_PAUSE);
    }
}

/// Every process below `ancestor`, children before grandchildren.
fn descendants(ancestor: u32) -> Vec<u32> {
    let parents = parents();
    let mut found = vec![ancestor];
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        found.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(pid, _)| *pid));
        next += 1;
    }
    found.remove(0);
    found
}

/// Process and parent of everything that runs.
fn parents() -> Vec<(u32, u32)> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
            let parent = stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()?;
            Some((pid, parent))
        })
        .collect()
}
