//! The manual and the completions of shells, made by the programs' own tables.

use std::fs;
use std::process::Command;

use crate::{root, say};

/// Each file, and the words that ask for it: `completions` of `supervisorctl`, else of the example `manual`.
const FILES: &[(&str, &[&str])] = &[
    ("docs/configuration.md", &[]),
    ("share/bash-completion/completions/supervisord", &["bash"]),
    ("share/zsh/site-functions/_supervisord", &["zsh"]),
    ("share/fish/vendor_completions.d/supervisord.fish", &["fish"]),
    ("share/man/man8/supervisord.8", &["man"]),
    ("share/bash-completion/completions/supervisorctl", &["completions", "bash"]),
    ("share/zsh/site-functions/_supervisorctl", &["completions", "zsh"]),
    ("share/fish/vendor_completions.d/supervisorctl.fish", &["completions", "fish"]),
    ("share/man/man1/supervisorctl.1", &["completions", "man"]),
];

/// Writes all of them.
///
/// # Errors
/// When the programs cannot be built or a file cannot be written.
pub(crate) fn run() -> Result<(), String> {
    for (file, words) in FILES {
        let mut cargo = Command::new("cargo");
        cargo.current_dir(root()).args(["run", "--quiet"]);
        if words.first() == Some(&"completions") {
            cargo.args(["--bin", "supervisorctl", "--", "-c"]);
            cargo.arg(root().join("examples/quickstart/supervisord.conf"));
        } else {
            cargo.args(["--package", "supervisor-config", "--example", "manual", "--"]);
        }
        let output = cargo.args(*words).output().map_err(|error| format!("cargo: {error}"))?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        let path = root().join(file);
        let written =
            path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, output.stdout));
        written.map_err(|error| format!("{}: {error}", path.display()))?;
        say(file);
    }
    Ok(())
}
