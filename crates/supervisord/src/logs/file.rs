//! One log file: written without waiting, rotated, reopened, emptied.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use supervisor_core::rotation::{Rotation, rotated_name};
use supervisor_sys::Errno;
use supervisor_sys::clock::monotonic_nanoseconds;
use supervisor_sys::files::{FileKind, LogFile, look_up, open_log, overwrite, unlink};
use supervisor_sys::pipes::Write;

/// Who may do what with a log that is made anew, but for the umask.
pub const LOG_MODE: u32 = 0o666;
/// The same of a log of which only we know the name.
pub const PRIVATE_LOG_MODE: u32 = 0o600;

/// So often, at most, it is looked whether a log was removed.
const LOOK_INTERVAL_NANOSECONDS: u64 = 1_000_000_000;

/// What became of bytes given to a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// All of them are in the file.
    All,
    /// The target has no room at the moment; the rest is kept and must be flushed before more is given.
    Pending,
}

/// A log file at a path.
///
/// A regular file takes everything at once. A pipe or a terminal may have no room: then what is left is kept
/// here, and whoever writes must hold back until it is flushed, so that nothing is lost and little is kept.
#[derive(Debug)]
pub struct RotatingFile {
    path: Arc<str>,
    mode: u32,
    rotation: Rotation,
    target: Option<LogFile>,
    size_bytes: u64,
    kept: Vec<u8>,
    lost_bytes: u64,
    lost_of_last: usize,
    removal: Removal,
    trouble: Option<Trouble>,
}

/// What is known of whether the open file still has a name.
#[derive(Debug, Default)]
struct Removal {
    /// When that was last looked at.
    looked_at_nanoseconds: u64,
    /// How much was written since the file was last seen to have a name.
    bytes_since: u64,
    /// It has none, and its path cannot be opened.
    is_told: bool,
}

/// Something that people should hear about a log, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Writing fails; what is written from now on is lost.
    Failing(String),
    /// Writing works again; so many bytes were lost meanwhile.
    Recovered(String),
    /// It could not be rotated and grows on.
    NotRotated(String),
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Failing(text) | Self::Recovered(text) | Self::NotRotated(text) => f.write_str(text),
        }
    }
}

impl RotatingFile {
    /// Opens (and creates) the file.
    ///
    /// # Errors
    /// What opening says: `EISDIR`, `ENOENT` for a missing directory, `EACCES`.
    pub fn open(path: impl Into<Arc<str>>, rotation: Rotation) -> Result<Self, Errno> {
        Self::open_with(path, rotation, LOG_MODE)
    }

    /// The same with the mode that the file has whenever it is made.
    ///
    /// # Errors
    /// As above.
    pub fn open_with(path: impl Into<Arc<str>>, rotation: Rotation, mode: u32) -> Result<Self, Errno> {
        let path = path.into();
        let target = open_log(Path::new(&*path), mode)?;
        let size_bytes = target.size_bytes;
        Ok(Self {
            path,
            mode,
            rotation,
            target: Some(target),
            size_bytes,
            kept: Vec::new(),
            lost_bytes: 0,
            lost_of_last: 0,
            removal: Removal::default(),
            trouble: None,
        })
    }

    /// Its path as configured.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The open file, to wait for room with.
    #[must_use]
    pub fn target(&self) -> Option<&LogFile> {
        self.target.as_ref()
    }

