//! The listening socket that the processes of a `[fcgi-program:x]` share as their standard input.

use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileTypeExt as _;
use std::path::Path;

use supervisor_core::effect::Level;
use supervisor_core::process::ProcessId;
use supervisor_core::spec::{GroupKind, SocketAddress, SocketSpec};
use supervisor_sys::Errno;
use supervisor_sys::files::{change_mode, change_owner, unlink};
use supervisor_sys::resolve::ipv4_of;
use supervisor_sys::sockets::{bind_unix, hand_down, listen_inet};

use super::Engine;
use super::children::FastCgiUse;
use super::spawn::Unspawned;

/// A socket that exists while somebody uses it.
#[derive(Debug)]
pub struct SharedSocket {
    spec: SocketSpec,
    open: Option<OwnedFd>,
    users: usize,
}

impl SharedSocket {
    /// A socket that nobody uses yet.
    #[must_use]
    pub fn new(spec: SocketSpec) -> Self {
        Self { spec, open: None, users: 0 }
    }

    /// Its address as messages show it.
    #[must_use]
    pub fn url(&self) -> String {
        match &self.spec.address {
            SocketAddress::Unix(path) => format!("unix://{path}"),
            SocketAddress::Tcp { host, port } => format!("tcp://{host}:{port}"),
        }
    }

    /// Makes it and takes it back; a socket that is there already may be somebody's, and stays as it is.
    ///
    /// # Errors
    /// What keeps it from being made.
    pub(crate) fn rehearse(&self) -> Result<(), String> {
        let refused = |reason: String| self.refusal(&reason);
        if let SocketAddress::Unix(path) = &self.spec.address {
            let path = Path::new(path);
            if std::fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket()) {
                return Ok(());
            }
            self.make().map_err(refused)?;
            return unlink(path).map_err(|errno| self.refusal(errno.desc()));
        }
        self.make().map(drop).map_err(refused)
    }

    fn refusal(&self, reason: &str) -> String {
        format!("Could not create FastCGI socket {}: {reason}", self.url())
    }

    fn make(&self) -> Result<OwnedFd, String> {
        let reason = |errno: Errno| errno.desc().to_owned();
        let socket = match &self.spec.address {
            SocketAddress::Unix(path) => {
                remove_old(Path::new(path))?;
                self.make_unix(Path::new(path)).map_err(reason)?
            }
            SocketAddress::Tcp { host, port } => {
                let address = ipv4_of(host).map_err(|error| format!("cannot resolve {host}: {}", error.0))?;
                listen_inet(SocketAddr::from((address, *port))).map_err(reason)?.into()
            }
        };
        hand_down(&socket, self.spec.backlog).map_err(reason)?;
        Ok(socket)
    }

    fn make_unix(&self, path: &Path) -> Result<OwnedFd, Errno> {
        let socket = bind_unix(path, self.spec.mode)?;
        let (uid, gid) = self.spec.owner;
        if uid.is_some() || gid.is_some() {
            change_owner(path, uid, gid)?;
        }
        change_mode(path, self.spec.mode)?;
        Ok(socket.listen()?.into())
    }
}

/// Removes a socket of an earlier time; never anything else.
///
/// # Errors
/// What is there instead, for people.
// Differs: only-sockets-are-stale
fn remove_old(path: &Path) -> Result<(), String> {
    let Ok(found) = std::fs::symlink_metadata(path) else { return Ok(()) };
    if !found.file_type().is_socket() {
        return Err(format!(
            "{} is there and is no socket; move it away or name another path",
            path.display()
        ));
    }
    match unlink(path) {
        Ok(()) | Err(Errno::ENOENT) => Ok(()),
        Err(errno) => Err(errno.desc().to_owned()),
    }
}

