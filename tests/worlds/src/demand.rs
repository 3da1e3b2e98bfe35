//! What a world needs on the machine: named plainly when it is missing, never skipped.

use std::fs;
use std::path::{Path, PathBuf};

/// Fails the test unless every program is installed. Pairs of a path and the Debian package that brings it.
///
/// # Panics
/// With the command that installs what is missing.
pub fn demand(programs: &[(&str, &str)]) {
    let missing: Vec<&str> =
        programs.iter().filter(|(path, _)| !Path::new(path).exists()).map(|(_, package)| *package).collect();
    assert!(missing.is_empty(), "this test needs more programs: apt-get install {}", missing.join(" "));
}

/// The newest of the programs whose path is `folder/PREFIX*rest`, as Debian versions them in their paths.
///
/// # Panics
/// With the command that installs the package when there is none.
pub fn newest(folder: &str, prefix: &str, rest: &str, package: &str) -> PathBuf {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let versions = entries.filter_map(|entry| {
        let version: f64 = entry.file_name().to_str()?.strip_prefix(prefix)?.parse().ok()?;
        let path = if rest.is_empty() { entry.path() } else { entry.path().join(rest) };
        path.exists().then_some((version, path))
    });
    let newest = versions.max_by(|left, right| left.0.total_cmp(&right.0));
    let Some((_, path)) = newest else { panic!("this test needs more programs: apt-get install {package}") };
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_versions_the_newest_is_chosen_by_number() {
        let folder = tempfile::tempdir().unwrap();
        for version in ["9", "15"] {
            fs::create_dir_all(folder.path().join(version).join("bin")).unwrap();
        }
        let found = newest(folder.path().to_str().unwrap(), "", "bin", "postgresql");
        assert_eq!(found, folder.path().join("15/bin"));
    }

    #[test]
    #[should_panic(expected = "apt-get install nosuchpackage")]
    fn a_missing_program_is_answered_with_the_package_that_brings_it() {
        demand(&[("/nonexistent/program", "nosuchpackage")]);
    }
}
