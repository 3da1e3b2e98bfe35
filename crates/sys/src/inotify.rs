//! Being told when files change, instead of looking again and again.

use std::ffi::OsString;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify, WatchDescriptor};

/// A queue of changes to files and directories. One for a whole process is enough, and the system allows a
/// user only few of them (128 by default).
#[derive(Debug)]
pub struct ChangeQueue(Inotify);

/// Something that is watched. Watching the same file twice gives the same watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Watch(WatchDescriptor);

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The watched file was written, cut, renamed, or lost a name; or the directory was itself moved or removed.
    Itself(Watch),
    /// A name appeared in the watched directory, or its file was written.
    Appeared(Watch, OsString),
    /// The kernel has ended the watch: what it watched is gone.
    Ended(Watch),
    /// Too much happened at once and some of it was not recorded: anything may have changed.
    Overflow,
}

impl ChangeQueue {
    /// An empty queue whose descriptor never blocks.
    ///
    /// # Errors
    /// `EMFILE` when the user has too many of them.
    pub fn new() -> Result<Self, Errno> {
        Inotify::init(InitFlags::IN_CLOEXEC | InitFlags::IN_NONBLOCK).map(Self)
    }

    /// Watches the very file that is open as `file`, whatever its name is by now.
    ///
    /// # Errors
    /// `ENOSPC` when the user watches too much; `ENOENT` without `/proc`.
    pub fn watch_open_file(&self, file: BorrowedFd<'_>) -> Result<Watch, Errno> {
        let path = PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()));
        let flags = AddWatchFlags::IN_MODIFY
            | AddWatchFlags::IN_ATTRIB
            | AddWatchFlags::IN_MOVE_SELF
            | AddWatchFlags::IN_DELETE_SELF;
        self.0.add_watch(&path, flags).map(Watch)
    }

    /// Watches whatever has that name now, such as a socket, for being renamed or losing a name. Links are not followed.
    ///
    /// # Errors
    /// `ENOENT` when nothing has that name; `ENOSPC` when the user watches too much.
    pub fn watch_name(&self, path: &Path) -> Result<Watch, Errno> {
        let flags = AddWatchFlags::IN_ATTRIB
            | AddWatchFlags::IN_MOVE_SELF
            | AddWatchFlags::IN_DELETE_SELF
            | AddWatchFlags::IN_DONT_FOLLOW;
        self.0.add_watch(path, flags).map(Watch)
    }

    /// Watches for names that appear in a directory.
    ///
    /// # Errors
    /// `ENOENT` or `ENOTDIR` when there is no such directory; `EACCES`; `ENOSPC` when the user watches too much.
    pub fn watch_directory(&self, path: &Path) -> Result<Watch, Errno> {
        let flags = AddWatchFlags::IN_CREATE
            | AddWatchFlags::IN_MOVED_TO
            | AddWatchFlags::IN_MOVE_SELF
            | AddWatchFlags::IN_DELETE_SELF
            | AddWatchFlags::IN_ONLYDIR;
        self.0.add_watch(path, flags).map(Watch)
    }

    /// Watches for files in a directory that are written, or get their name there.
    ///
    /// # Errors
    /// As [`Self::watch_directory`].
    pub fn watch_files_in(&self, path: &Path) -> Result<Watch, Errno> {
        let flags = AddWatchFlags::IN_MODIFY
            | AddWatchFlags::IN_CLOSE_WRITE
            | AddWatchFlags::IN_MOVED_TO
            | AddWatchFlags::IN_ONLYDIR;
        self.0.add_watch(path, flags).map(Watch)
    }

    /// Stops watching, for everyone who shares this watch.
    ///
    /// # Errors
    /// `EINVAL` when the watch has ended already.
    pub fn unwatch(&self, watch: Watch) -> Result<(), Errno> {
        self.0.rm_watch(watch.0)
    }

    /// Takes what has been recorded, oldest first; nothing if nothing happened.
    ///
    /// # Errors
    /// None that the kernel documents.
    pub fn read(&self) -> Result<Vec<Change>, Errno> {
        match crate::uninterrupted(|| self.0.read_events()) {
            Ok(events) => Ok(events
                .into_iter()
                .map(|event| {
                    let watch = Watch(event.wd);
                    if event.mask.contains(AddWatchFlags::IN_Q_OVERFLOW) {
                        Change::Overflow
                    } else if event.mask.contains(AddWatchFlags::IN_IGNORED) {
                        Change::Ended(watch)
                    } else if let Some(name) = event.name {
                        Change::Appeared(watch, name)
                    } else {
                        Change::Itself(watch)
                    }
                })
                .collect()),
            Err(Errno::EAGAIN) => Ok(Vec::new()),
            Err(errno) => Err(errno),
        }
    }
}

impl AsFd for ChangeQueue {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl AsRawFd for ChangeQueue {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_fd().as_raw_fd()
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::io::Write;

    use super::*;

    #[test]
    fn writes_renames_and_new_names_are_told() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        let mut file = File::create(&path).unwrap();
        let queue = ChangeQueue::new().unwrap();
        let of_file = queue.watch_open_file(file.as_fd()).unwrap();
        let of_directory = queue.watch_directory(directory.path()).unwrap();
        assert_eq!(queue.read().unwrap(), []);

        file.write_all(b"x").unwrap();
        assert_eq!(queue.read().unwrap(), [Change::Itself(of_file)]);

        fs::rename(&path, directory.path().join("log.1")).unwrap();
        fs::write(&path, "").unwrap();
        let changes = queue.read().unwrap();
        assert!(changes.contains(&Change::Itself(of_file)), "{changes:?}");
        assert!(changes.contains(&Change::Appeared(of_directory, "log".into())), "{changes:?}");

        file.write_all(b"late").unwrap();
        assert_eq!(queue.read().unwrap(), [Change::Itself(of_file)], "the watch follows the file");
        queue.unwatch(of_file).unwrap();
        assert_eq!(queue.read().unwrap(), [Change::Ended(of_file)]);
        assert_eq!(queue.unwatch(of_file), Err(Errno::EINVAL));
    }

    #[test]
    fn a_socket_that_loses_its_name_is_told_although_it_is_open() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("socket");
        let queue = ChangeQueue::new().unwrap();
        assert_eq!(queue.watch_name(&path), Err(Errno::ENOENT));
        let _listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
        let watch = queue.watch_name(&path).unwrap();
        let moved = directory.path().join("moved");
        fs::rename(&path, &moved).unwrap();
        assert_eq!(queue.read().unwrap(), [Change::Itself(watch)]);
        fs::remove_file(&moved).unwrap();
        assert!(queue.read().unwrap().contains(&Change::Itself(watch)));
    }

    #[test]
    fn a_removed_directory_ends_its_watch() {
        let directory = tempfile::tempdir().unwrap();
        let queue = ChangeQueue::new().unwrap();
        let watch = queue.watch_directory(directory.path()).unwrap();
        fs::remove_dir(directory.path()).unwrap();
        assert_eq!(queue.read().unwrap(), [Change::Itself(watch), Change::Ended(watch)]);
        assert_eq!(queue.watch_directory(directory.path()), Err(Errno::ENOENT));
    }
}
