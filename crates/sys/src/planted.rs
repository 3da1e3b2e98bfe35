//! Files in directories that everybody may write to, such as `/tmp`.
//!
//! Whoever guesses the name of a log there can put a link in its place, and a daemon that follows it writes where its
//! maker could not. Linux refuses that where `fs.protected_symlinks` and its kin are set; here the same rule holds
//! everywhere.

use std::os::fd::OwnedFd;
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::sys::stat::{FileStat, Mode, SFlag, fstat, lstat, stat};

/// So often somebody may exchange the file while we look at it.
const ATTEMPTS_MAX: usize = 20;

/// Opens a file to write to it, and makes it if `flags` has `O_CREAT`. What somebody else has put into a directory
/// that everybody may write to is refused, unless it belongs to the owner of that directory.
///
/// # Errors
/// `EACCES` somebody else has put it there; and what `open` says.
pub(crate) fn open_to_write(path: &Path, flags: OFlag, mode: Mode) -> Result<OwnedFd, Errno> {
    let plainly = |flags: OFlag| crate::uninterrupted(|| open(path, flags, mode));
    // What is wrong with the directory is told best by opening the file.
    let Some(directory) = stat(directory_of(path)).ok().filter(is_everybodys) else { return plainly(flags) };
    for _ in 0..ATTEMPTS_MAX {
        let attempt = match lstat(path) {
            Err(Errno::ENOENT) if flags.contains(OFlag::O_CREAT) => {
                plainly(flags | OFlag::O_EXCL | OFlag::O_NOFOLLOW)
            }
            Err(errno) => return Err(errno),
            Ok(found) if is_planted(&found, &directory, crate::host::effective_uid()) => {
                return Err(Errno::EACCES);
            }
            // Nobody but the two whom we trust can exchange it.
            Ok(found) if kind(&found) == SFlag::S_IFLNK => plainly(flags),
            Ok(_) => plainly((flags - OFlag::O_CREAT) | OFlag::O_NOFOLLOW),
        };
        match attempt {
            Err(Errno::EEXIST | Errno::ENOENT | Errno::ELOOP) => {}
            Ok(fd) if is_planted(&fstat(&fd)?, &directory, crate::host::effective_uid()) => {
                return Err(Errno::EACCES);
            }
            outcome => return outcome,
        }
    }
    Err(Errno::EACCES)
}

fn directory_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Whether everybody may make files there, and nobody may remove another's.
fn is_everybodys(directory: &FileStat) -> bool {
    const EVERYBODYS: u32 = libc::S_ISVTX | libc::S_IWOTH;
    directory.st_mode & EVERYBODYS == EVERYBODYS
}

/// Whether it may be a trap. A regular file with a second name may be anybody's under a name of theirs.
fn is_planted(found: &FileStat, directory: &FileStat, own_uid: u32) -> bool {
    let is_trusted = found.st_uid == own_uid || found.st_uid == directory.st_uid;
    match kind(found) {
        SFlag::S_IFREG => !is_trusted || found.st_nlink > 1,
        SFlag::S_IFLNK | SFlag::S_IFIFO => !is_trusted,
        _ => false,
    }
}

fn kind(found: &FileStat) -> SFlag {
    SFlag::from_bits_truncate(found.st_mode) & SFlag::S_IFMT
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, lchown, symlink};

    use super::*;

    const STRANGER: u32 = 12345;

    fn everybodys() -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o1777)).unwrap();
        directory
    }

    fn append(path: &Path) -> Result<OwnedFd, Errno> {
        let flags = OFlag::O_WRONLY | OFlag::O_APPEND | OFlag::O_CREAT | OFlag::O_CLOEXEC;
        open_to_write(path, flags, Mode::from_bits_truncate(0o600))
    }

    #[test]
    fn what_a_stranger_made_is_a_trap_and_what_we_or_the_owner_made_is_none() {
        let directory = everybodys();
        let path = directory.path().join("file");
        fs::write(&path, "").unwrap();
        symlink(&path, directory.path().join("link")).unwrap();
        let owner = stat(directory.path()).unwrap();
        for name in ["file", "link"] {
            let found = lstat(&directory.path().join(name)).unwrap();
            assert!(!is_planted(&found, &owner, STRANGER), "{name} of the directory's owner");
            let mut stranger = found;
            stranger.st_uid = STRANGER;
            assert!(is_planted(&stranger, &owner, owner.st_uid), "{name} of a stranger");
            assert!(!is_planted(&stranger, &owner, STRANGER), "{name} of our own");
        }
    }

    #[test]
    fn our_own_files_and_links_are_opened_and_new_ones_are_made() {
        let directory = everybodys();
        let (path, link) = (directory.path().join("log"), directory.path().join("link"));
        append(&path).unwrap();
        append(&path).unwrap();
        symlink(&path, &link).unwrap();
        append(&link).unwrap();
        let (nowhere, new) = (directory.path().join("nowhere"), directory.path().join("new"));
        symlink(&new, &nowhere).unwrap();
        append(&nowhere).unwrap();
        assert!(new.exists());
        assert_eq!(append(&directory.path().join("no/log")).unwrap_err(), Errno::ENOENT);
    }

    #[test]
    fn a_second_name_of_a_file_is_not_written_to() {
        let directory = everybodys();
        let (victim, log) = (directory.path().join("victim"), directory.path().join("log"));
        fs::write(&victim, "").unwrap();
        fs::hard_link(&victim, &log).unwrap();
        assert_eq!(append(&log).unwrap_err(), Errno::EACCES);
        // In a directory of our own it is our own affair.
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
        append(&log).unwrap();
    }

    /// Only root can give a file away, so an ordinary user sees the rule alone, in the first test.
    #[test]
    fn a_strangers_link_is_not_followed_and_leaves_no_file_behind() {
        if crate::host::effective_uid() != 0 {
            return;
        }
        let directory = everybodys();
        let (victim, log) = (directory.path().join("victim"), directory.path().join("log"));
        symlink(&victim, &log).unwrap();
        lchown(&log, Some(STRANGER), None).unwrap();
        assert_eq!(append(&log).unwrap_err(), Errno::EACCES);
        assert!(!victim.exists());
        fs::remove_file(&log).unwrap();
        fs::write(&log, "").unwrap();
        lchown(&log, Some(STRANGER), None).unwrap();
        assert_eq!(append(&log).unwrap_err(), Errno::EACCES);
    }
}
