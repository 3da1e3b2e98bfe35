//! axe-core, which checks pages against the rules of accessibility: fetched from npm, pinned by its hash.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::{say, target};

const VERSION: &str = "4.14.1";
/// Of the package, as npm tells it.
const SHA512: &str = "1477dafa598d8d065f273d6af302aa203c02e83131707b7fa648cd41bd3d6b734f8c22a0dab86ee6a6f64b8afbe804b214d36db85a2826965edfb3a0b9d546b5";

/// Where the script is.
pub(crate) fn path() -> PathBuf {
    target().join("axe-core").join("axe.min.js")
}

/// Fetches it into `target/axe-core`, unless it is there already.
///
/// # Errors
/// When npm or the download fails, or the package is not the one that is wanted.
pub(crate) fn install() -> Result<(), String> {
    let folder = target().join("axe-core");
    let stamp = folder.join("installed.txt");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == SHA512) && path().is_file() {
        return Ok(());
    }
    say(&format!("fetching axe-core {VERSION} into {}", folder.display()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let package = format!("axe-core@{VERSION}");
    run(Command::new("npm").current_dir(&folder).args(["pack", "--silent", &package]))?;
    let archive = folder.join(format!("axe-core-{VERSION}.tgz"));
    let sum =
        Command::new("sha512sum").arg(&archive).output().map_err(|error| format!("sha512sum: {error}"))?;
    let sum = String::from_utf8_lossy(&sum.stdout);
    if sum.split_whitespace().next() != Some(SHA512) {
        return Err(format!(
            "{} is not the package that is wanted: its SHA-512 is another",
            archive.display()
        ));
    }
    let tar = ["--strip-components=1", "--extract", "--file"];
    run(Command::new("tar").current_dir(&folder).args(tar).arg(&archive).arg("package/axe.min.js"))?;
    fs::write(&stamp, SHA512).map_err(|error| format!("{}: {error}", stamp.display()))
}

fn run(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| format!("{command:?}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} failed")) }
}