impl Engine {
    /// Sees whether the socket of a new FastCGI group could be made; says how its processes stand to it.
    pub(super) fn prepare_socket(&mut self, group: &str) -> Option<FastCgiUse> {
        let GroupKind::FastCgi(spec) = &self.core.group(group)?.spec().kind else { return None };
        if !self.children.sockets.contains_key(group) {
            let socket = SharedSocket::new(spec.clone());
            let url = socket.url();
            self.log.log(Level::Info, &format!("Creating socket {url}"));
            match socket.make() {
                Ok(_) => self.log.log(Level::Info, &format!("Closing socket {url}")),
                Err(reason) => {
                    let message = socket.refusal(&reason);
                    self.log.log(Level::Critical, &message);
                    self.start_trouble.get_or_insert(message);
                }
            }
            self.children.sockets.insert(group.to_owned(), socket);
        }
        Some(FastCgiUse { group: group.to_owned(), holds: false })
    }

    /// The standard input of a FastCGI process; `None` for other processes.
    ///
    /// # Errors
    /// Why there is no socket, for people.
    // Differs: fcgi-socket-lost-later
    // Differs: fcgi-socket-lines
    pub(super) fn take_socket(&mut self, id: ProcessId) -> Result<Option<OwnedFd>, Unspawned> {
        let Some(runtime) = self.children.runtimes.get_mut(&id) else { return Ok(None) };
        let Some(fastcgi) = &mut runtime.fastcgi else { return Ok(None) };
        let Some(socket) = self.children.sockets.get_mut(&fastcgi.group) else { return Ok(None) };
        let open = match socket.open.take() {
            Some(open) => open,
            None => {
                let url = socket.url();
                self.log.log(Level::Info, &format!("Creating socket {url}"));
                socket.make().map_err(|reason| Unspawned::Failed(socket.refusal(&reason)))?
            }
        };
        let copy = open.try_clone();
        socket.open = Some(open);
        let copy =
            copy.map_err(|_| Unspawned::NoRoom(format!("too many open files to spawn '{}'", runtime.name)))?;
        fastcgi.holds = true;
        socket.users += 1;
        Ok(Some(copy))
    }

    /// A FastCGI process is gone: the last one takes the socket with it.
    pub(super) fn give_socket_back(&mut self, id: ProcessId) {
        let Some(runtime) = self.children.runtimes.get_mut(&id) else { return };
        let Some(fastcgi) = runtime.fastcgi.as_mut().filter(|fastcgi| fastcgi.holds) else { return };
        fastcgi.holds = false;
        let Some(socket) = self.children.sockets.get_mut(&fastcgi.group) else { return };
        socket.users = socket.users.saturating_sub(1);
        if socket.users == 0 && socket.open.take().is_some() {
            self.log.log(Level::Info, &format!("Closing socket {}", socket.url()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_socket_gives_way_to_a_new_one() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.sock");
        let address = SocketAddress::Unix(path.to_str().unwrap().to_owned());
        let socket =
            SharedSocket::new(SocketSpec { address, owner: (None, None), mode: 0o600, backlog: None });
        std::fs::write(&path, "precious").unwrap();
        let complaint = socket.make().unwrap_err();
        assert!(
            complaint.starts_with(&format!("{} is there and is no socket", path.display())),
            "{complaint}"
        );
        assert_eq!(std::fs::read(&path).unwrap(), b"precious");
        std::fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink("elsewhere", &path).unwrap();
        assert!(socket.make().is_err());
        std::fs::remove_file(&path).unwrap();
        drop(socket.make().unwrap());
        socket.make().expect("its own socket of an earlier time is in nobody's way");
    }

    #[test]
    fn a_rehearsal_leaves_what_was_there() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.sock");
        let at = |path: &Path| {
            let address = SocketAddress::Unix(path.to_str().unwrap().to_owned());
            SharedSocket::new(SocketSpec { address, owner: (None, None), mode: 0o600, backlog: None })
        };
        at(&path).rehearse().unwrap();
        assert!(!path.exists());
        let listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
        at(&path).rehearse().unwrap();
        std::os::unix::net::UnixStream::connect(&path).expect("whoever listens there goes on");
        drop(listener);
        let nowhere = directory.path().join("nowhere/x.sock");
        assert_eq!(
            at(&nowhere).rehearse().unwrap_err(),
            format!(
                "Could not create FastCGI socket unix://{}: No such file or directory",
                nowhere.display()
            )
        );
    }
}
