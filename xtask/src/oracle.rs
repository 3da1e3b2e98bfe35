//! What the oracle of configurations does at length: `cargo xtask compat-config` and its like.

use std::env;
use std::process::Command;

use crate::{reference, target};

/// The tasks, which the oracle's program knows by the same names, with the profile that each is built in.
const TASKS: &[(&str, &str)] = &[
    ("compat-config", "dev"),
    ("fuzz-config", "dev"),
    // Optimized, but with every check of the language.
    ("fuzz-parser", "fuzzing"),
    ("fuzz-rpc", "fuzzing"),
    ("fuzz-listener", "fuzzing"),
    ("fuzz-capture", "fuzzing"),
    ("fuzz-login", "fuzzing"),
    ("bench-config", "release"),
    ("bench-control", "release"),
];

/// Whether a task is one of the oracle's.
pub(crate) fn knows(task: &str) -> bool {
    TASKS.iter().any(|(known, _)| *known == task)
}

/// Runs a task. Paths in `args` are relative to the working directory.
///
/// # Errors
/// When the reference cannot be installed, the build fails, or the task finds something.
pub(crate) fn run(task: &str, args: &[String]) -> Result<(), String> {
    let profile = TASKS.iter().find(|(known, _)| *known == task).map_or("dev", |(_, profile)| *profile);
    if task == "bench-control" || args.iter().any(|arg| arg == "--live") {
        build_programs(profile)?;
    }
    let mut cargo = cargo();
    cargo.args(["run", "--quiet", "--package", "supervisor-oracle", "--bin", "oracle", "--profile", profile]);
    cargo.args(["--", task]).args(args);
    if env::var_os("SUPERVISOR_REFERENCE").is_none() && profile != "fuzzing" {
        reference::install()?;
        cargo.env("SUPERVISOR_REFERENCE", target().join("reference").join("bin"));
    }
    match cargo.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(format!("{task} failed")),
        Err(error) => Err(format!("cargo could not be run: {error}")),
    }
}

/// Builds the daemon and the client beside the oracle.
fn build_programs(profile: &str) -> Result<(), String> {
    let built = cargo()
        .args(["build", "--quiet", "--package", "supervisord", "--package", "supervisorctl", "--bins"])
        .args(["--profile", profile])
        .status();
    match built {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err("the build failed".to_owned()),
        Err(error) => Err(format!("cargo could not be run: {error}")),
    }
}

fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    #[test]
    fn the_oracle_s_program_knows_every_task() {
        let path = crate::root().join("tests").join("oracle").join("src").join("main.rs");
        let program = fs::read_to_string(path).expect("the oracle is part of the workspace");
        for (task, _) in super::TASKS {
            assert!(program.contains(&format!("\"{task}\" =>")), "{task}");
        }
    }
}
