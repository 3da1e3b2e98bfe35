//! Listening sockets, made in steps that std joins together.

use std::net::{SocketAddr, TcpListener};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::net::UnixListener;
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::socket::{
    AddressFamily, Backlog, SockFlag, SockType, SockaddrIn, SockaddrIn6, UnixAddr, bind, connect, getsockopt,
    listen, setsockopt, socket, sockopt,
};
use nix::sys::stat::{Mode, fchmod};

/// How many connections wait to be accepted.
const BACKLOG: i32 = 1024;
/// The longest path that a socket can have, in bytes.
pub const UNIX_PATH_BYTES_MAX: usize = 107;

/// A stream socket that listens on a port at once, and whose address can be used again right after it.
///
/// # Errors
/// `EADDRINUSE`, `EACCES` (a port below 1024), `EADDRNOTAVAIL` (no such address here).
pub fn listen_inet(address: SocketAddr) -> Result<TcpListener, Errno> {
    let family = if address.is_ipv4() { AddressFamily::Inet } else { AddressFamily::Inet6 };
    let fd = stream_socket(family)?;
    setsockopt(&fd, sockopt::ReuseAddr, &true)?;
    match address {
        SocketAddr::V4(address) => bind(fd.as_raw_fd(), &SockaddrIn::from(address))?,
        SocketAddr::V6(address) => bind(fd.as_raw_fd(), &SockaddrIn6::from(address))?,
    }
    start_listening(&fd)?;
    Ok(TcpListener::from(fd))
}

/// A stream socket that has a path but does not listen yet, so that nobody can connect before its mode and
/// owner are right.
#[derive(Debug)]
pub struct BoundSocket(OwnedFd);

/// Makes a socket file that has at no time more permissions than `mode` gives. The umask may take some of them
/// away, which a change of mode gives back.
///
/// # Errors
/// `EADDRINUSE` there is something of that name; `ENAMETOOLONG` more than [`UNIX_PATH_BYTES_MAX`]; `ENOENT`,
/// `EACCES` and the like.
pub fn bind_unix(path: &Path, mode: u32) -> Result<BoundSocket, Errno> {
    let fd = stream_socket(AddressFamily::Unix)?;
    // The file takes its mode from the socket that it is made for.
    fchmod(&fd, Mode::from_bits_truncate(mode))?;
    bind(fd.as_raw_fd(), &unix_address(path)?)?;
    Ok(BoundSocket(fd))
}

impl BoundSocket {
    /// Lets clients in.
    ///
    /// # Errors
    /// None that the kernel documents for a bound socket.
    pub fn listen(self) -> Result<UnixListener, Errno> {
        start_listening(&self.0)?;
        Ok(UnixListener::from(self.0))
    }
}

/// Makes a listening socket one for children: it has that many places in its queue (`None` for as many as the system
/// allows), and whoever inherits it waits in `accept`, as servers that inherit a socket expect.
///
/// # Errors
/// None that the kernel documents for a listening socket.
pub fn hand_down(socket: &impl AsFd, backlog: Option<i32>) -> Result<(), Errno> {
    let fd = socket.as_fd();
    let backlog = backlog.unwrap_or(libc::SOMAXCONN);
    // SAFETY: plain numbers; the descriptor is open for the whole call.
    Errno::result(unsafe { libc::listen(fd.as_raw_fd(), backlog) })?;
    let flags = OFlag::from_bits_retain(fcntl(fd, FcntlArg::F_GETFL)?);
    fcntl(fd, FcntlArg::F_SETFL(flags & !OFlag::O_NONBLOCK)).map(drop)
}

/// Whether somebody listens on a socket file. Never waits, however busy they are.
///
/// # Errors
/// `ENOENT` nothing there; `EACCES` not ours to ask; `ENAMETOOLONG`.
pub fn somebody_listens(path: &Path) -> Result<bool, Errno> {
    let fd = stream_socket(AddressFamily::Unix)?;
    match connect(fd.as_raw_fd(), &unix_address(path)?) {
        Err(Errno::ECONNREFUSED) => Ok(false),
        // Busy, or not a stream socket: somebody's all the same.
        Ok(()) | Err(Errno::EAGAIN | Errno::EINPROGRESS | Errno::EPROTOTYPE) => Ok(true),
        Err(errno) => Err(errno),
    }
}

