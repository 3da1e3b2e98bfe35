//! The manual page and the completions of shells, made by `supervisorctl` from its own tables.

use std::fs;
use std::process::Command;

use crate::{root, say};

/// What `supervisorctl completions` makes, and where it belongs.
const FILES: &[(&str, &str)] = &[
    ("bash", "share/bash-completion/completions/supervisorctl"),
    ("zsh", "share/zsh/site-functions/_supervisorctl"),
    ("fish", "share/fish/vendor_completions.d/supervisorctl.fish"),
    ("man", "share/man/man1/supervisorctl.1"),
];

/// Writes all of them.
///
/// # Errors
/// When `supervisorctl` cannot be built or a file cannot be written.
pub(crate) fn run() -> Result<(), String> {
    for (form, file) in FILES {
        let mut cargo = Command::new("cargo");
        cargo.current_dir(root()).args(["run", "--quiet", "--bin", "supervisorctl", "--", "-c"]);
        cargo.arg(root().join("examples/quickstart/supervisord.conf"));
        let output = cargo.args(["completions", form]).output().map_err(|error| format!("cargo: {error}"))?;
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
