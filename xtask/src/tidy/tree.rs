//! The files of the repository.

use std::fs;
use std::path::{Path, PathBuf};

use crate::tidy::lexer;

/// A text file of the repository.
pub(crate) struct SourceFile {
    /// From the root, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
    /// For Rust: `text` with comments, strings and characters blanked out, line by line as long as it was.
    pub(crate) code: String,
}

impl SourceFile {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let code = if path.ends_with(".rs") { lexer::code_only(text) } else { String::new() };
        Self { path: path.to_owned(), text: text.to_owned(), code }
    }

    pub(crate) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Whether the whole file belongs to tests.
    pub(crate) fn is_test(&self) -> bool {
        self.path.starts_with("tests/") || self.path.contains("/tests/") || self.path.ends_with("/tests.rs")
    }

    /// Where the file's tests begin, as a line index; past the end if it has none.
    pub(crate) fn first_test_line(&self) -> usize {
        if self.is_test() {
            return 0;
        }
        self.code.lines().position(|line| line.trim() == "#[cfg(test)]").unwrap_or(usize::MAX)
    }

    /// The path without folders and extension.
    pub(crate) fn stem(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        name.split('.').next().unwrap_or(name)
    }
}

/// Reads every text file of the repository that people write.
pub(crate) fn read(root: &Path) -> Vec<SourceFile> {
    const EXTENSIONS: &[&str] = &["rs", "toml", "md", "sh", "py", "txt", "conf", "yaml", "yml"];
    let mut files = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for path in entries(&folder) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() {
                if name != "target" && name != ".git" {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|kind| EXTENSIONS.iter().any(|known| kind == *known)) {
                let inside = path.strip_prefix(root).unwrap_or(&path).display().to_string();
                files.extend(fs::read_to_string(&path).ok().map(|text| SourceFile::new(&inside, &text)));
            }
        }
    }
    files.sort_by(|left, right| left.path.cmp(&right.path));
    files
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder)
        .map_or_else(|_| Vec::new(), |entries| entries.flatten().map(|entry| entry.path()).collect())
}
