//! The pidfile.

use std::path::PathBuf;

use supervisor_sys::files::overwrite;

/// A pidfile that we wrote; it is removed when this is dropped.
#[derive(Debug)]
pub(super) struct Pidfile {
    path: PathBuf,
}

impl Pidfile {
    /// Writes our pid and a newline, replacing what was there; `None` when that was not possible.
    pub(super) fn write(path: &str) -> Option<Self> {
        let path = PathBuf::from(path);
        overwrite(&path, format!("{}\n", std::process::id()).as_bytes()).ok()?;
        Some(Self { path })
    }
}

impl Drop for Pidfile {
    fn drop(&mut self) {
        // Somebody else may have written theirs since.
        let ours = format!("{}\n", std::process::id());
        if std::fs::read_to_string(&self.path).is_ok_and(|text| text == ours) {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_holds_our_pid_and_goes_with_us_unless_it_is_somebody_elses() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("pid");
        let name = path.to_str().unwrap();
        let pidfile = Pidfile::write(name).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("{}\n", std::process::id()));
        drop(pidfile);
        assert!(!path.exists());
        let pidfile = Pidfile::write(name).unwrap();
        std::fs::write(&path, "1\n").unwrap();
        drop(pidfile);
        assert!(path.exists());
        assert!(Pidfile::write("/no/such/directory/pid").is_none());
    }
}
