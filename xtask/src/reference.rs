//! The reference: Supervisor for Python in a virtual environment of its own, pinned by hash.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::{root, say, target};

const VERSION: &str = "4.3.0";

/// Installs the reference into `target/reference`, unless it is there already.
///
/// # Errors
/// When Python or the download fails.
pub(crate) fn install() -> Result<(), String> {
    let folder = target().join("reference");
    let requirements = root().join("tests").join("compat").join("reference.txt");
    let wanted =
        fs::read_to_string(&requirements).map_err(|error| format!("{}: {error}", requirements.display()))?;
    let stamp = folder.join("installed.txt");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) && is_usable(&folder) {
        return Ok(());
    }
    say(&format!("installing the reference, Supervisor {VERSION}, into {}", folder.display()));
    let _ = fs::remove_dir_all(&folder);
    run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    let pip = [
        "-m",
        "pip",
        "--disable-pip-version-check",
        "install",
        "--quiet",
        "--no-deps",
        "--require-hashes",
        "-r",
    ];
    run(Command::new(folder.join("bin").join("python3")).args(pip).arg(&requirements))?;
    if !is_usable(&folder) {
        return Err(format!("the reference in {} does not run as {VERSION}", folder.display()));
    }
    fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))
}

/// Whether it runs and is the right version. A virtual environment breaks when its Python goes.
fn is_usable(folder: &Path) -> bool {
    let answer = Command::new(folder.join("bin").join("supervisord")).arg("--version").output();
    answer.is_ok_and(|answer| answer.stdout.trim_ascii() == VERSION.as_bytes())
}

fn run(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| format!("{command:?}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} failed")) }
}
