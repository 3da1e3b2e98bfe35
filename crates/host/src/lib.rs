//! The real machine behind the configuration's trait.
#![forbid(unsafe_code)]

use std::env;
use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

use supervisor_config::host::{Executability, GroupRecord, Host, ReadError, UserRecord};
use supervisor_sys::execute::{Executable, executable, writable};
use supervisor_sys::files::open_to_read;
use supervisor_sys::{host, users};

/// The machine the program runs on.
///
/// Configurations are text, so what is not UTF-8 (a name in a directory, an environment variable) is seen
/// with replacement characters in it.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealHost;

impl Host for RealHost {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        fs::read(path).map_err(|error| read_error(&error))
    }

    fn read_regular(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let mut file = open_to_read(Path::new(path)).map_err(|errno| read_error(&errno.into()))?;
        if !file.metadata().is_ok_and(|metadata| metadata.is_file()) {
            return Err(ReadError::Unreadable);
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(|error| read_error(&error))?;
        Ok(bytes)
    }

    fn exists(&self, path: &str) -> bool {
        Path::new(path).exists()
    }

    fn is_dir(&self, path: &str) -> bool {
        Path::new(path).is_dir()
    }

    fn list_dir(&self, path: &str) -> Vec<String> {
        let path = if path.is_empty() { "." } else { path };
        let entries = fs::read_dir(path).into_iter().flatten().flatten();
        entries.map(|entry| text(entry.file_name())).collect()
    }

    /// Finds out by creating a file there, as nothing else takes quotas, read-only mounts and access lists
    /// into account.
    fn is_writable_dir(&self, path: &str) -> bool {
        static ATTEMPTS: AtomicU32 = AtomicU32::new(0);
        let attempt = ATTEMPTS.fetch_add(1, Ordering::Relaxed);
        let probe = Path::new(path).join(format!(".supervisor-probe-{}-{attempt}", process::id()));
        let created = OpenOptions::new().write(true).create_new(true).open(&probe).is_ok();
        created && fs::remove_file(&probe).is_ok()
    }

    fn permits_writing(&self, path: &str) -> bool {
        self.is_dir(path) && writable(Path::new(path))
    }

    fn mode(&self, path: &str) -> Option<u32> {
        fs::metadata(path).ok().map(|metadata| metadata.permissions().mode() & 0o7777)
    }

    fn executability(&self, path: &str) -> Executability {
        match executable(Path::new(path)) {
            None => Executability::Missing,
            Some(Executable::Yes) => Executability::Yes,
            Some(Executable::Directory) => Executability::Directory,
            Some(Executable::ByNobody) => Executability::ByNobody,
            Some(Executable::NotByUs) => Executability::NotByUs,
        }
    }

    /// The root directory if the working directory is gone.
    fn current_dir(&self) -> String {
        env::current_dir().map_or_else(|_| "/".to_owned(), |path| text(path.into_os_string()))
    }

    fn environment(&self) -> Vec<(String, String)> {
        env::vars_os().map(|(name, value)| (text(name), text(value))).collect()
    }

    fn variable(&self, name: &str) -> Option<String> {
        env::var_os(name).map(text)
    }

    fn hostname(&self) -> String {
        host::hostname()
    }

    fn effective_uid(&self) -> u32 {
        host::effective_uid()
    }

    fn user_by_name(&self, name: &str) -> Option<UserRecord> {
        users::user_by_name(name).map(user_record)
    }

    fn user_by_id(&self, uid: u32) -> Option<UserRecord> {
        users::user_by_id(uid).map(user_record)
    }

    fn group_by_name(&self, name: &str) -> Option<GroupRecord> {
        users::group_by_name(name).map(group_record)
    }

    fn group_by_id(&self, gid: u32) -> Option<GroupRecord> {
        users::group_by_id(gid).map(group_record)
    }
}

fn read_error(error: &io::Error) -> ReadError {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ReadError::Missing,
        _ => ReadError::Unreadable,
    }
}

fn text(text: OsString) -> String {
    text.into_string().unwrap_or_else(|text| text.to_string_lossy().into_owned())
}

fn user_record(user: users::UserRecord) -> UserRecord {
    let users::UserRecord { name, uid, gid, home } = user;
    UserRecord { name, uid, gid, home }
}

fn group_record(group: users::GroupRecord) -> GroupRecord {
    let users::GroupRecord { name, gid } = group;
    GroupRecord { name, gid }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn what_cannot_be_read_is_told_apart_from_what_is_missing() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
        fs::write(path("file"), b"content").unwrap();
        assert_eq!(RealHost.read(&path("file")), Ok(b"content".to_vec()));
        assert_eq!(RealHost.read(&path("missing")), Err(ReadError::Missing));
        assert_eq!(RealHost.read(&path(".")), Err(ReadError::Unreadable));
    }

    #[test]
    fn what_is_no_regular_file_is_not_waited_for() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
        fs::write(path("file"), b"content").unwrap();
        assert_eq!(RealHost.read_regular(&path("file")), Ok(b"content".to_vec()));
        assert_eq!(RealHost.read_regular(&path("missing")), Err(ReadError::Missing));
        assert_eq!(RealHost.read_regular(&path(".")), Err(ReadError::Unreadable));
        assert!(Command::new("mkfifo").arg(path("fifo")).status().unwrap().success());
        assert_eq!(RealHost.read_regular(&path("fifo")), Err(ReadError::Unreadable));
        assert_eq!(RealHost.read_regular("/dev/zero"), Err(ReadError::Unreadable));
    }

    #[test]
    fn a_directory_lists_its_names() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().to_str().unwrap();
        fs::write(directory.path().join("a.conf"), "").unwrap();
        fs::create_dir(directory.path().join("d")).unwrap();
        let mut names = RealHost.list_dir(path);
        names.sort();
        assert_eq!(names, ["a.conf", "d"]);
        assert_eq!(RealHost.list_dir(&format!("{path}/missing")), Vec::<String>::new());
    }

    #[test]
    fn probing_a_directory_leaves_nothing_behind() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().to_str().unwrap();
        assert!(RealHost.is_writable_dir(path));
        assert_eq!(RealHost.list_dir(path), Vec::<String>::new());
        assert!(!RealHost.is_writable_dir(&format!("{path}/missing")));
    }

    #[test]
    fn permissions_are_looked_at_and_nothing_is_tried() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("file");
        fs::write(&file, "").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        let (directory, file) = (directory.path().to_str().unwrap(), file.to_str().unwrap());
        assert_eq!(RealHost.mode(file), Some(0o640));
        assert_eq!(RealHost.mode("/no/such"), None);
        assert!(RealHost.permits_writing(directory) && !RealHost.permits_writing(file));
        assert_eq!(RealHost.executability(file), Executability::ByNobody);
        assert_eq!(RealHost.executability(directory), Executability::Directory);
        assert_eq!(RealHost.executability("/no/such"), Executability::Missing);
        assert_eq!(RealHost.executability("/bin/sh"), Executability::Yes);
    }

    #[test]
    fn root_is_known_by_name_and_by_id() {
        assert_eq!(RealHost.user_by_name("root").map(|user| user.uid), Some(0));
        assert_eq!(RealHost.user_by_id(0).map(|user| user.name), Some("root".to_owned()));
        assert_eq!(
            RealHost
                .group_by_id(0)
                .and_then(|group| RealHost.group_by_name(&group.name))
                .map(|group| group.gid),
            Some(0)
        );
    }
}
