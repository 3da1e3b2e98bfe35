//! Log files and what else is done to files by name.

use std::fs::File;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{AtFlags, FcntlArg, OFlag, fcntl, open};
use nix::sys::stat::{FchmodatFlags, FileStat, Mode, SFlag, fchmod, fchmodat, fstat, stat};
use nix::sys::statfs::FsType;
use nix::unistd::{Gid, Uid};

use crate::pipes::{self, Write};
use crate::planted::open_to_write;

/// The file system type of pipes without a name (`PIPEFS_MAGIC`).
const PIPE_FILE_SYSTEM: libc::c_long = 0x5049_5045;

/// What kind of thing a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A regular file: has a size, can be cut and rotated.
    Regular,
    /// A pipe, with a name or without one.
    Pipe,
    /// A terminal or another character device, `/dev/null` for example.
    CharacterDevice,
    /// A socket, such as a standard output that leads to a journal.
    Socket,
    /// Anything else.
    Other,
}

/// Which file it is, whatever it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileIdentity {
    /// The device it is on.
    pub device: u64,
    /// Its number there.
    pub inode: u64,
}

/// For opening what may be anything: links are not followed, and neither opening nor reading waits.
pub const AS_IT_IS: i32 = libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_NOCTTY;

/// A file opened for appending, in such a way that writing to it never waits for a reader.
#[derive(Debug)]
pub struct LogFile {
    fd: OwnedFd,
    /// What it is.
    pub kind: FileKind,
    /// Which file it is.
    pub identity: FileIdentity,
    /// Its size in bytes when it was opened; 0 if it has none.
    pub size_bytes: u64,
}

/// Opens `path` for appending, creating a regular file (0666 less the umask) if there is nothing.
///
/// * A regular file is opened plainly.
/// * A pipe with a name is opened for reading too, so that a missing reader neither stops the open nor fails
///   the writes.
/// * Everything but a regular file gets `O_NONBLOCK`, which belongs to this opening alone.
/// * A socket cannot be opened. If it is our own standard output or error under one of the names that `/dev`
///   and `/proc` have for it, that descriptor is copied.
///
/// A file that is made gets `mode`, but for the umask.
///
/// # Errors
/// What `open` says; `EISDIR` for a directory, `ENXIO` for a socket that is not ours, `EACCES` for what somebody else
/// has put into a directory that everybody may write to.
// Differs: planted-files
pub fn open_log(path: &Path, mode: u32) -> Result<LogFile, Errno> {
    let flags = OFlag::O_WRONLY
        | OFlag::O_APPEND
        | OFlag::O_CREAT
        | OFlag::O_NONBLOCK
        | OFlag::O_CLOEXEC
        | OFlag::O_NOCTTY;
    let fd = match open_to_write(path, flags, Mode::from_bits_truncate(mode)) {
        Ok(fd) => fd,
        // Nobody reads that pipe yet, or it is a socket.
        Err(Errno::ENXIO) => return open_without_reader(path),
        Err(errno) => return Err(errno),
    };
    let log = LogFile::from_open(fd)?;
    match log.kind {
        FileKind::Regular => {
            let flags = OFlag::from_bits_retain(fcntl(&log.fd, FcntlArg::F_GETFL)?);
            fcntl(&log.fd, FcntlArg::F_SETFL(flags & !OFlag::O_NONBLOCK))?;
            Ok(log)
        }
        FileKind::Pipe if has_name(&log.fd) => open_without_reader(path),
        _ => Ok(log),
    }
}

fn open_without_reader(path: &Path) -> Result<LogFile, Errno> {
    match kind_of(&stat(path)?) {
        FileKind::Pipe => {
            let flags = OFlag::O_RDWR | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;
            LogFile::from_open(crate::uninterrupted(|| open(path, flags, Mode::empty()))?)
        }
        FileKind::Socket => copy_of_standard_stream(path),
        _ => Err(Errno::ENXIO),
    }
}

fn has_name(pipe: &OwnedFd) -> bool {
    nix::sys::statfs::fstatfs(pipe).is_ok_and(|found| found.filesystem_type() != FsType(PIPE_FILE_SYSTEM))
}

