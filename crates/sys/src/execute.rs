//! Whether a file can be executed, before anybody tries.

use std::path::Path;

use nix::sys::stat::{SFlag, stat};
use nix::unistd::{AccessFlags, access};

/// What stands in the way of executing what a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Executable {
    /// Nothing.
    Yes,
    /// It is a directory.
    Directory,
    /// Nobody may execute it: its mode has no x at all.
    ByNobody,
    /// Others may, this process may not.
    NotByUs,
}

/// Looks at a path (symbolic links followed); `None` when there is nothing that we can see.
#[must_use]
pub fn executable(path: &Path) -> Option<Executable> {
    let mode = stat(path).ok()?.st_mode;
    let verdict = if SFlag::from_bits_truncate(mode) & SFlag::S_IFMT == SFlag::S_IFDIR {
        Executable::Directory
    } else if mode & 0o111 == 0 {
        Executable::ByNobody
    } else if access(path, AccessFlags::X_OK).is_err() {
        Executable::NotByUs
    } else {
        Executable::Yes
    };
    Some(verdict)
}

/// Whether permissions allow to write to what a path leads to, or, for a directory, to create files in it.
#[must_use]
pub fn writable(path: &Path) -> bool {
    let entering = if path.is_dir() { AccessFlags::X_OK } else { AccessFlags::F_OK };
    access(path, AccessFlags::W_OK | entering).is_ok()
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn files_are_judged_by_kind_and_mode() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        assert_eq!(executable(&path), None);
        fs::write(&path, "").unwrap();
        assert_eq!(executable(&path), Some(Executable::ByNobody));
        fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
        assert_eq!(executable(&path), Some(Executable::Yes));
        assert_eq!(executable(directory.path()), Some(Executable::Directory));
    }
}
