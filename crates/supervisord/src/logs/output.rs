//! Where one output channel of a process goes: a file, the system's log, or nowhere.

use std::collections::VecDeque;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;

use supervisor_core::rotation::Rotation;
use supervisor_core::spec::{ChannelSpec, LogTarget};
use supervisor_sys::Errno;
use supervisor_sys::syslog::Syslog;

use super::file::{LOG_MODE, PRIVATE_LOG_MODE, RotatingFile, Trouble, Written, clear_path};

/// One channel's way out. It outlives the processes that write to it; the file is open only while somebody may
/// still write.
#[derive(Debug)]
pub struct Output {
    path: Option<Arc<str>>,
    mode: u32,
    rotation: Rotation,
    file: Option<Box<RotatingFile>>,
    syslog: Option<Box<SyslogLines>>,
}

/// A stream cut into lines for the system's log.
#[derive(Debug)]
struct SyslogLines {
    name: String,
    syslog: Syslog,
    /// Lines that the system's log has had no room for.
    waiting: VecDeque<String>,
}

impl Output {
    /// The way out of a channel whose log file is `path` (`None` for no file).
    #[must_use]
    pub fn new(name: &str, channel: &ChannelSpec, path: Option<String>, tag: &str) -> Self {
        let syslog = channel.syslog.then(|| {
            Box::new(SyslogLines {
                name: name.to_owned(),
                syslog: Syslog::open(tag),
                waiting: VecDeque::new(),
            })
        });
        Self {
            path: path.map(Arc::from),
            // Differs: auto-logs-stay-private
            mode: if matches!(channel.logfile, LogTarget::Auto) { PRIVATE_LOG_MODE } else { LOG_MODE },
            rotation: Rotation { maxbytes: channel.maxbytes, backups: channel.backups },
            file: None,
            syslog,
        }
    }

    /// The log file, if there is one.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        self.path.as_deref()
    }

    /// Makes the file ready to be written, because a process is about to start.
    ///
    /// # Errors
    /// What opening says.
    pub fn open(&mut self) -> Result<(), Errno> {
        if let Some(path) = &self.path
            && self.file.is_none()
        {
            self.file = Some(Box::new(RotatingFile::open_with(Arc::clone(path), self.rotation, self.mode)?));
        }
        Ok(())
    }

    /// Nobody writes any more.
    pub fn close(&mut self) {
        self.file = None;
    }

    /// Takes what is to be logged.
    pub fn write(&mut self, bytes: &[u8]) -> Written {
        if bytes.is_empty() {
            return Written::All;
        }
        let syslog = self.syslog.as_mut().map_or(Written::All, |syslog| syslog.send(bytes));
        let file = self.file.as_mut().map_or(Written::All, |file| file.append(bytes));
        if syslog == Written::Pending { syslog } else { file }
    }

    /// Writes what there was no room for.
    pub fn flush(&mut self) -> Written {
        let syslog = self.syslog.as_mut().map_or(Written::All, |syslog| syslog.flush());
        let file = self.file.as_mut().map_or(Written::All, |file| file.flush());
        if syslog == Written::Pending { syslog } else { file }
    }

    /// Whether there was no room for something.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.file.as_ref().is_some_and(|file| file.is_pending())
            || self.syslog.as_ref().is_some_and(|syslog| !syslog.waiting.is_empty())
    }

    /// Where room is waited for.
    #[must_use]
    pub fn waits_for(&self) -> Option<BorrowedFd<'_>> {
        let syslog = self.syslog.as_ref().filter(|syslog| !syslog.waiting.is_empty());
        let file = self.file.as_ref().filter(|file| file.is_pending());
        syslog
            .and_then(|syslog| syslog.syslog.connection())
            .or_else(|| file.and_then(|file| file.target()).map(AsFd::as_fd))
    }

    /// Everything that may have been waited for.
    pub fn targets(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        let syslog = self.syslog.as_ref().and_then(|syslog| syslog.syslog.connection());
        let file = self.file.as_ref().and_then(|file| file.target()).map(AsFd::as_fd);
        syslog.into_iter().chain(file)
    }

    /// What people should hear, if there is something new.
    pub fn take_trouble(&mut self) -> Option<Trouble> {
        self.file.as_mut().and_then(|file| file.take_trouble())
    }

    /// Opens the file anew if it is open.
    ///
    /// # Errors
    /// What opening says; the old file goes on being used.
    pub fn reopen(&mut self) -> Result<(), Errno> {
        self.file.as_mut().map_or(Ok(()), |file| file.reopen())
    }

    /// Empties the log, whether it is open or not.
    ///
    /// # Errors
    /// What removing and opening say.
    // Differs: clear-stopped
    pub fn clear(&mut self) -> Result<(), Errno> {
        match (&mut self.file, &self.path) {
            (Some(file), _) => file.clear(),
            (None, Some(path)) => empty_closed(path, self.rotation, self.mode),
            (None, None) => Ok(()),
        }
    }
}

fn empty_closed(path: &str, rotation: Rotation, mode: u32) -> Result<(), Errno> {
    use supervisor_sys::files::{FileKind, look_up};
    match look_up(std::path::Path::new(path)) {
        Ok((FileKind::Regular, _)) => {
            clear_path(path)?;
            RotatingFile::open_with(path, rotation, mode).map(drop)
        }
        Ok(_) | Err(Errno::ENOENT) => Ok(()),
        Err(errno) => Err(errno),
    }
}

impl SyslogLines {
    fn send(&mut self, bytes: &[u8]) -> Written {
        self.waiting.extend(lines(&self.name, bytes));
        self.flush()
    }

    fn flush(&mut self) -> Written {
        while let Some(line) = self.waiting.front() {
            // Where nobody listens there is nobody to wait for, as in the C library.
            if self.syslog.info(line) == Err(Errno::EAGAIN) {
                return Written::Pending;
            }
            self.waiting.pop_front();
        }
        Written::All
    }
}

/// The messages that one read makes: one for each line, the name before it.
// Compat: syslog-lines-per-read
fn lines(name: &str, bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    text.trim_end_matches('\n').split('\n').map(|line| format!("{name} {line}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_of_a_read_is_a_message() {
        assert_eq!(lines("web", b"one\n\ntwo\n\n"), ["web one", "web ", "web two"]);
        assert_eq!(lines("web", b"cut"), ["web cut"]);
    }

    fn output(path: Option<String>) -> Output {
        Output::new("web", &ChannelSpec::nowhere(), path, "supervisord")
    }

    #[test]
    fn a_closed_log_is_emptied_too() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log").to_str().unwrap().to_owned();
        let mut output = output(Some(path.clone()));
        output.clear().unwrap();
        assert!(!std::path::Path::new(&path).exists(), "nothing is made where nothing was");
        std::fs::write(&path, "old").unwrap();
        output.clear().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"");
    }
}