fn copy_of_standard_stream(path: &Path) -> Result<LogFile, Errno> {
    let wanted = identity_of(&stat(path)?);
    for stream in [std::io::stdout().as_fd(), std::io::stderr().as_fd()] {
        if fstat(stream).is_ok_and(|found| identity_of(&found) == wanted) {
            let copy = stream.try_clone_to_owned().map_err(|_| Errno::EMFILE)?;
            return LogFile::from_open(copy);
        }
    }
    Err(Errno::ENXIO)
}

/// Copies an output that was inherited: whoever has it writes at the same place of a file, each after the other.
///
/// # Errors
/// `EMFILE` and the like.
pub fn copy_of_output(output: impl AsFd) -> Result<LogFile, Errno> {
    LogFile::from_open(output.as_fd().try_clone_to_owned().map_err(|_| Errno::EMFILE)?)
}

impl LogFile {
    /// Whether the file has no name any more: what is written to it can never be read.
    #[must_use]
    pub fn is_removed(&self) -> bool {
        fstat(&self.fd).is_ok_and(|found| found.st_nlink == 0)
    }

    /// Who may do what with it.
    #[must_use]
    pub fn mode(&self) -> Option<u32> {
        fstat(&self.fd).ok().map(|found| found.st_mode & 0o7777)
    }

    /// Sets who may do what with it, whatever the umask.
    ///
    /// # Errors
    /// `EPERM` for somebody else's file.
    pub fn set_mode(&self, mode: u32) -> Result<(), Errno> {
        fchmod(&self.fd, Mode::from_bits_truncate(mode))
    }

    /// Takes everything out of a regular file.
    ///
    /// # Errors
    /// `EINVAL` for what is no regular file.
    pub fn empty(&self) -> Result<(), Errno> {
        crate::uninterrupted(|| nix::unistd::ftruncate(&self.fd, 0))
    }

    fn from_open(fd: OwnedFd) -> Result<Self, Errno> {
        let found = fstat(&fd)?;
        let kind = kind_of(&found);
        let size_bytes =
            if kind == FileKind::Regular { u64::try_from(found.st_size).unwrap_or(0) } else { 0 };
        Ok(Self { fd, kind, identity: identity_of(&found), size_bytes })
    }

    /// Appends as much of `bytes` as there is room for, without waiting for a reader.
    ///
    /// # Errors
    /// `ENOSPC`, `EIO`, `EDQUOT` and the like.
    pub fn write(&self, bytes: &[u8]) -> Result<Write, Errno> {
        if self.kind != FileKind::Socket {
            return pipes::write(self.fd.as_fd(), bytes);
        }
        // The descriptor is shared with others, so each call says by itself that it must not wait.
        let flags = libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL;
        pipes::outcome_of_write(crate::uninterrupted(|| {
            // SAFETY: `bytes` is valid for its length.
            let sent = unsafe { libc::send(self.fd.as_raw_fd(), bytes.as_ptr().cast(), bytes.len(), flags) };
            Errno::result(sent).map(|count| usize::try_from(count).unwrap_or(0))
        }))
    }
}

