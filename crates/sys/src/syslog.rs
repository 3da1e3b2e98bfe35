//! Lines for the system's log, sent as datagrams that never wait.

use std::io::ErrorKind;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};

use nix::errno::Errno;

/// Facility "user", severity "informational".
const PRIORITY: &str = "<14>";
/// Where the system's log listens.
const LOG_SOCKET: &str = "/dev/log";
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A way to the system's log. It connects when something is sent, and again after the log was restarted.
#[derive(Debug)]
pub struct Syslog {
    tag: String,
    path: PathBuf,
    socket: Option<UnixDatagram>,
}

impl Syslog {
    /// Lines will be marked with `tag`.
    #[must_use]
    pub fn open(tag: &str) -> Self {
        Self::open_at(tag, Path::new(LOG_SOCKET))
    }

    fn open_at(tag: &str, path: &Path) -> Self {
        Self { tag: tag.to_owned(), path: path.to_owned(), socket: None }
    }

    /// Sends one line.
    ///
    /// # Errors
    /// `EAGAIN` when the log does not keep up (send the line again when there is room), `ENOENT` or `ECONNREFUSED` when nobody
    /// listens, `EMSGSIZE` when the line is longer than a datagram may be.
    pub fn info(&mut self, line: &str) -> Result<(), Errno> {
        let datagram = format!("{PRIORITY}{} {}: {line}", local_time(), self.tag);
        let kept = self.socket.is_some();
        match self.send(datagram.as_bytes()) {
            // The log may have been restarted since we connected.
            Err(errno) if kept && errno != Errno::EAGAIN && errno != Errno::EMSGSIZE => {
                self.send(datagram.as_bytes())
            }
            outcome => outcome,
        }
    }

    /// The connection, if there is one, to wait for room with.
    #[must_use]
    pub fn connection(&self) -> Option<BorrowedFd<'_>> {
        self.socket.as_ref().map(AsFd::as_fd)
    }

    fn send(&mut self, datagram: &[u8]) -> Result<(), Errno> {
        let socket = match self.socket.take() {
            Some(socket) => socket,
            None => connect(&self.path).map_err(|error| errno_of(&error))?,
        };
        match socket.send(datagram) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                self.socket = Some(socket);
                return Err(Errno::EAGAIN);
            }
            Err(error) => return Err(errno_of(&error)),
        }
        self.socket = Some(socket);
        Ok(())
    }
}

fn connect(path: &Path) -> std::io::Result<UnixDatagram> {
    let socket = UnixDatagram::unbound()?;
    socket.set_nonblocking(true)?;
    socket.connect(path)?;
    Ok(socket)
}

fn errno_of(error: &std::io::Error) -> Errno {
    error.raw_os_error().map_or(Errno::EIO, Errno::from_raw)
}

/// `Nov 22 06:08:00`, the form that the system's log has always had.
fn local_time() -> String {
    let seconds =
        libc::time_t::try_from(crate::clock::wall_nanoseconds() / 1_000_000_000).unwrap_or(libc::time_t::MAX);
    let mut parts = MaybeUninit::<libc::tm>::zeroed();
    // SAFETY: both pointers are valid for the call; localtime_r reads the one and fills the other, which is
    // zeroed before, so it is valid even if nothing was written.
    let parts = unsafe {
        libc::localtime_r(&raw const seconds, parts.as_mut_ptr());
        parts.assume_init()
    };
    let month = usize::try_from(parts.tm_mon).ok().and_then(|month| MONTHS.get(month)).unwrap_or(&"Jan");
    format!("{month} {:2} {:02}:{:02}:{:02}", parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listen(path: &Path) -> UnixDatagram {
        let socket = UnixDatagram::bind(path).unwrap();
        socket.set_nonblocking(true).unwrap();
        socket
    }

    fn receive(socket: &UnixDatagram) -> String {
        let mut buffer = [0; 256];
        let length = socket.recv(&mut buffer).unwrap();
        String::from_utf8(buffer[..length].to_vec()).unwrap()
    }

    #[test]
    fn a_line_carries_priority_time_and_tag() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        let listener = listen(&path);
        Syslog::open_at("supervisord", &path).info("hello: world").unwrap();
        let line = receive(&listener);
        let (head, rest) = line.split_at("<14>Nov 22 06:08:00".len());
        assert_eq!(rest, " supervisord: hello: world");
        assert!(MONTHS.contains(&&head[4..7]), "{head}");
        assert_eq!((&head[..4], &head[13..14], &head[16..17]), ("<14>", ":", ":"));
    }

    #[test]
    fn a_log_that_was_restarted_is_found_again() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        let mut syslog = Syslog::open_at("x", &path);
        assert_eq!(syslog.info("nobody"), Err(Errno::ENOENT));
        let first = listen(&path);
        syslog.info("one").unwrap();
        drop(first);
        std::fs::remove_file(&path).unwrap();
        let second = listen(&path);
        syslog.info("two").unwrap();
        assert!(receive(&second).ends_with(" x: two"));
    }

    #[test]
    fn a_log_that_does_not_keep_up_is_not_waited_for() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        let listener = listen(&path);
        let mut syslog = Syslog::open_at("x", &path);
        let sent = std::iter::repeat_with(|| syslog.info("line")).take_while(Result::is_ok).count();
        assert_eq!(syslog.info("lost"), Err(Errno::EAGAIN));
        for _ in 0..sent {
            receive(&listener);
        }
        assert_eq!(syslog.info("kept"), Ok(()));
    }
}
