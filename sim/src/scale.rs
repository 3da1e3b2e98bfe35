//! How long decisions take with ten, a thousand and a hundred thousand processes.

use std::io::Write;

/// Shows it.
pub fn show(out: &mut dyn Write) {
    let _ = writeln!(out, "not yet");
}