impl AsFd for LogFile {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// Opens a file for reading, in such a way that a pipe without a writer does not keep us waiting.
///
/// # Errors
/// `ENOENT`, `EACCES` and the like.
pub fn open_to_read(path: &Path) -> Result<File, Errno> {
    let flags = OFlag::O_RDONLY | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC | OFlag::O_NOCTTY;
    crate::uninterrupted(|| open(path, flags, Mode::empty())).map(File::from)
}

/// What a path leads to at the moment (symbolic links followed) and which file that is.
///
/// # Errors
/// `ENOENT` and the like.
pub fn look_up(path: &Path) -> Result<(FileKind, FileIdentity), Errno> {
    let found = stat(path)?;
    Ok((kind_of(&found), identity_of(&found)))
}

/// Which file is open there.
///
/// # Errors
/// None for an open descriptor.
pub fn identity(fd: impl AsFd) -> Result<FileIdentity, Errno> {
    fstat(fd).map(|found| identity_of(&found))
}

fn kind_of(found: &FileStat) -> FileKind {
    match SFlag::from_bits_truncate(found.st_mode) & SFlag::S_IFMT {
        SFlag::S_IFREG => FileKind::Regular,
        SFlag::S_IFIFO => FileKind::Pipe,
        SFlag::S_IFCHR => FileKind::CharacterDevice,
        SFlag::S_IFSOCK => FileKind::Socket,
        _ => FileKind::Other,
    }
}

fn identity_of(found: &FileStat) -> FileIdentity {
    FileIdentity { device: found.st_dev, inode: found.st_ino }
}

/// Makes a new file that only its owner can read and write, and opens it for both.
///
/// # Errors
/// `EEXIST` when there is something of that name.
pub fn create_private(path: &Path) -> Result<File, Errno> {
    let flags = OFlag::O_RDWR | OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_CLOEXEC | OFlag::O_NOFOLLOW;
    crate::uninterrupted(|| open(path, flags, Mode::S_IRUSR | Mode::S_IWUSR)).map(File::from)
}

/// Replaces what is in a file by `bytes`, making it (0666 less the umask) if there is nothing. Never waits for a reader.
///
/// # Errors
/// As for [`open_log`]; `ENXIO` for a pipe that nobody reads; `ENOSPC`.
pub fn overwrite(path: &Path, bytes: &[u8]) -> Result<(), Errno> {
    let flags = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC | OFlag::O_NOCTTY;
    let fd = open_to_write(path, flags, Mode::from_bits_truncate(0o666))?;
    if kind_of(&fstat(&fd)?) == FileKind::Regular {
        nix::unistd::ftruncate(&fd, 0)?;
    }
    let mut rest = bytes;
    while !rest.is_empty() {
        let count = crate::uninterrupted(|| nix::unistd::write(&fd, rest))?;
        rest = &rest[count..];
    }
    Ok(())
}

/// Sets the mode of a file (symbolic links followed), whatever the umask.
///
/// # Errors
/// `ENOENT`, `EPERM` and the like.
pub fn change_mode(path: &Path, mode: u32) -> Result<(), Errno> {
    let mode = Mode::from_bits_truncate(mode);
    fchmodat(nix::fcntl::AT_FDCWD, path, mode, FchmodatFlags::FollowSymlink)
}

/// Sets owner and group of a file (symbolic links followed); `None` leaves one as it is.
///
/// # Errors
/// `ENOENT`, `EPERM` and the like.
pub fn change_owner(path: &Path, uid: Option<u32>, gid: Option<u32>) -> Result<(), Errno> {
    nix::unistd::fchownat(
        nix::fcntl::AT_FDCWD,
        path,
        uid.map(Uid::from_raw),
        gid.map(Gid::from_raw),
        AtFlags::empty(),
    )
}

/// Removes a name.
///
/// # Errors
/// `ENOENT`, `EACCES` and the like.
pub fn unlink(path: &Path) -> Result<(), Errno> {
    nix::unistd::unlink(path)
}

/// Takes an exclusive lock on an open file, which lasts until its last copy is closed. Returns false when
/// somebody else has it.
///
/// # Errors
/// `ENOLCK` and the like.
pub fn try_lock(file: &File) -> Result<bool, Errno> {
    // SAFETY: flock takes plain numbers and the descriptor is open.
    match Errno::result(unsafe { libc::flock(file.as_raw_fd(), libc::LOCK_EX | libc::LOCK_NB) }) {
        Ok(_) => Ok(true),
        Err(Errno::EAGAIN) => Ok(false),
        Err(errno) => Err(errno),
    }
}

#[cfg(test)]
mod tests {
    /// As a log usually has it.
    const MODE: u32 = 0o666;

    use std::fs;
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    use std::os::unix::net::UnixListener;

    use super::*;

    fn scratch() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    #[test]
    fn a_regular_log_is_appended_to_and_says_its_size() {
        let directory = scratch();
        let path = directory.path().join("log");
        let log = open_log(&path, MODE).unwrap();
        assert_eq!((log.kind, log.size_bytes), (FileKind::Regular, 0));
        log.write(b"one").unwrap();
        let again = open_log(&path, MODE).unwrap();
        assert_eq!((again.size_bytes, again.identity), (3, log.identity));
        again.write(b"two").unwrap();
        log.write(b"three").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"onetwothree");
        assert_eq!(fcntl(&log, FcntlArg::F_GETFL).unwrap() & libc::O_NONBLOCK, 0);
        assert_eq!(look_up(&path), Ok((FileKind::Regular, log.identity)));
    }

    #[test]
    fn a_named_pipe_without_a_reader_takes_what_fits_and_then_would_block() {
        let directory = scratch();
        let path = directory.path().join("pipe");
        nix::unistd::mkfifo(&path, Mode::S_IRWXU).unwrap();
        let log = open_log(&path, MODE).unwrap();
        assert_eq!(log.kind, FileKind::Pipe);
        while let Write::Bytes(_) = log.write(&[b'x'; 4096]).unwrap() {}
        assert_eq!(log.write(b"x"), Ok(Write::WouldBlock));
    }

