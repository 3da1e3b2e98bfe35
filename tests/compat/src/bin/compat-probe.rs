//! A child that tells in what surroundings it was started.
//!
//! `compat-probe FILE [ARG...]` writes one `name: value` line per fact to FILE (by renaming, so that a reader
//! never sees half of it), then waits until its standard input ends or it is killed.

use std::env;
use std::fs;
use std::io::{self, Read};
use std::process;

use nix::sys::resource::{Resource, getrlimit};
use nix::sys::stat::{Mode, umask};
use nix::unistd::{getgroups, getpgrp, getresgid, getresuid, getsid};

fn main() -> io::Result<()> {
    let path = env::args().nth(1).ok_or_else(|| io::Error::other("usage: compat-probe FILE"))?;
    let mut facts = vec![format!("argv: {:?}", env::args().collect::<Vec<_>>())];
    facts.extend(descriptors()?);
    facts.extend(identity()?);
    facts.extend(signals()?);
    facts.push(format!("cwd: {}", env::current_dir()?.display()));
    facts.push(format!("umask: {:03o}", umask(Mode::empty()).bits()));
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    facts.push(format!("nofile: {soft} {hard}"));
    let mut environment: Vec<_> = env::vars().map(|(name, value)| format!("env: {name}={value}")).collect();
    environment.sort();
    facts.extend(environment);
    let unfinished = format!("{path}.unfinished");
    fs::write(&unfinished, facts.join("\n") + "\n")?;
    fs::rename(&unfinished, &path)?;
    io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

/// Which descriptors are open, and what they are.
fn descriptors() -> io::Result<Vec<String>> {
    let mut facts = Vec::new();
    for number in 0..1024 {
        let Ok(target) = fs::read_link(format!("/proc/self/fd/{number}")) else { continue };
        let target = target.display().to_string();
        let kind = target.split_once(":[").map_or(target.as_str(), |(kind, _)| kind);
        facts.push(format!("fd {number}: {kind}"));
    }
    let same = fs::read_link("/proc/self/fd/1")? == fs::read_link("/proc/self/fd/2")?;
    facts.push(format!("stderr is stdout: {same}"));
    Ok(facts)
}

fn identity() -> io::Result<Vec<String>> {
    let users = getresuid()?;
    let groups = getresgid()?;
    let mut supplementary: Vec<_> = getgroups()?.into_iter().map(nix::unistd::Gid::as_raw).collect();
    supplementary.sort_unstable();
    Ok(vec![
        format!("uids: {} {} {}", users.real, users.effective, users.saved),
        format!("gids: {} {} {}", groups.real, groups.effective, groups.saved),
        format!("groups: {supplementary:?}"),
        format!("group leader: {}", getpgrp().as_raw().unsigned_abs() == process::id()),
        format!("session leader: {}", getsid(None)?.as_raw().unsigned_abs() == process::id()),
    ])
}

/// Blocked and ignored signals as the kernel shows them, but for SIGPIPE, which Rust's own start ignores
/// before anybody can look, and but for what libc keeps for itself and real-time signals.
fn signals() -> io::Result<Vec<String>> {
    const SIGPIPE_BIT: u64 = 1 << 12;
    const STANDARD_SIGNALS: u64 = (1 << 31) - 1;
    let status = fs::read_to_string("/proc/self/status")?;
    let mask = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
    };
    Ok(vec![
        format!("blocked: {:016x}", mask("SigBlk:")),
        format!("ignored but for PIPE: {:016x}", mask("SigIgn:") & STANDARD_SIGNALS & !SIGPIPE_BIT),
    ])
}
