//! The file in which the daemon writes its process id.

use std::ffi::OsStr;
use std::fmt;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use supervisor_sys::files::open_to_read;
use supervisor_sys::host::own_pid;

/// Longer than any number with blanks around it. What is longer is no pidfile.
const BYTES_MAX: u64 = 4096;

/// A pidfile, which may not be there yet.
#[derive(Debug)]
pub(super) struct Pidfile(PathBuf);

impl Pidfile {
    pub(super) fn new(path: &OsStr) -> Self {
        Self(PathBuf::from(path))
    }

    /// Where the file will appear.
    pub(super) fn directory(&self) -> &Path {
        self.0.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
    }

    /// The id that is in the file; `None` if there is no such file or no id of a single other process in it.
    pub(super) fn read(&self) -> Option<i32> {
        let file =
            open_to_read(&self.0).ok().filter(|file| file.metadata().is_ok_and(|file| file.is_file()))?;
        let mut text = String::new();
        file.take(BYTES_MAX).read_to_string(&mut text).ok()?;
        // Differs: pidproxy-signals-one-process
        text.trim().parse().ok().filter(|&pid| pid > 0 && pid != own_pid())
    }
}

impl fmt::Display for Pidfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.display().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn read(content: &str) -> Option<i32> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pid");
        fs::write(&path, content).unwrap();
        Pidfile::new(path.as_os_str()).read()
    }

    #[test]
    fn blanks_around_the_id_do_not_matter() {
        assert_eq!(read(" 42\n"), Some(42));
        for content in ["", "x", "4 2", "42\n43\n"] {
            assert_eq!(read(content), None, "{content:?}");
        }
    }

    #[test]
    fn an_id_of_several_processes_or_of_pidproxy_itself_is_none() {
        for content in ["0", "-1", "-42", &own_pid().to_string()] {
            assert_eq!(read(content), None, "{content:?}");
        }
    }

    #[test]
    fn what_is_no_file_is_not_read() {
        assert_eq!(Pidfile::new(OsStr::new("/dev/zero")).read(), None);
        assert_eq!(Pidfile::new(OsStr::new("/nonexistent/pid")).read(), None);
    }

    #[test]
    fn a_pipe_that_nobody_writes_to_keeps_nobody_waiting() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pid");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        let (sender, answer) = std::sync::mpsc::channel();
        let pidfile = Pidfile::new(path.as_os_str());
        std::thread::spawn(move || sender.send(pidfile.read()));
        assert_eq!(answer.recv_timeout(std::time::Duration::from_secs(30)), Ok(None));
    }

    #[test]
    fn a_bare_name_appears_in_the_current_directory() {
        assert_eq!(Pidfile::new(OsStr::new("x.pid")).directory(), Path::new("."));
        assert_eq!(Pidfile::new(OsStr::new("/run/x.pid")).directory(), Path::new("/run"));
    }
}
