//! The pidfile, and the lock on it that keeps a second daemon away.

use std::collections::hash_map::DefaultHasher;
use std::fs::{File, OpenOptions, Permissions};
use std::hash::{Hash as _, Hasher as _};
use std::io::Read as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use supervisor_sys::daemonize::set_umask;
use supervisor_sys::files::overwrite;
use supervisor_sys::locks::{Locked, lock_byte};

const PIDFILE_MODE: u32 = 0o666;
/// For the moment in which the umask is looked at.
const PRIVATE_UMASK: u32 = 0o077;

/// A lock on the pidfile for as long as this is kept, or until this process ends, however it ends.
///
/// It is a lock on one byte far behind the end, whose place depends on the configuration file: daemons with different
/// configurations that happen to name the same pidfile do not notice each other, as ever.
// Differs: second-start-is-refused
#[derive(Debug)]
pub(super) struct PidfileLock {
    file: File,
    was_there: bool,
}

impl PidfileLock {
    /// Locks the pidfile at `path`, which is made if there is none. `None` where that is not possible.
    ///
    /// # Errors
    /// Another daemon with that configuration has it; the text says so.
    pub(super) fn take(path: &str, configuration: &str) -> Result<Option<Self>, String> {
        let Ok(configuration) = std::fs::metadata(configuration) else { return Ok(None) };
        let was_there = Path::new(path).exists();
        // Somebody's link, or a pipe, is no place for a lock.
        let opened = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(PIDFILE_MODE)
            .custom_flags(supervisor_sys::files::AS_IT_IS)
            .open(path);
        let Ok(mut file) = opened else { return Ok(None) };
        if !file.metadata().is_ok_and(|found| found.is_file()) {
            return Ok(None);
        }
        let mut hasher = DefaultHasher::new();
        (configuration.dev(), configuration.ino()).hash(&mut hasher);
        match lock_byte(&file, hasher.finish()) {
            Ok(Locked::Ours) => Ok(Some(Self { file, was_there })),
            Ok(Locked::Theirs) => {
                let mut pid = String::new();
                // It is only told.
                let _ = file.read_to_string(&mut pid);
                Err(format!(
                    "Another supervisord (pid {}) is running with this configuration file and the pidfile {path}.  Shut \
                     this program down first before starting supervisord.",
                    pid.trim()
                ))
            }
            // Some file systems have no locks.
            Err(_) => Ok(None),
        }
    }

    /// The file was made before the daemon had its umask.
    fn open_to_readers(&self) {
        let mask = set_umask(PRIVATE_UMASK);
        set_umask(mask);
        // Whoever made it may change it.
        let _ = self.file.set_permissions(Permissions::from_mode(PIDFILE_MODE & !mask));
    }

    /// Takes the file back, if there was none, from a start that is given up.
    pub(super) fn withdraw(&self, path: &str) {
        if !self.was_there {
            // What stays is empty.
            let _ = std::fs::remove_file(path);
        }
    }

    /// Whether there was a pidfile before: somebody has not taken it along.
    pub(super) fn was_there(&self) -> bool {
        self.was_there
    }
}

/// A pidfile that we wrote; it is removed when this is dropped.
#[derive(Debug)]
pub(super) struct Pidfile {
    path: PathBuf,
    _lock: Option<PidfileLock>,
}

impl Pidfile {
    /// Writes our pid and a newline, replacing what was there; `None` when that was not possible.
    pub(super) fn write(path: &str, lock: Option<PidfileLock>) -> Option<Self> {
        let path = PathBuf::from(path);
        if overwrite(&path, format!("{}\n", std::process::id()).as_bytes()).is_err() {
            if lock.as_ref().is_some_and(|lock| lock.file.metadata().is_ok_and(|found| found.len() == 0)) {
                // An empty one, made by us, tells nobody anything.
                let _ = std::fs::remove_file(&path);
            }
            return None;
        }
        if let Some(made) = lock.as_ref().filter(|lock| !lock.was_there) {
            made.open_to_readers();
        }
        Some(Self { path, _lock: lock })
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
        let pidfile = Pidfile::write(name, None).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("{}\n", std::process::id()));
        drop(pidfile);
        assert!(!path.exists());
        let pidfile = Pidfile::write(name, None).unwrap();
        std::fs::write(&path, "1\n").unwrap();
        drop(pidfile);
        assert!(path.exists());
        assert!(Pidfile::write("/no/such/directory/pid", None).is_none());
    }

    #[test]
    fn one_daemon_of_a_configuration_has_the_lock() {
        let directory = tempfile::tempdir().unwrap();
        let paths = ["pid", "one.conf", "other.conf"].map(|name| directory.path().join(name));
        let [name, one, other] = paths.each_ref().map(|path| path.to_str().unwrap());
        std::fs::write(one, "").unwrap();
        std::fs::write(other, "").unwrap();
        let lock = PidfileLock::take(name, one).unwrap().unwrap();
        assert!(!lock.was_there());
        let kept = Pidfile::write(name, Some(lock)).unwrap();
        let refusal = PidfileLock::take(name, one).unwrap_err();
        assert!(refusal.contains(&format!("(pid {})", std::process::id())), "{refusal}");
        assert!(PidfileLock::take(name, other).unwrap().unwrap().was_there());
        drop(kept);
        assert!(PidfileLock::take(name, one).unwrap().is_some());
        assert!(PidfileLock::take("/no/such/directory/pid", one).unwrap().is_none());
    }
}
