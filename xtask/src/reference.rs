//! The reference, Supervisor for Python, and the listeners that people run with it: each in a virtual environment of
//! its own, pinned by hash.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use crate::{root, say, target};

const VERSION: &str = "4.3.0";

/// A download that fails is tried so many times, with a pause between.
const ATTEMPTS: usize = 4;
const PAUSE: Duration = Duration::from_secs(5);

/// A virtual environment below `target/`.
struct Environment {
    folder: &'static str,
    /// Where its packages are listed, from the root.
    requirements: &'static str,
    /// A command that shows that it works, and what it answers.
    proof: &'static [&'static str],
    answer: &'static str,
}

const ENVIRONMENTS: [Environment; 2] = [
    Environment {
        folder: "reference",
        requirements: "tests/compat/reference.txt",
        proof: &["supervisord", "--version"],
        answer: VERSION,
    },
    Environment {
        folder: "superlance",
        requirements: "tests/worlds/superlance.txt",
        proof: &["python3", "-c", "import superlance.memmon; print('superlance')"],
        answer: "superlance",
    },
];

/// Installs the reference into `target/reference` and superlance into `target/superlance`, unless they are there.
///
/// # Errors
/// When Python or the download fails.
pub(crate) fn install() -> Result<(), String> {
    ENVIRONMENTS.iter().try_for_each(Environment::install)
}

impl Environment {
    fn install(&self) -> Result<(), String> {
        let folder = target().join(self.folder);
        let requirements = root().join(self.requirements);
        let wanted = fs::read_to_string(&requirements)
            .map_err(|error| format!("{}: {error}", requirements.display()))?;
        let stamp = folder.join("installed.txt");
        if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) && self.is_usable(&folder) {
            return Ok(());
        }
        say(&format!("installing what {} lists into {}", self.requirements, folder.display()));
        let _ = fs::remove_dir_all(&folder);
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        download(&folder, &requirements)?;
        if !self.is_usable(&folder) {
            return Err(format!("{} in {} does not answer {}", self.proof[0], folder.display(), self.answer));
        }
        fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))
    }

    /// Whether it runs and is the right version. A virtual environment breaks when its Python goes.
    fn is_usable(&self, folder: &Path) -> bool {
        let program: PathBuf = folder.join("bin").join(self.proof[0]);
        let answer = Command::new(program).args(&self.proof[1..]).output();
        answer.is_ok_and(|answer| answer.stdout.trim_ascii() == self.answer.as_bytes())
    }
}

/// Installs the packages, and tries again if the network fails.
fn download(folder: &Path, requirements: &Path) -> Result<(), String> {
    let mut attempt = 1;
    loop {
        let mut pip = Command::new(folder.join("bin").join("python3"));
        pip.args(["-m", "pip", "--disable-pip-version-check", "install", "--quiet"]);
        pip.args(["--no-deps", "--require-hashes", "-r"]).arg(requirements);
        match run(&mut pip) {
            Err(reason) if attempt < ATTEMPTS => {
                say(&format!("{reason}; trying again"));
                attempt += 1;
                thread::sleep(PAUSE);
            }
            outcome => return outcome,
        }
    }
}

fn run(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| format!("{command:?}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} failed")) }
}
