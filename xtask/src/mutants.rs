//! Faults that are put into a copy of the core one by one: the simulation must find each of them.

use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::{root, say, target};

/// One fault: what is put in the place of what, in which file of the core.
struct Mutant {
    name: &'static str,
    file: &'static str,
    from: &'static str,
    to: &'static str,
}

const MUTANTS: &[Mutant] = &[
    Mutant {
        name: "SIGKILL is sent once and never again",
        file: "process/stop.rs",
        from: "*kill_at = turn.now.monotonic.after(seconds(self.spec.stopwaitsecs).max(KILL_INTERVAL_MIN));",
        to: "*kill_at = turn.now.monotonic.after(std::time::Duration::MAX);",
    },
    Mutant {
        name: "the wall clock decides when SIGKILL is due",
        file: "process/stop.rs",
        from: "                let kill_at = turn.now.monotonic.after(seconds(self.spec.stopwaitsecs));",
        to: "                let kill_at = turn.now.monotonic.after(seconds(self.spec.stopwaitsecs));
                let uptime = i64::try_from(kill_at.0 / 1_000_000_000).unwrap_or(0);
                let shift = turn.now.wall.0 + self.spec.stopwaitsecs.max(0) - 1_780_000_000 - uptime;
                let shifted = i64::try_from(kill_at.0).unwrap_or(0) + shift * 1_000_000_000;
                let kill_at = crate::time::Monotonic(u64::try_from(shifted).unwrap_or(0));",
    },
    Mutant {
        name: "a child that was just reaped is sent SIGKILL",
        file: "supervisor.rs",
        from: "self.with(id, turn, |process, _| process.spare());",
        to: "self.with(id, turn, |_, _| ());",
    },
    Mutant {
        name: "a failed start is tried again a second too soon",
        file: "process/life.rs",
        from: "Duration::from_secs(u64::from(self.failures))",
        to: "Duration::from_secs(u64::from(self.failures - 1))",
    },
    Mutant {
        name: "a process that ends by itself is EXITED without saying so",
        file: "process/life.rs",
        from: "self.enter(Phase::Exited { restart_at: None }, StateDetail::Exited(expected, pid), turn);",
        to: "self.phase = Phase::Exited { restart_at: None };",
    },
    Mutant {
        name: "a list of more than two outcomes is answered twice",
        file: "answer.rs",
        from: "            turn.push(Effect::Reply(request, finished.into_reply()));",
        to: "            let (often, reply) = (finished.done.len() > 2, finished.into_reply());
            if often {
                turn.push(Effect::Reply(request, reply.clone()));
            }
            turn.push(Effect::Reply(request, reply));",
    },
    Mutant {
        name: "whoever waits for a group that is removed is forgotten",
        file: "answer.rs",
        from: "        self.resolve_leaving(&members, turn);",
        to: "",
    },
    Mutant {
        name: "the event of a listener that dies is dropped",
        file: "listener.rs",
        from: "                self.deliveries.failed += 1;
                Some(queued)",
        to: "                self.deliveries.failed += 1;
                drop(queued);
                None",
    },
    Mutant {
        name: "an event that nobody reads is put back twice",
        file: "telling.rs",
        from: "        if let Some(pool) = pool {
            pool.take_back(queued, false, turn);",
        to: "        if let Some(pool) = pool {
            pool.take_back(queued.clone(), false, turn);
            pool.take_back(queued, false, turn);",
    },
    Mutant {
        name: "a shutdown forgets that a restart is planned",
        file: "process/stop.rs",
        from: "            Phase::Exited { restart_at } => *restart_at = None,",
        to: "            Phase::Exited { .. } => {}",
    },
    Mutant {
        name: "a snapshot forgets how many starts have failed",
        file: "process/mod.rs",
        from: "    failures: u32,",
        to: "    #[serde(skip)]
    failures: u32,",
    },
    Mutant {
        name: "what a descendant writes is said to be the new process's",
        file: "telling.rs",
        from: "            pid,
            channel,",
        to: "            pid: process.pid().unwrap_or(pid),
            channel,",
    },
    Mutant {
        name: "a shutdown waits for those that cannot be signalled",
        file: "shutdown.rs",
        from: "is_some_and(|process| !process.state().is_stopped())",
        to: "is_some_and(|process| process.pid().is_some())",
    },
];

