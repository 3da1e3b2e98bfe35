//! The programs under test.

use std::env;
use std::path::PathBuf;

/// The daemon to judge.
pub fn supervisord() -> PathBuf {
    chosen_or_built("SUPERVISORD_UNDER_TEST", "supervisord")
}

/// The client to judge.
pub fn supervisorctl() -> PathBuf {
    chosen_or_built("SUPERVISORCTL_UNDER_TEST", "supervisorctl")
}

/// The `pidproxy` that comes with the daemon to judge.
pub fn pidproxy() -> PathBuf {
    supervisord().with_file_name("pidproxy")
}

/// The event listener of the examples that is written in Rust.
pub fn event_listener() -> PathBuf {
    built("event-listener")
}

/// The folder with the programs of superlance, which `cargo xtask test` installs.
pub fn superlance() -> PathBuf {
    let folder =
        env::var_os("SUPERVISOR_SUPERLANCE").map_or_else(|| built("../superlance/bin"), PathBuf::from);
    assert!(folder.join("memmon").is_file(), "superlance is missing: run the tests as `cargo xtask test`");
    folder
}

/// The warden, which Cargo builds together with the tests.
pub fn warden() -> PathBuf {
    built("world-warden")
}

fn chosen_or_built(variable: &str, name: &str) -> PathBuf {
    let program = env::var_os(variable).map_or_else(|| built(name), PathBuf::from);
    assert!(
        program.is_file(),
        "{} does not exist: run `cargo build` first, or name another program with {variable}",
        program.display()
    );
    program
}

/// A program of this workspace: other programs lie beside it, tests in `deps/`, one step below.
fn built(name: &str) -> PathBuf {
    let own = env::current_exe().expect("a running program has a path");
    let folder = own.parent().expect("a program lies in a folder");
    let programs = if folder.ends_with("deps") { folder.parent().unwrap_or(folder) } else { folder };
    programs.join(name)
}
