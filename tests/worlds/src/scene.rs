//! A private copy of a configuration with everything that it needs, ready to be run.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use nix::unistd::geteuid;
use tempfile::TempDir;

use crate::command::run;
use crate::world::World;

/// The folder in which an example or a case keeps what it writes.
const RUN: &str = "run";

/// A copy of a folder with a `supervisord.conf`, in a directory of its own that is removed in the end.
///
/// The configuration is not changed: what differs between two runs comes from the directory (`%(here)s`) and
/// from the environment (`%(ENV_X)s`). The one exception: only root may switch users, so for anybody else the
/// copy's `user=` lines are left out, and a note on standard error says so.
#[derive(Debug)]
pub struct Scene {
    directory: TempDir,
    environment: BTreeMap<String, OsString>,
}

impl Scene {
    /// Copies one of the repository's examples.
    pub fn of_example(name: &str) -> Self {
        Self::of_folder(&repository().join("examples").join(name))
    }

    /// Copies one of the cases of this suite.
    pub fn of_case(name: &str) -> Self {
        Self::of_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("cases").join(name))
    }

    /// Copies a folder.
    pub fn of_folder(folder: &Path) -> Self {
        Self::filled(|directory| copy(folder, directory))
    }

    /// Makes a scene of nothing but this configuration.
    pub fn of_configuration(text: &str) -> Self {
        Self::filled(|directory| {
            fs::write(directory.join("supervisord.conf"), text).expect("a file in a new directory");
        })
    }

    fn filled(fill: impl FnOnce(&Path)) -> Self {
        let directory = tempfile::Builder::new().prefix("world-").tempdir().expect("a temporary directory");
        fill(directory.path());
        fs::create_dir_all(directory.path().join(RUN)).expect("a run directory");
        // The programs' own users must be able to reach their directories.
        fs::set_permissions(directory.path(), Permissions::from_mode(0o755)).expect("an open directory");
        let scene = Self { directory, environment: BTreeMap::new() };
        if !is_root() {
            scene.leave_users_out();
        }
        scene
    }

    /// Sets a variable of the daemon's environment.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.environment.insert(name.to_owned(), value.into());
        self
    }

    /// Runs the scene's `prepare.sh`, as whoever uses the example does once.
    ///
    /// # Panics
    /// When the script fails.
    #[must_use]
    pub fn prepared(self) -> Self {
        let script = self.path("prepare.sh");
        let answer = run(Command::new("/bin/sh").arg(script).envs(&self.environment));
        assert_eq!(answer.code, Some(0), "prepare.sh failed: {answer:?}");
        self
    }

    /// Starts the daemon and waits until it answers.
    pub fn open(self) -> World {
        World::open(Arc::new(self), &[])
    }

    /// Like [`Self::open`], but another program (a tracer) runs the daemon.
    pub fn open_under(self, tracer: &[&str]) -> World {
        World::open(Arc::new(self), tracer)
    }

    /// A file of the scene.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.directory.path().join(relative)
    }

    /// The daemon's additional environment.
    pub fn environment(&self) -> &BTreeMap<String, OsString> {
        &self.environment
    }

    #[expect(clippy::print_stderr, reason = "the test runner collects what a test prints")]
    fn leave_users_out(&self) {
        let path = self.path("supervisord.conf");
        let text = fs::read_to_string(&path).expect("a scene has a supervisord.conf");
        let kept = without_users(&text);
        if kept != text {
            eprintln!("note: only root can switch users; the user= lines of {} are left out", path.display());
            fs::write(&path, kept).expect("the copy can be written");
        }
    }
}

/// Whether the tests run as root, so that `user=` works.
pub fn is_root() -> bool {
    geteuid().is_root()
}

/// The top of the repository.
pub fn repository() -> PathBuf {
    let this_crate = Path::new(env!("CARGO_MANIFEST_DIR"));
    this_crate.ancestors().nth(2).expect("the crate lies in tests/worlds").to_owned()
}

fn without_users(configuration: &str) -> String {
    let kept = configuration.lines().filter(|line| !line.starts_with("user="));
    kept.flat_map(|line| [line, "\n"]).collect()
}

/// Copies a folder, but of a `run` folder only that it is there: somebody may be using the example right now.
fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap_or_else(|error| panic!("{}: {error}", from.display())) {
        let entry = entry.expect("a readable folder");
        let target = to.join(entry.file_name());
        if !entry.file_type().expect("a file has a type").is_dir() {
            fs::copy(entry.path(), target).expect("an example's file can be copied");
            continue;
        }
        fs::create_dir(&target).expect("a new folder");
        if entry.file_name() != RUN {
            copy(&entry.path(), &target);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_user_options_are_left_out() {
        let text = "[program:a]\nuser=redis\nuser_agent=x\n; user=y\n";
        assert_eq!(without_users(text), "[program:a]\nuser_agent=x\n; user=y\n");
    }

    #[test]
    fn an_example_is_copied_without_what_its_run_folder_holds() {
        let scene = Scene::of_example("quickstart");
        assert!(scene.path("programs/clock.sh").is_file());
        assert_eq!(fs::read_dir(scene.path("run")).unwrap().count(), 0);
    }
}
