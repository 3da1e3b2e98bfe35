//! What is done with the page at length: `cargo xtask screenshots` and `cargo xtask page-figures`.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use crate::{packages, root, target};

/// Runs a program of the browser's tests against an optimized daemon.
///
/// # Errors
/// When something is missing, the build fails, or the program does.
pub(crate) fn run(program: &str, args: &[PathBuf]) -> Result<(), String> {
    packages::install(packages::FOR_TESTS)?;
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let packages = ["supervisord", "supervisorctl", "supervisor-worlds", "supervisor-browser"];
    let mut build = Command::new(cargo);
    build.current_dir(root()).args(["build", "--release", "--bins"]);
    for package in packages {
        build.args(["--package", package]);
    }
    succeed(&mut build)?;
    let programs = target().join("release");
    let mut command = Command::new(programs.join(program));
    for (variable, name) in
        [("SUPERVISORD_UNDER_TEST", "supervisord"), ("SUPERVISORCTL_UNDER_TEST", "supervisorctl")]
    {
        if env::var_os(variable).is_none() {
            command.env(variable, programs.join(name));
        }
    }
    succeed(command.args(args))
}

fn succeed(command: &mut Command) -> Result<(), String> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(format!("{command:?} failed")),
        Err(error) => Err(format!("{command:?}: {error}")),
    }
}
