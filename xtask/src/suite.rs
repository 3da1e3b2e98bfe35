//! The one test command: everything the tests need, every test, one closing line.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use crate::{axe, packages, reference, root, say, soak, target};

/// Scenarios mostly wait, so many more of them run at once than there are cores.
const TEST_THREADS: &str = "12";

/// Runs every test of the workspace, or those that `args` for `cargo test` choose.
///
/// # Errors
/// When something the tests need is missing, the build fails, or a test fails.
pub(crate) fn run(args: &[String]) -> Result<(), String> {
    packages::install(packages::FOR_TESTS)?;
    reference::install()?;
    axe::install()?;
    cargo_build()?;
    let skipped_list = target().join("compat-skipped.txt");
    let _ = fs::remove_file(&skipped_list);
    let programs = target().join("debug");
    let mut cargo = Command::new(cargo());
    cargo.current_dir(root()).args(["test", "--workspace", "--no-fail-fast"]).args(args);
    cargo.env("COMPAT_SKIPPED_LIST", &skipped_list).stdout(Stdio::piped());
    for (variable, value) in [
        ("RUST_TEST_THREADS", TEST_THREADS.into()),
        ("SUPERVISOR_REFERENCE", target().join("reference").join("bin").into_os_string()),
        ("SUPERVISOR_SUPERLANCE", target().join("superlance").join("bin").into_os_string()),
        ("AXE_CORE", axe::path().into_os_string()),
        ("SUPERVISORD_UNDER_TEST", programs.join("supervisord").into_os_string()),
        ("SUPERVISORCTL_UNDER_TEST", programs.join("supervisorctl").into_os_string()),
    ] {
        if env::var_os(variable).is_none() {
            cargo.env(variable, value);
        }
    }
    let mut tests = cargo.spawn().map_err(|error| format!("cargo could not be run: {error}"))?;
    let output = tests.stdout.take().ok_or("cargo has no output")?;
    let mut tally = Tally::default();
    for line in BufReader::new(output).lines().map_while(Result::ok) {
        tally.count(&line);
        say(&line);
    }
    let status = tests.wait().map_err(|error| format!("cargo was lost: {error}"))?;
    let skipped = fs::read_to_string(&skipped_list).unwrap_or_default();
    tally.set_skipped_apart(&skipped);
    for line in skipped.lines() {
        say(&format!("skipped: {line}"));
    }
    if !status.success() && tally.failed == 0 {
        say("a test program could not be built or did not come to its end: counted as one failure");
        tally.failed = 1;
    }
    // Alone and last: it needs the whole machine. Whoever chooses tests has not chosen this one.
    let soaked = if args.is_empty() { tally.count_soak(soak::run_in_suite()) } else { true };
    say(&tally.to_string());
    if status.success() && soaked { Ok(()) } else { Err("the tests failed".to_owned()) }
}

/// The two-sided suite runs the programs themselves, which `cargo test` alone need not build.
fn cargo_build() -> Result<(), String> {
    let build = Command::new(cargo()).current_dir(root()).args(["build", "--workspace", "--bins"]).status();
    match build {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err("the build failed".to_owned()),
        Err(error) => Err(format!("cargo could not be run: {error}")),
    }
}

fn cargo() -> std::ffi::OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Sums over all test programs.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    passed: usize,
    failed: usize,
    skipped: usize,
}

impl Tally {
    /// Adds a line such as `test result: ok. 7 passed; 0 failed; 1 ignored; …`; others count nothing.
    fn count(&mut self, line: &str) {
        let Some(result) = line.strip_prefix("test result: ") else { return };
        for part in result.split([';', '.']) {
            let Some((number, word)) = part.trim().split_once(' ') else { continue };
            let Ok(number) = number.parse::<usize>() else { continue };
            match word {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.skipped += number,
                _ => {}
            }
        }
    }

    /// The soak is one test, the last one. Whether it passed.
    fn count_soak(&mut self, outcome: Result<(), String>) -> bool {
        match outcome {
            Ok(()) => self.passed += 1,
            Err(reason) => {
                say(&reason);
                self.failed += 1;
                return false;
            }
        }
        true
    }

    /// A scenario that skipped itself ends as a passed test.
    fn set_skipped_apart(&mut self, list: &str) {
        let count = list.lines().count().min(self.passed);
        self.passed -= count;
        self.skipped += count;
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn results_of_several_programs_are_summed_and_skipped_ones_are_set_apart() {
        let mut tally = Tally::default();
        tally.count(
            "test result: ok. 7 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s",
        );
        tally.count(
            "test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 measured; 4 filtered out; finished in 1s",
        );
        tally.count("test a ... ok");
        tally.set_skipped_apart("ctl::tails: not there yet\n");
        assert_eq!(tally.to_string(), "8 passed, 3 failed, 2 skipped");
        assert!(tally.count_soak(Ok(())));
        assert!(!tally.count_soak(Err("a byte is missing".to_owned())));
        assert_eq!(tally.to_string(), "9 passed, 4 failed, 2 skipped");
    }
}
