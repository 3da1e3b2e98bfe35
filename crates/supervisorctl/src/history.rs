//! What was typed in earlier shells: a file with one line for each, as readline writes it.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::process;

use rustyline::history::DefaultHistory;

/// How many lines are remembered.
pub(crate) const MAX_LINES: usize = 100_000;

const MODE: u32 = 0o600;

/// The lines of the file, as far as it can be read.
pub(crate) fn load(path: &str) -> Vec<String> {
    let bytes = fs::read(path).unwrap_or_default();
    String::from_utf8_lossy(&bytes).lines().map(str::to_owned).collect()
}

/// Writes the file. Without an editor there is nothing new, but the file is made if it is missing. What goes
/// wrong is nobody's concern.
pub(crate) fn save(path: &str, history: Option<&DefaultHistory>) {
    let _ = write(path, history);
}

fn write(path: &str, history: Option<&DefaultHistory>) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).mode(MODE);
    let Some(history) = history else {
        return options.open(path).map(drop);
    };
    let lines: String = history.iter().flat_map(|line| [line, "\n"]).collect();
    // Whoever is killed half-way, by a closed terminal for example, must not have emptied the old file.
    let path = fs::canonicalize(path).unwrap_or_else(|_| PathBuf::from(path));
    let new = PathBuf::from(format!("{}.{}", path.display(), process::id()));
    let written = options.truncate(true).open(&new).and_then(|mut file| file.write_all(lines.as_bytes()));
    let moved = written.and_then(|()| fs::rename(&new, &path));
    if moved.is_err() {
        let _ = fs::remove_file(&new);
    }
    moved
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use rustyline::history::History;

    use super::*;

    #[test]
    fn each_line_typed_is_a_line_of_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history");
        let path = path.to_str().unwrap();
        assert!(load(path).is_empty());
        let mut history = DefaultHistory::new();
        history.add("status").unwrap();
        history.add("start a\\b").unwrap();
        save(path, Some(&history));
        assert_eq!(fs::read_to_string(path).unwrap(), "status\nstart a\\b\n");
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, MODE);
        assert_eq!(load(path), ["status", "start a\\b"]);
        save(path, None);
        assert_eq!(load(path).len(), 2);
    }
}
