//! Tasks of the repository: `cargo xtask test`, `tidy`, `bench`, `reference` and the like.

mod axe;
mod bench;
mod events;
mod manual;
mod mutants;
mod oracle;
mod packages;
mod page;
mod reference;
mod soak;
mod suite;
mod tidy;

use std::env;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask TASK

  test [ARGS]   install what the tests need, build, run every test; ARGS go to `cargo test`
  soak [--minutes N] [--seed S] [--programs N]   hundreds of restless programs, everybody who disturbs their
                supervisor, and an audit of every byte afterwards; the tests have one of two minutes
  tidy          read the source for what the house rules forbid
  bench [NAME...] [--write]   measure ours, the reference, runit, s6 and the floor side by side; the whole table, or with
                --write a part of it, goes into docs/benchmarks.md
  mutants [WORD...]   put faults into a copy of the core, one by one: the simulation must find each
  manual        write the manual and the completions of shells into docs/ and share/
  reference     install the reference into the target folder
  axe           fetch axe-core, which checks pages, into the target folder
  screenshots   take pictures of the page for docs/images/
  page-figures  measure the page: with 1,000 processes, with clients who mean harm

  compat-config DIR   compare what the reference and ours understand of every configuration in a folder
  fuzz-config [--files N] [--seed N]      the same with random configurations
  fuzz-parser [--minutes N] [--seed N]    look for bytes that the parser of configurations does not survive
  fuzz-listener, fuzz-capture, fuzz-login [--minutes N] [--seed N]   the same for what event listeners say, for
                                        captured output, and for logins
  fuzz-rpc [--live] [--minutes N] [--seed N]   the same for calls: at the decoder, or at the socket of a daemon
  bench-events [--events N] [--programs N] time both on events from one program to one listener
  bench-config [--programs N] [--includes N] [--rounds N]   time both on a large configuration
  bench-control [--programs N] [--rounds N]   time the answers of both about many programs
";

fn main() -> ExitCode {
    let mut args = env::args().skip(1);
    let task = args.next().unwrap_or_default();
    let outcome = match task.as_str() {
        "test" => suite::run(&args.collect::<Vec<_>>()),
        "tidy" => tidy::run(),
        "soak" => soak::run(&args.collect::<Vec<_>>()),
        "bench" => bench::run(&args.collect::<Vec<_>>()),
        "manual" => manual::run(),
        "mutants" => mutants::run(&args.collect::<Vec<_>>()),
        "axe" => axe::install(),
        "screenshots" => page::run("screenshots", &[root().join("docs").join("images")]),
        "page-figures" => page::run("figures", &[]),
        "reference" => packages::install(packages::FOR_TESTS).and_then(|()| reference::install()),
        "bench-events" => events::race(&args.collect::<Vec<_>>()),
        task if oracle::knows(task) => oracle::run(task, &args.collect::<Vec<_>>()),
        _ => Err(USAGE.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            let _ = writeln!(io::stderr(), "{}", reason.trim_end());
            ExitCode::FAILURE
        }
    }
}

/// Tells the reader what is going on. A closed output is no reason to stop.
fn say(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}

/// The folder of the workspace.
fn root() -> PathBuf {
    let manifest = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&manifest).parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// The target folder, found from where this very program lies: `target/PROFILE/xtask`.
fn target() -> PathBuf {
    let exe = env::current_exe().unwrap_or_default();
    exe.ancestors().nth(2).map_or_else(|| root().join("target"), Path::to_path_buf)
}
