//! The directory that configurations are laid out in, one after the other.

use std::fs;
use std::io;
use std::path::Path;

use tempfile::TempDir;

use crate::case::{Case, ROOT};

/// A directory that is emptied before each configuration, and goes with the value.
#[derive(Debug)]
pub struct Scratch {
    root: String,
    /// Goes with the value.
    _directory: TempDir,
}

impl Scratch {
    /// Makes the directory.
    ///
    /// # Errors
    /// When there is no room for it, or its path is not text.
    pub fn new() -> io::Result<Self> {
        let directory = tempfile::Builder::new().prefix("oracle-").tempdir()?;
        // A directory of its own in a directory of its own: what is beside it is not somebody else's.
        let root = directory.path().canonicalize()?.join("here");
        fs::create_dir(&root)?;
        let root = root.to_str().ok_or(io::ErrorKind::InvalidFilename)?.to_owned();
        Ok(Self { root, _directory: directory })
    }

    /// Its path.
    #[must_use]
    pub fn root(&self) -> &str {
        &self.root
    }

    /// Writes the files of a case, and gives it back with the scratch directory in place of [`ROOT`].
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn lay_out(&self, case: &Case) -> io::Result<Case> {
        self.clear()?;
        let mut placed = case.clone();
        for (path, content) in &mut placed.files {
            *content = replace(content, ROOT.as_bytes(), self.root.as_bytes());
            let place = Path::new(&self.root).join(path.as_str());
            if path.ends_with('/') {
                fs::create_dir_all(&place)?;
                continue;
            }
            fs::create_dir_all(place.parent().unwrap_or(Path::new("/")))?;
            fs::write(place, content)?;
        }
        let here = |text: &mut String| *text = text.replace(ROOT, &self.root);
        placed.arguments.iter_mut().for_each(here);
        placed.machine.environment.iter_mut().for_each(|(_, value)| here(value));
        here(&mut placed.machine.current_dir);
        let directories = placed.machine.directories.iter();
        placed.machine.directories = directories.map(|path| path.replace(ROOT, &self.root)).collect();
        Ok(placed)
    }

    fn clear(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.root)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                fs::remove_dir_all(entry.path())?;
            } else {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }
}

fn replace(content: &[u8], wanted: &[u8], by: &[u8]) -> Vec<u8> {
    let mut replaced = Vec::with_capacity(content.len());
    let mut rest = content;
    while let Some((&first, after)) = rest.split_first() {
        if let Some(after) = rest.strip_prefix(wanted) {
            replaced.extend_from_slice(by);
            rest = after;
        } else {
            replaced.push(first);
            rest = after;
        }
    }
    replaced
}