    #[test]
    fn a_named_pipe_survives_its_reader() {
        let directory = scratch();
        let path = directory.path().join("pipe");
        nix::unistd::mkfifo(&path, Mode::S_IRWXU).unwrap();
        let reader = open(&path, OFlag::O_RDONLY | OFlag::O_NONBLOCK, Mode::empty()).unwrap();
        let log = open_log(&path, MODE).unwrap();
        drop(reader);
        assert_eq!(log.write(b"x"), Ok(Write::Bytes(1)));
    }

    #[test]
    fn a_pipe_without_a_name_can_be_a_log_and_its_reader_is_missed() {
        let (reader, writer) = pipes::pipe(pipes::Ours::Read).unwrap();
        let path = format!("/proc/self/fd/{}", writer.as_raw_fd());
        let log = open_log(Path::new(&path), MODE).unwrap();
        assert_eq!(log.kind, FileKind::Pipe);
        assert_eq!(log.write(b"x"), Ok(Write::Bytes(1)));
        assert_eq!(fcntl(&writer, FcntlArg::F_GETFL).unwrap() & libc::O_NONBLOCK, 0, "the original blocks");
        drop((reader, writer));
        assert_eq!(log.write(b"x"), Ok(Write::Closed));
    }

    #[test]
    fn devices_directories_and_sockets_are_told_apart() {
        let directory = scratch();
        assert_eq!(open_log(Path::new("/dev/null"), MODE).unwrap().kind, FileKind::CharacterDevice);
        assert_eq!(open_log(directory.path(), MODE).unwrap_err(), Errno::EISDIR);
        let socket = directory.path().join("socket");
        let _listener = UnixListener::bind(&socket).unwrap();
        assert_eq!(open_log(&socket, MODE).unwrap_err(), Errno::ENXIO);
        assert_eq!(look_up(&socket).unwrap().0, FileKind::Socket);
        assert_eq!(open_log(&directory.path().join("no/log"), MODE).unwrap_err(), Errno::ENOENT);
    }

    #[test]
    fn a_private_file_is_new_and_nobody_elses() {
        let directory = scratch();
        let path = directory.path().join("auto");
        create_private(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(create_private(&path).unwrap_err(), Errno::EEXIST);
    }

    #[test]
    fn overwriting_leaves_nothing_of_what_was_there_and_waits_for_nobody() {
        let directory = scratch();
        let path = directory.path().join("pid");
        overwrite(&path, b"12345\n").unwrap();
        overwrite(&path, b"9\n").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"9\n");
        let pipe = directory.path().join("pipe");
        nix::unistd::mkfifo(&pipe, Mode::S_IRWXU).unwrap();
        assert_eq!(overwrite(&pipe, b"9\n"), Err(Errno::ENXIO));
        overwrite(Path::new("/dev/null"), b"9\n").unwrap();
    }

    #[test]
    fn modes_and_owners_are_set_as_told() {
        let directory = scratch();
        let path = directory.path().join("file");
        fs::write(&path, "").unwrap();
        change_mode(&path, 0o751).unwrap();
        let found = fs::metadata(&path).unwrap();
        assert_eq!(found.permissions().mode() & 0o7777, 0o751);
        change_owner(&path, Some(found.uid()), None).unwrap();
        if crate::host::effective_uid() == 0 {
            change_owner(&path, None, Some(12345)).unwrap();
            assert_eq!(fs::metadata(&path).unwrap().gid(), 12345);
        }
        unlink(&path).unwrap();
        assert_eq!(change_mode(&path, 0o600), Err(Errno::ENOENT));
        assert_eq!(unlink(&path), Err(Errno::ENOENT));
    }

    #[test]
    fn a_lock_has_one_owner_until_the_file_is_closed() {
        let directory = scratch();
        let path = directory.path().join("lock");
        let first = create_private(&path).unwrap();
        let second = File::open(&path).unwrap();
        assert_eq!(try_lock(&first), Ok(true));
        assert_eq!(try_lock(&second), Ok(false));
        drop(first);
        assert_eq!(try_lock(&second), Ok(true));
    }
}
