//! Hundreds of restless programs under a daemon that is disturbed all the time: `cargo xtask soak`.

use std::env;
use std::path::Path;
use std::process::Command;

use crate::target;

/// What one run of the tests has time for, and the seed that it takes.
const IN_SUITE: &[&str] = &["--minutes", "2", "--seed", "8"];

/// Builds everything as it is shipped, and soaks it. `args` are `--minutes N`, `--seed S`, `--programs N`.
///
/// # Errors
/// When the build fails, or the soak finds something.
pub(crate) fn run(args: &[String]) -> Result<(), String> {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--release", "--bins"]);
    cargo.args([
        "-p",
        "supervisord",
        "-p",
        "supervisorctl",
        "-p",
        "supervisor-worlds",
        "-p",
        "supervisor-soak",
    ]);
    match cargo.status() {
        Ok(status) if status.success() => {}
        Ok(_) => return Err("the build failed".to_owned()),
        Err(error) => return Err(format!("cargo could not be run: {error}")),
    }
    soak(&target().join("release"), args)
}

/// The short soak of the test command, with the programs that the other tests have used.
///
/// # Errors
/// When the soak finds something.
pub(crate) fn run_in_suite() -> Result<(), String> {
    soak(&target().join("debug"), IN_SUITE)
}

fn soak<A: AsRef<std::ffi::OsStr>>(programs: &Path, args: &[A]) -> Result<(), String> {
    let mut soak = Command::new(programs.join("soak"));
    match soak.arg("run").args(args).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err("the soak has found something".to_owned()),
        Err(error) => Err(format!("the soak could not be run: {error}")),
    }
}