    /// Whether bytes are kept that must be flushed first.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        !self.kept.is_empty()
    }

    /// What people should hear, if there is something new.
    pub fn take_trouble(&mut self) -> Option<Trouble> {
        self.trouble.take()
    }

    /// How many bytes were lost of those that the last call of [`Self::append`] or [`Self::flush`] wrote.
    #[must_use]
    pub fn lost_of_last(&self) -> usize {
        self.lost_of_last
    }

    /// How many bytes the open file has.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// Appends `bytes`, rotating when the file has reached its limit.
    pub fn append(&mut self, bytes: &[u8]) -> Written {
        if self.is_pending() {
            self.lost_of_last = 0;
            self.kept.extend_from_slice(bytes);
            return Written::Pending;
        }
        let rest = self.write(bytes);
        self.kept.extend_from_slice(&bytes[bytes.len() - rest..]);
        if rest > 0 { Written::Pending } else { Written::All }
    }

    /// Writes what was kept.
    pub fn flush(&mut self) -> Written {
        let kept = std::mem::take(&mut self.kept);
        let rest = self.write(&kept);
        self.kept = kept;
        self.kept.drain(..self.kept.len() - rest);
        if rest > 0 { Written::Pending } else { Written::All }
    }

    /// Writes until done or until there is no room; returns how many bytes are left.
    fn write(&mut self, bytes: &[u8]) -> usize {
        self.lost_of_last = 0;
        self.look_for_removal();
        let mut rest = bytes;
        while !rest.is_empty() {
            let Some(target) = &self.target else {
                if self.reopen_target().is_err() {
                    self.lose(rest.len());
                    return 0;
                }
                continue;
            };
            match target.write(rest) {
                Ok(Write::Bytes(count)) => {
                    rest = &rest[count..];
                    self.size_bytes += count as u64;
                    self.removal.bytes_since += count as u64;
                    self.recovered();
                }
                Ok(Write::WouldBlock) => return rest.len(),
                Ok(Write::Closed) => {
                    self.fail(Errno::EPIPE, rest.len());
                    return 0;
                }
                Err(errno) => {
                    self.fail(errno, rest.len());
                    return 0;
                }
            }
        }
        // Looking at the path costs system calls, and comes last.
        if self.rotation.is_due(self.size_bytes) && self.is_regular() && !is_name_of_a_stream(&self.path) {
            self.rotate();
        }
        0
    }

    /// Looks from time to time, while something is written, whether somebody has removed the file. Then it is begun anew,
    /// as soon as that is possible. A file that was only moved is written on, as whoever moved it expects.
    // Differs: removed-logs-come-back
    fn look_for_removal(&mut self) {
        let now = monotonic_nanoseconds();
        if now < self.removal.looked_at_nanoseconds.saturating_add(LOOK_INTERVAL_NANOSECONDS) {
            return;
        }
        self.removal.looked_at_nanoseconds = now;
        if !self.begin_anew_if_removed() {
            self.removal.bytes_since = 0;
        }
    }

    /// Returns whether the file was removed.
    fn begin_anew_if_removed(&mut self) -> bool {
        let removed =
            self.target.as_ref().filter(|target| target.kind == FileKind::Regular && target.is_removed());
        let Some(removed) = removed else { return false };
        if is_name_of_a_stream(&self.path) {
            return false;
        }
        let mode = removed.mode();
        let path = self.path.clone();
        match self.reopen_target() {
            Ok(()) => {
                if let (Some(mode), Some(target), 0) = (mode, &self.target, self.size_bytes) {
                    // It may be private. A file that is not ours has the mode that its owner wants.
                    let _ = target.set_mode(mode);
                }
                let count = std::mem::take(&mut self.removal.bytes_since);
                let text =
                    format!("{path} was removed and is begun anew; at most {count} bytes were lost with it");
                self.trouble = Some(Trouble::Recovered(text));
                self.removal.is_told = false;
            }
            Err(errno) if !self.removal.is_told => {
                self.removal.is_told = true;
                let text = format!(
                    "{path} was removed and cannot be made again: {errno:?} ({}); its output is being lost",
                    errno.desc()
                );
                self.trouble = Some(Trouble::Failing(text));
            }
            Err(_) => {}
        }
        true
    }

    fn is_regular(&self) -> bool {
        self.target.as_ref().is_some_and(|target| target.kind == FileKind::Regular)
    }

    fn lose(&mut self, count: usize) {
        self.lost_bytes += count as u64;
        self.lost_of_last = count;
    }

    fn fail(&mut self, errno: Errno, count: usize) {
        if self.lost_bytes == 0 {
            let path = &self.path;
            let text =
                format!("cannot write to {path}: {errno:?} ({}); its output is being lost", errno.desc());
            self.trouble = Some(Trouble::Failing(text));
        }
        self.lose(count);
    }

    fn recovered(&mut self) {
        if self.lost_bytes > 0 {
            let text = format!("writing to {} again; {} bytes were lost", self.path, self.lost_bytes);
            self.trouble = Some(Trouble::Recovered(text));
            self.lost_bytes = 0;
        }
    }

    fn reopen_target(&mut self) -> Result<(), Errno> {
        let target = open_log(Path::new(&*self.path), self.mode)?;
        self.size_bytes = target.size_bytes;
        self.target = Some(target);
        self.removal.looked_at_nanoseconds = 0;
        Ok(())
    }

    fn rotate(&mut self) {
        if self.begin_anew_if_removed() {
            // Nobody can read it, and it must not fill the disk.
            if self.removal.is_told && self.target.as_ref().is_some_and(|target| target.empty().is_ok()) {
                self.size_bytes = 0;
            }
            return;
        }
        for (from, to) in self.rotation.moves() {
            let (from, to) = (rotated_name(&self.path, from), rotated_name(&self.path, to));
            match std::fs::rename(&from, &to) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return self.not_rotated(&format!("cannot rename {from} to {to}: {error}"));
                }
                Ok(()) | Err(_) => {}
            }
        }
        if self.rotation.backups <= 0 {
            // Emptied in place: whoever follows the file sees it shrink.
            if let Err(errno) = overwrite(Path::new(&*self.path), b"") {
                return self.not_rotated(&format!("cannot empty {}: {}", self.path, errno.desc()));
            }
        }
        if let Err(errno) = self.reopen_target() {
            self.not_rotated(&format!("cannot open {}: {errno:?}", self.path));
        }
    }

    /// The open file goes on being written, and the next try comes after as many bytes again.
    fn not_rotated(&mut self, why: &str) {
        self.size_bytes = 0;
        let text = format!("{} is not rotated: {why}", self.path);
        self.trouble = Some(Trouble::NotRotated(text));
    }

    /// Opens the path anew, as somebody else may have moved the file. On failure the old file goes on being used.
    ///
    /// # Errors
    /// What opening says.
    pub fn reopen(&mut self) -> Result<(), Errno> {
        self.reopen_target()
    }

    /// Removes the file and starts a new one; anything but a regular file is left alone.
    ///
    /// # Errors
    /// What removing or opening says.
    pub fn clear(&mut self) -> Result<(), Errno> {
        clear_path(&self.path)?;
        if self.is_regular() { self.reopen_target() } else { Ok(()) }
    }
}