/// The process that began to listen on a socket file; `None` if it has no time to say so, or is out of sight. Never waits.
///
/// # Errors
/// As above; `ECONNREFUSED` nobody listens.
pub fn who_listens(path: &Path) -> Result<Option<i32>, Errno> {
    let fd = stream_socket(AddressFamily::Unix)?;
    match connect(fd.as_raw_fd(), &unix_address(path)?) {
        Ok(()) => {
            let pid = getsockopt(&fd, sockopt::PeerCredentials)?.pid();
            Ok((pid > 0).then_some(pid))
        }
        Err(Errno::EAGAIN | Errno::EINPROGRESS | Errno::EPROTOTYPE) => Ok(None),
        Err(errno) => Err(errno),
    }
}

/// Neither blocking nor surviving an exec.
fn stream_socket(family: AddressFamily) -> Result<OwnedFd, Errno> {
    socket(family, SockType::Stream, SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK, None)
}

fn start_listening(fd: &impl AsFd) -> Result<(), Errno> {
    listen(fd, Backlog::new(BACKLOG)?)
}

fn unix_address(path: &Path) -> Result<UnixAddr, Errno> {
    if path.as_os_str().len() > UNIX_PATH_BYTES_MAX {
        return Err(Errno::ENAMETOOLONG);
    }
    UnixAddr::new(path)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::net::{UnixDatagram, UnixStream};

    use super::*;

    #[test]
    fn nobody_can_connect_to_a_socket_before_it_listens() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("socket");
        assert_eq!(somebody_listens(&path), Err(Errno::ENOENT));
        let socket = bind_unix(&path, 0o700).unwrap();
        assert!(UnixStream::connect(&path).is_err());
        assert_eq!(somebody_listens(&path), Ok(false));
        let listener = socket.listen().unwrap();
        assert!(UnixStream::connect(&path).is_ok());
        assert_eq!(somebody_listens(&path), Ok(true));
        assert_eq!(who_listens(&path), Ok(i32::try_from(std::process::id()).ok()));
        drop(listener);
        assert_eq!(somebody_listens(&path), Ok(false), "a stale file");
        assert_eq!(who_listens(&path), Err(Errno::ECONNREFUSED));
        assert_eq!(bind_unix(&path, 0o700).unwrap_err(), Errno::EADDRINUSE);
    }

    #[test]
    fn a_socket_file_never_has_more_permissions_than_wanted() {
        let directory = tempfile::tempdir().unwrap();
        for mode in [0o700, 0o600, 0o770, 0o000] {
            let path = directory.path().join(format!("{mode:o}"));
            let _socket = bind_unix(&path, mode).unwrap();
            let found = std::fs::metadata(&path).unwrap().permissions().mode() & 0o7777;
            assert_eq!(found & !mode, 0, "{found:o}");
        }
    }

    #[test]
    fn a_listener_with_a_full_queue_is_still_somebody() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("socket");
        let socket = bind_unix(&path, 0o700).unwrap();
        listen(&socket.0, Backlog::new(0).unwrap()).unwrap();
        let mut waiting = Vec::new();
        for _ in 0..5 {
            assert_eq!(somebody_listens(&path), Ok(true));
            let _ = who_listens(&path).unwrap();
            let fd = stream_socket(AddressFamily::Unix).unwrap();
            let _ = connect(fd.as_raw_fd(), &unix_address(&path).unwrap());
            waiting.push(fd);
        }
    }

    #[test]
    fn a_socket_of_another_kind_is_somebody_elses() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("socket");
        let _datagrams = UnixDatagram::bind(&path).unwrap();
        assert_eq!(somebody_listens(&path), Ok(true));
    }

    #[test]
    fn a_path_that_is_too_long_is_told() {
        let path = "/tmp/".to_owned() + &"x".repeat(UNIX_PATH_BYTES_MAX);
        assert_eq!(bind_unix(Path::new(&path), 0o700).unwrap_err(), Errno::ENAMETOOLONG);
        assert_eq!(somebody_listens(Path::new(&path)), Err(Errno::ENAMETOOLONG));
    }

    #[test]
    fn a_port_has_one_listener() {
        let first = listen_inet(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let address = first.local_addr().unwrap();
        assert_eq!(listen_inet(address).unwrap_err(), Errno::EADDRINUSE);
        drop(first);
        assert!(listen_inet(address).is_ok());
    }

    #[test]
    fn a_socket_that_is_handed_down_blocks_and_still_listens() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("socket");
        let listener = bind_unix(&path, 0o700).unwrap().listen().unwrap();
        hand_down(&listener, Some(3)).unwrap();
        assert_eq!(fcntl(&listener, FcntlArg::F_GETFL).unwrap() & libc::O_NONBLOCK, 0);
        assert_eq!(somebody_listens(&path), Ok(true));
    }
}
