//! How many events a second both daemons bring from one program to one listener: `cargo xtask bench-events`.

use std::env;
use std::process::Command;

use crate::{reference, target};

/// How many events are sent if nothing else is said.
const EVENTS: &str = "100000";
/// So many further programs rest beside the one that sends, in one race after the other. What the reference takes for
/// an event grows with them.
const PROGRAMS: [&str; 2] = ["0", "10"];

/// Builds ours as it is released, and races it against the reference. `--events N` sends so many,
/// `--programs N` has one race with so many further programs.
///
/// # Errors
/// When the reference cannot be installed, the build fails, or events are lost.
pub(crate) fn race(args: &[String]) -> Result<(), String> {
    let (mut count, mut programs) = (EVENTS, PROGRAMS.to_vec());
    for pair in args.chunks(2) {
        match pair {
            [option, number] if option == "--events" => count = number,
            [option, number] if option == "--programs" => programs = vec![number],
            _ => return Err("usage: cargo xtask bench-events [--events N] [--programs N]".to_owned()),
        }
    }
    let bin = match env::var_os("SUPERVISOR_REFERENCE") {
        Some(bin) => bin.into(),
        None => {
            reference::install()?;
            target().join("reference").join("bin")
        }
    };
    let packages = ["--package", "supervisord", "--package", "supervisor-compat", "--bins"];
    run(cargo().args(["build", "--quiet", "--release"]).args(packages))?;
    let released = target().join("release");
    for resting in programs {
        let mut racer = Command::new(released.join("compat-events"));
        racer.args(["race", count, resting]);
        run(racer.arg(bin.join("supervisord")).arg(released.join("supervisord")))?;
    }
    Ok(())
}

fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

fn run(command: &mut Command) -> Result<(), String> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err("bench-events failed".to_owned()),
        Err(error) => Err(format!("{} could not be run: {error}", command.get_program().display())),
    }
}