/// So many symbolic links are followed, as by the kernel.
const LINKS_MAX: usize = 40;

/// Whether a path is the machine's name for an open file, such as `/dev/stdout`, or a link to one. Such a name is not
/// ours to move or remove, whatever it leads to.
fn is_name_of_a_stream(path: &str) -> bool {
    let mut path = PathBuf::from(path);
    for _ in 0..LINKS_MAX {
        let is_device = path.starts_with("/dev") && !path.starts_with("/dev/shm");
        if is_device || path.starts_with("/proc") {
            return true;
        }
        let Ok(target) = std::fs::read_link(&path) else { return false };
        path = path.parent().unwrap_or(Path::new("/")).join(target);
    }
    false
}

/// Removes a regular file; whatever else has that name is left alone, and nothing is an error about nothing.
///
/// # Errors
/// What removing says.
// Differs: clear-regular-files-only
pub fn clear_path(path: &str) -> Result<(), Errno> {
    if is_name_of_a_stream(path) {
        return Ok(());
    }
    let path = PathBuf::from(path);
    match look_up(&path) {
        Ok((FileKind::Regular, _)) => unlink(&path),
        Ok(_) | Err(Errno::ENOENT) => Ok(()),
        Err(errno) => Err(errno),
    }
}

#[cfg(test)]
mod tests;
