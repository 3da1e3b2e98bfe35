//! Debian packages that the tests and the benchmarks drive, installed where they are missing.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::say;

/// The interpreter of the reference, a browser, tracing and terminal tools, and the daemons that people supervise.
pub(crate) const FOR_TESTS: &[&str] = &[
    "bsdutils",
    "chromium",
    "chromium-driver",
    "cron",
    "curl",
    "libfaketime",
    "nginx",
    "npm",
    "php-cgi",
    "php-fpm",
    "pngquant",
    "postgresql",
    "procps",
    "python3",
    "python3-venv",
    "redis-server",
    "strace",
    "systemd",
    "tmux",
    "util-linux",
];

/// The interpreter of the reference, its peers, and the compiler of the program that they supervise.
pub(crate) const FOR_BENCHMARKS: &[&str] = &["gcc", "libc6-dev", "python3", "python3-venv", "runit", "s6"];

const POLICY: &str = "/usr/sbin/policy-rc.d";

/// Installs what is missing.
///
/// # Errors
/// When something is missing and cannot be installed, with what the reader can do.
pub(crate) fn install(packages: &'static [&'static str]) -> Result<(), String> {
    let Some(missing) = missing(packages) else {
        say("no dpkg on this machine: it is assumed that these are there: ");
        say(&packages.join(" "));
        return Ok(());
    };
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(" ");
    if !is_root() {
        return Err(format!(
            "Debian packages are needed that are not installed. As root:\n  apt-get install {names}"
        ));
    }
    say(&format!("installing {names}"));
    let _policy = Policy::forbid_starting_services()?;
    apt_get(&["update", "-qq"])?;
    apt_get(&[&["install", "-y", "-qq", "--no-install-recommends"], missing.as_slice()].concat())
}

/// The packages that are not installed; nothing where there is no dpkg.
fn missing(packages: &'static [&'static str]) -> Option<Vec<&'static str>> {
    let mut missing = Vec::new();
    // Others than Debian's bring npm, too.
    let has_npm = Command::new("npm").arg("--version").output().is_ok_and(|answer| answer.status.success());
    for package in packages.iter().filter(|package| **package != "npm" || !has_npm) {
        let query = Command::new("dpkg-query").args(["-W", "-f=${Status}", package]).output();
        match query {
            Ok(answer) if answer.stdout == b"install ok installed" => {}
            Ok(_) => missing.push(*package),
            Err(_) => return None,
        }
    }
    Some(missing)
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout.trim_ascii() == b"0")
}

fn apt_get(args: &[&str]) -> Result<(), String> {
    let status = Command::new("apt-get")
        .args(args)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null())
        .status()
        .map_err(|error| format!("apt-get could not be run: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("apt-get {} failed", args.join(" "))) }
}

/// Debian starts a service when its package is installed, unless this program says no.
struct Policy {
    is_ours: bool,
}

impl Policy {
    fn forbid_starting_services() -> Result<Self, String> {
        let file = OpenOptions::new().write(true).create_new(true).mode(0o755).open(POLICY);
        match file.and_then(|mut file| file.write_all(b"#!/bin/sh\nexit 101\n")) {
            Ok(()) => Ok(Self { is_ours: true }),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(Self { is_ours: false }),
            Err(error) => Err(format!("{POLICY}: {error}")),
        }
    }
}

impl Drop for Policy {
    fn drop(&mut self) {
        if self.is_ours {
            let _ = fs::remove_file(Path::new(POLICY));
        }
    }
}
