//! `cargo xtask bench`: builds everything as it is shipped and has `benches` measure it.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::{packages, reference, root, target};

/// Static programs need no resolver and no loader; only a named target keeps the flag away from build scripts.
const STATIC: &str = "-C target-feature=+crt-static";

/// Builds, installs, measures. `args` go to the harness: names of metrics, `--write`, `--quick`.
///
/// # Errors
/// When the build fails, something cannot be installed, or a metric could not be measured.
pub(crate) fn run(args: &[String]) -> Result<(), String> {
    packages::install(packages::FOR_BENCHMARKS)?;
    let reference = match env::var_os("SUPERVISOR_REFERENCE") {
        Some(folder) => PathBuf::from(folder),
        None => reference::install().map(|()| target().join("reference").join("bin"))?,
    };
    let programs = build()?;
    // Whatever happens to this process, the warden ends what was started: its standard input ends with us.
    let mut warden = Command::new(programs.join("world-warden"));
    warden.arg(programs.join("bench")).args(args).stdin(Stdio::piped());
    warden.env("SUPERVISOR_REFERENCE", reference);
    warden.env("BENCH_CHILD_SOURCE", root().join("benches").join("child.c"));
    warden.env("BENCH_DOCUMENTATION", root().join("docs").join("benchmarks.md"));
    // Ctrl-C is for us alone: the warden stays to clean up.
    std::os::unix::process::CommandExt::process_group(&mut warden, 0);
    let mut measuring = warden.spawn().map_err(|error| format!("the warden could not be run: {error}"))?;
    let lifeline = measuring.stdin.take();
    let status = measuring.wait().map_err(|error| format!("the warden was lost: {error}"))?;
    drop(lifeline);
    if status.success() { Ok(()) } else { Err("not everything could be measured".to_owned()) }
}

/// Builds in a folder of its own and returns where the programs are.
fn build() -> Result<PathBuf, String> {
    let triple = format!("{}-unknown-linux-gnu", env::consts::ARCH);
    let folder = target().join("bench");
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root()).env("RUSTFLAGS", STATIC);
    cargo.args(["build", "--release", "--target", &triple, "--target-dir"]).arg(&folder);
    cargo.args([
        "-p",
        "supervisord",
        "-p",
        "supervisorctl",
        "-p",
        "supervisor-bench",
        "-p",
        "supervisor-worlds",
        "--bins",
    ]);
    match cargo.status() {
        Ok(status) if status.success() => Ok(folder.join(triple).join("release")),
        Ok(_) => Err("the build failed".to_owned()),
        Err(error) => Err(format!("cargo could not be run: {error}")),
    }
}
