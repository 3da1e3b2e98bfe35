//! Who is examined: the reference or ours, and where their programs are.

use std::env;
use std::fmt;
use std::path::{Path, PathBuf};

/// Whose program it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Supervisor 4.3.0 for Python, in the target folder's `reference`.
    Reference,
    /// The programs of this workspace, or those that `SUPERVISORD_UNDER_TEST` and
    /// `SUPERVISORCTL_UNDER_TEST` name.
    Ours,
}

/// Which half of a [`Pair`] shows a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// `supervisord`.
    Daemon,
    /// `supervisorctl`.
    Client,
}

/// A daemon and the client that talks to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Whose `supervisord`.
    pub daemon: Subject,
    /// Whose `supervisorctl`.
    pub client: Subject,
}

impl Pair {
    /// Both programs of one subject.
    #[must_use]
    pub const fn of(subject: Subject) -> Self {
        Self { daemon: subject, client: subject }
    }

    pub(crate) const fn subject(self, part: Part) -> Subject {
        match part {
            Part::Daemon => self.daemon,
            Part::Client => self.client,
        }
    }
}

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.daemon == self.client {
            write!(f, "{}", self.daemon)
        } else {
            write!(f, "{} daemon with {} client", self.daemon, self.client)
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Reference => "reference",
            Self::Ours => "ours",
        })
    }
}

impl Subject {
    /// The executable of this subject's daemon or client.
    ///
    /// # Panics
    /// When it is not there, with the command that provides it.
    #[must_use]
    pub fn program(self, part: Part) -> PathBuf {
        let (name, variable) = match part {
            Part::Daemon => ("supervisord", "SUPERVISORD_UNDER_TEST"),
            Part::Client => ("supervisorctl", "SUPERVISORCTL_UNDER_TEST"),
        };
        let path = match self {
            Self::Reference => reference_bin().join(name),
            Self::Ours if ours_is_the_reference() => reference_bin().join(name),
            Self::Ours => env::var_os(variable).map_or_else(|| profile_folder().join(name), PathBuf::from),
        };
        assert!(
            path.exists(),
            "{} is missing: run the suite as `cargo xtask test`, which installs the reference and builds ours",
            path.display()
        );
        path
    }

    /// Whether this subject behaves as the reference, which is also true of ours while the suite itself is
    /// checked with the reference on both sides.
    #[must_use]
    pub fn is_reference(self) -> bool {
        self == Self::Reference || ours_is_the_reference()
    }
}

/// Whether the suite runs with the reference on both sides: `SUPERVISORD_UNDER_TEST=reference`.
pub(crate) fn ours_is_the_reference() -> bool {
    env::var_os("SUPERVISORD_UNDER_TEST").is_some_and(|value| value == "reference")
}

/// The Python that the reference runs in.
#[must_use]
pub fn reference_python() -> PathBuf {
    reference_bin().join("python3")
}

/// A program of this package: `compat-guard`, `compat-listener` or `compat-probe`.
pub(crate) fn own_program(name: &str) -> PathBuf {
    let path = profile_folder().join(name);
    assert!(path.exists(), "{} is missing: `cargo test` builds it beside the suite", path.display());
    path
}

fn reference_bin() -> PathBuf {
    env::var_os("SUPERVISOR_REFERENCE").map_or_else(
        || profile_folder().parent().unwrap_or(Path::new(".")).join("reference").join("bin"),
        PathBuf::from,
    )
}

/// `target/debug` or its like: the folder above the test binary's `deps`.
fn profile_folder() -> PathBuf {
    let exe = env::current_exe().expect("the test binary has a path");
    let folder = exe.parent().expect("the test binary is in a folder");
    if folder.ends_with("deps") {
        folder.parent().unwrap_or(folder).to_path_buf()
    } else {
        folder.to_path_buf()
    }
}