/// Puts in each fault whose name contains one of the words, or every one, and lets the simulation look for it.
///
/// # Errors
/// When a fault is not found, or cannot be put in.
pub(crate) fn run(words: &[String]) -> Result<(), String> {
    let copy = target().join("mutants");
    let mut missed = Vec::new();
    for mutant in MUTANTS {
        if !words.is_empty() && !words.iter().any(|word| mutant.name.contains(word.as_str())) {
            continue;
        }
        prepare(&copy, mutant).map_err(|error| format!("{}: {error}", mutant.name))?;
        if !is_found(&copy, mutant)? {
            missed.push(mutant.name);
        }
    }
    if missed.is_empty() { Ok(()) } else { Err(format!("not found: {}", missed.join("; "))) }
}

/// Copies the core and the simulation, and puts the fault into the copy.
fn prepare(copy: &Path, mutant: &Mutant) -> io::Result<()> {
    for part in ["crates/core", "sim"] {
        copy_folder(&root().join(part), &copy.join(part))?;
    }
    let manifest = fs::read_to_string(root().join("Cargo.toml"))?;
    let members: String = manifest
        .lines()
        .filter(|line| !line.starts_with("default-members"))
        .map(|line| if line.starts_with("members") { "members = [\"crates/core\", \"sim\"]" } else { line })
        .flat_map(|line| [line, "\n"])
        .collect();
    write(&copy.join("Cargo.toml"), &members)?;
    write(&copy.join("Cargo.lock"), &fs::read_to_string(root().join("Cargo.lock"))?)?;
    let file = copy.join("crates/core/src").join(mutant.file);
    let text = fs::read_to_string(&file)?;
    if text.matches(mutant.from).count() != 1 {
        return Err(io::Error::other(format!("{} does not say once: {}", mutant.file, mutant.from)));
    }
    fs::write(&file, text.replace(mutant.from, mutant.to))
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let place = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &place)?;
        } else if let Ok(text) = fs::read_to_string(entry.path()) {
            write(&place, &text)?;
        }
    }
    Ok(())
}

/// Writes a file unless that is what it says: what has not changed is not built again.
fn write(path: &Path, text: &str) -> io::Result<()> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) { Ok(()) } else { fs::write(path, text) }
}

/// Runs the simulation over the copy and tells what it says.
fn is_found(copy: &Path, mutant: &Mutant) -> Result<bool, String> {
    let cargo = |task: &str| {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.current_dir(copy).env("CARGO_TARGET_DIR", copy.join("target"));
        cargo.args([task, "--quiet", "-p", "supervisor-sim"]).stderr(Stdio::inherit());
        cargo
    };
    let lost = |error: io::Error| format!("cargo could not be run: {error}");
    say(&format!("\n=== {}", mutant.name));
    if !cargo("build").status().map_err(lost)?.success() {
        return Err(format!("{}: the copy could not be built", mutant.name));
    }
    let begun = Instant::now();
    let output = cargo("run").args(["--", "--seeds", "500"]).output().map_err(lost)?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().for_each(say);
    let lines = text.lines().take_while(|line| !line.starts_with("FAILURE")).count();
    let found = text.lines().any(|line| line.starts_with("FAILURE"));
    let seconds = begun.elapsed().as_secs_f64();
    let verdict = if found { "found and made small" } else { "NOT FOUND" };
    say(&format!("=== {verdict} in {seconds:.1} s; {lines} lines of history"));
    Ok(found)
}
