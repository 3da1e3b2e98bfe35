//! Finding what a log became when it was rotated: `F`, `F.1`, `F.2` and so on, the newest first.
//!
//! A reader that was away may come back after several rotations. What it has not read lies in the files
//! between its own, wherever that is now, and `F`. They are found one step at a time: which file comes right
//! after mine?

use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use supervisor_sys::files::{self, FileIdentity};

/// How often a walk begins again because files were rotated meanwhile.
const ATTEMPTS_MAX: usize = 16;
/// How far a walk goes.
const BACKUPS_MAX: u64 = 100_000;

/// Remembers a file that is complete. The time tells it from a later file that got its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    identity: FileIdentity,
    modified: Option<SystemTime>,
}

/// The file that comes after another.
#[derive(Debug)]
pub(super) struct Successor {
    /// It, open.
    pub(super) file: File,
    /// It has been rotated itself, so the one before it is complete.
    pub(super) is_rotated: bool,
}

/// `path` with `.index` after it; the path itself for 0.
pub(super) fn name_of(path: &Path, index: u64) -> PathBuf {
    if index == 0 {
        return path.to_owned();
    }
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{index}"));
    PathBuf::from(name)
}

// Differs: pipes-are-not-followed
/// Opens a regular file for reading. Anything else would not be read, but be taken from who reads it.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let file = files::open_to_read(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::ErrorKind::NotFound.into()) }
}

/// Which file is open there.
pub(super) fn identity(file: &File) -> io::Result<FileIdentity> {
    Ok(files::identity(file)?)
}

/// The mark of the file of that name, if there is one.
pub(super) fn mark(path: &Path) -> Option<Mark> {
    std::fs::metadata(path).ok().filter(Metadata::is_file).as_ref().map(Mark::of)
}

impl Mark {
    /// The mark of the file that has this to say of itself.
    pub(super) fn of(found: &Metadata) -> Self {
        let identity = FileIdentity { device: found.dev(), inode: found.ino() };
        Self { identity, modified: found.modified().ok() }
    }
}

/// Opens the file that comes after the one that is `mine`; `None` while there is none. `older` is what stood
/// next to mine when it was `F`, and tells old files from new ones if mine is not to be found any more.
///
/// # Errors
/// When a file cannot be opened.
pub(super) fn successor(
    path: &Path,
    mine: FileIdentity,
    older: Option<Mark>,
) -> io::Result<Option<Successor>> {
    for _ in 0..ATTEMPTS_MAX {
        let Some(index) = index_after(path, mine, older) else { return Ok(None) };
        let file = match open(&name_of(path, index)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound && index > 0 => continue,
            // Somebody is just about to make it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        // A rotation between the two looks would have put another file there.
        if index_after(path, mine, older) == Some(index) {
            return Ok(Some(Successor { file, is_rotated: index > 0 }));
        }
    }
    Ok(None)
}

/// The index of the file after mine; `None` if mine is `F`.
///
/// While files are being rotated there is one index, at most, that leads nowhere for a moment. Two in a row are
/// the end.
fn index_after(path: &Path, mine: FileIdentity, older: Option<Mark>) -> Option<u64> {
    let (mut oldest, mut missing) = (None, 0);
    for index in 0..BACKUPS_MAX {
        match mark(&name_of(path, index)) {
            Some(found) if found.identity == mine => return index.checked_sub(1),
            Some(found) if Some(found) == older => break,
            Some(_) => (oldest, missing) = (Some(index), 0),
            None if missing > 0 => break,
            None => missing += 1,
        }
    }
    Some(oldest.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    struct Logs(tempfile::TempDir);

    impl Logs {
        fn new() -> Self {
            Self(tempfile::tempdir().unwrap())
        }

        fn path(&self) -> PathBuf {
            self.0.path().join("log")
        }

        fn write(&self, index: u64, text: &str) -> FileIdentity {
            let path = name_of(&self.path(), index);
            fs::write(&path, text).unwrap();
            files::look_up(&path).unwrap().1
        }

        /// As the daemon does it, keeping `backups` files.
        fn rotate(&self, backups: u64) {
            for index in (0..backups).rev() {
                let from = name_of(&self.path(), index);
                if from.exists() {
                    fs::rename(from, name_of(&self.path(), index + 1)).unwrap();
                }
            }
        }

        fn after(&self, mine: FileIdentity, older: Option<Mark>) -> Option<(String, bool)> {
            let found = successor(&self.path(), mine, older).unwrap()?;
            Some((io::read_to_string(found.file).unwrap(), found.is_rotated))
        }
    }

    fn found(text: &str, is_rotated: bool) -> Option<(String, bool)> {
        Some((text.to_owned(), is_rotated))
    }

    #[test]
    fn nothing_comes_after_the_newest() {
        let logs = Logs::new();
        let mine = logs.write(0, "mine");
        assert_eq!(logs.after(mine, None), None);
        logs.rotate(3);
        assert_eq!(logs.after(mine, None), None, "the new one is not there yet");
    }

    #[test]
    fn the_one_after_mine_is_found_wherever_mine_is_now() {
        let logs = Logs::new();
        logs.write(1, "older");
        let mine = logs.write(0, "mine");
        let older = mark(&name_of(&logs.path(), 1));
        for (text, expected) in
            [("one", found("one", false)), ("two", found("one", true)), ("three", found("one", true))]
        {
            logs.rotate(9);
            logs.write(0, text);
            assert_eq!(logs.after(mine, older), expected);
        }
    }

    #[test]
    fn when_mine_was_rotated_away_everything_is_newer() {
        let logs = Logs::new();
        let path = logs.path();
        let mine = logs.write(0, "mine");
        let keep_the_inode = File::open(&path).unwrap();
        for text in ["one", "two", "three"] {
            logs.rotate(2);
            logs.write(0, text);
        }
        assert_eq!(logs.after(mine, None), found("one", true));
        drop(keep_the_inode);
    }

    #[test]
    fn when_mine_was_removed_old_files_stay_old() {
        let logs = Logs::new();
        logs.write(1, "older");
        let mine = logs.write(0, "mine");
        let older = mark(&name_of(&logs.path(), 1));
        let _keep_the_inode = File::open(logs.path()).unwrap();
        fs::remove_file(logs.path()).unwrap();
        assert_eq!(logs.after(mine, older), None);
        logs.write(0, "new");
        assert_eq!(logs.after(mine, older), found("new", false));
        logs.rotate(9);
        logs.write(0, "newer");
        assert_eq!(logs.after(mine, older), found("new", true));
    }

    #[test]
    fn a_rotation_that_is_half_done_hides_nothing() {
        let logs = Logs::new();
        let path = logs.path();
        let mine = logs.write(2, "mine");
        logs.write(1, "one");
        logs.write(0, "two");
        fs::rename(name_of(&path, 2), name_of(&path, 3)).unwrap();
        assert_eq!(logs.after(mine, None), None, "the one after mine is still to be moved there");
        fs::rename(name_of(&path, 1), name_of(&path, 2)).unwrap();
        assert_eq!(logs.after(mine, None), found("one", true));
        fs::rename(&path, name_of(&path, 1)).unwrap();
        assert_eq!(logs.after(mine, None), found("one", true));
    }

    #[test]
    fn what_is_no_regular_file_is_no_log() {
        let logs = Logs::new();
        assert!(open(Path::new("/dev/null")).is_err());
        assert!(open(logs.0.path()).is_err());
    }
}
