//! Opening the servers' sockets.

use std::fmt;
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use supervisor_config::servers::{ServerAddress, ServerSpec};
use supervisor_config::value::{InetEndpoint, OwnerIds};
use supervisor_core::effect::Level;
use supervisor_sys::files::{self, FileIdentity, FileKind};
use supervisor_sys::resolve::{self, ResolveError};
use supervisor_sys::sockets::{self, UNIX_PATH_BYTES_MAX};
use supervisor_sys::{Errno, host, users};

use super::auth::Login;

/// How often a path is freed of stale sockets before somebody else may have it.
const ATTEMPTS_MAX: usize = 5;

/// A server that listens but answers nobody yet.
#[derive(Debug)]
pub struct BoundServer {
    pub(super) section: String,
    pub(super) listener: Listener,
    pub(super) login: Option<Login>,
    pub(super) socket_file: Option<SocketFile>,
}

#[derive(Debug)]
pub(super) enum Listener {
    Inet(TcpListener),
    Unix(UnixListener),
}

/// A socket file that we have made, and make anew when it is gone.
#[derive(Clone, Debug)]
pub(super) struct SocketFile {
    path: PathBuf,
    mode: u32,
    owner: OwnerIds,
    identity: Arc<Mutex<FileIdentity>>,
}

/// Why a server could not be opened. The text is what follows `Error: `.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BindError {
    /// Somebody else has the address.
    InUse,
    /// The host has no address.
    Unresolved(i32),
    /// The path of a socket is longer than the system allows.
    PathTooLong,
    /// The system refused.
    System(Errno),
    /// The owner of a socket could not be set.
    Chown {
        /// The socket.
        path: String,
        /// Whom it was to belong to.
        owner: OwnerIds,
    },
}

/// A server that could not be opened.
#[derive(Clone, Debug)]
pub struct Unbound {
    /// The server.
    pub server: Box<ServerSpec>,
    /// Why it could not.
    pub error: BindError,
}

/// Opens every server, in the order given. When one cannot be opened, none stays open.
///
/// # Errors
/// The first one that failed, and why.
pub fn bind(servers: &[ServerSpec]) -> Result<Vec<BoundServer>, Unbound> {
    let mut bound: Vec<BoundServer> = Vec::with_capacity(servers.len());
    for server in servers {
        match bind_one(server) {
            Ok(server) => bound.push(server),
            Err(error) => {
                bound.iter().for_each(BoundServer::remove_socket_file);
                return Err(Unbound { server: Box::new(server.clone()), error });
            }
        }
    }
    Ok(bound)
}

impl BoundServer {
    /// What the main log says of it, given the names of the RPC interfaces.
    #[must_use]
    pub fn announcements(&self, interfaces: &[String]) -> Vec<(Level, String)> {
        let interfaces =
            interfaces.iter().map(|name| (Level::Info, format!("RPC interface '{name}' initialized")));
        let open = self.login.is_none().then(|| {
            let section = &self.section;
            let text = format!("Server '{section}' running without any HTTP authentication checking");
            (Level::Critical, text)
        });
        interfaces.chain(open).collect()
    }

    /// Removes its socket file, unless another has taken the path. Dropping a server does not do that, because
    /// the parent of a daemon drops what its child goes on to serve.
    pub fn remove_socket_file(&self) {
        if let Some(file) = &self.socket_file {
            file.remove();
        }
    }
}

impl SocketFile {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether its path still leads to it.
    pub(super) fn is_there(&self) -> bool {
        let ours = *self.identity.lock().unwrap_or_else(PoisonError::into_inner);
        files::look_up(&self.path).is_ok_and(|(_, identity)| identity == ours)
    }

    /// Makes one like it in its place.
    ///
    /// # Errors
    /// As at the start: what is in the way and not ours stays.
    pub(super) fn make_anew(&self) -> Result<UnixListener, BindError> {
        let (listener, identity) = bind_unix(&self.path, self.mode, self.owner)?;
        *self.identity.lock().unwrap_or_else(PoisonError::into_inner) = identity;
        Ok(listener)
    }

    pub(super) fn remove(&self) {
        if self.is_there() {
            // Somebody may have been faster, and nothing more can be done.
            let _ = files::unlink(&self.path);
        }
    }
}

fn bind_one(server: &ServerSpec) -> Result<BoundServer, BindError> {
    let (listener, socket_file) = match &server.address {
        ServerAddress::Inet(endpoint) => (Listener::Inet(bind_inet(endpoint)?), None),
        ServerAddress::Unix { path, chmod, chown } => {
            let (path, mode, owner) = (PathBuf::from(path), *chmod, *chown);
            let (listener, identity) = bind_unix(&path, mode, owner)?;
            let identity = Arc::new(Mutex::new(identity));
            (Listener::Unix(listener), Some(SocketFile { path, mode, owner, identity }))
        }
    };
    let login = Login::of(server);
    Ok(BoundServer { section: server.section.clone(), listener, login, socket_file })
}

fn bind_inet(endpoint: &InetEndpoint) -> Result<TcpListener, BindError> {
    let address = SocketAddr::new(address_of(&endpoint.host)?, endpoint.port);
    Ok(sockets::listen_inet(address)?)
}

fn address_of(host: &str) -> Result<IpAddr, BindError> {
    if host.is_empty() {
        return Ok(Ipv4Addr::UNSPECIFIED.into());
    }
    // Differs: ipv6-literals
    let literal = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    if let Ok(address) = literal.parse::<Ipv6Addr>() {
        return Ok(address.into());
    }
    Ok(resolve::ipv4_of(host)?.into())
}

fn bind_unix(path: &Path, mode: u32, owner: OwnerIds) -> Result<(UnixListener, FileIdentity), BindError> {
    let temporary = temporary_name(path)?;
    remove_leftover(&temporary);
    let result = make_socket(&temporary, mode, owner, path).and_then(|listener| {
        let identity = files::look_up(&temporary)?.1;
        put_in_place(&temporary, path)?;
        Ok((listener, identity))
    });
    // It is gone if it was renamed.
    let _ = files::unlink(&temporary);
    result
}

/// The socket gets its mode and owner, and begins to listen, before it gets its name, so that whoever finds it
/// finds it ready.
fn make_socket(temporary: &Path, mode: u32, owner: OwnerIds, path: &Path) -> Result<UnixListener, BindError> {
    let socket = sockets::bind_unix(temporary, mode)?;
    files::change_mode(temporary, mode)?;
    if owner != (None, None) {
        files::change_owner(temporary, owner.0, owner.1).map_err(|errno| match errno {
            Errno::EPERM => BindError::Chown { path: path.to_string_lossy().into_owned(), owner },
            errno => BindError::System(errno),
        })?;
    }
    Ok(socket.listen()?)
}

/// `FILE.PID` or, where that would be too long, a shorter name beside it.
// Differs: short-temporary-socket
fn temporary_name(path: &Path) -> Result<PathBuf, BindError> {
    let fits = |path: &Path| path.as_os_str().len() <= UNIX_PATH_BYTES_MAX;
    let pid = host::own_pid();
    let mut long = path.as_os_str().to_owned();
    long.push(format!(".{pid}"));
    let candidates = [PathBuf::from(long), path.with_file_name(format!(".{pid}"))];
    if !fits(path) {
        return Err(BindError::PathTooLong);
    }
    candidates.into_iter().find(|candidate| fits(candidate)).ok_or(BindError::PathTooLong)
}

/// A process that had our pid before us may have been killed half-way.
fn remove_leftover(temporary: &Path) {
    let is_socket = files::look_up(temporary).is_ok_and(|(kind, _)| kind == FileKind::Socket);
    if is_socket && sockets::somebody_listens(temporary) == Ok(false) {
        // What remains is told by the attempt to make our own.
        let _ = files::unlink(temporary);
    }
}

fn put_in_place(temporary: &Path, path: &Path) -> Result<(), BindError> {
    for _ in 0..ATTEMPTS_MAX {
        match std::fs::hard_link(temporary, path).map_err(|error| errno_of(&error)) {
            Ok(()) => return Ok(()),
            Err(Errno::EEXIST) => remove_stale(path)?,
            // Some file systems have no hard links.
            Err(Errno::EPERM | Errno::EOPNOTSUPP | Errno::ENOSYS) if !path.exists() => {
                return std::fs::rename(temporary, path).map_err(|error| BindError::System(errno_of(&error)));
            }
            Err(errno) => return Err(errno.into()),
        }
    }
    Err(BindError::InUse)
}

/// Removes a socket that nobody listens on; never anything else.
// Differs: only-sockets-are-stale
fn remove_stale(path: &Path) -> Result<(), BindError> {
    match files::look_up(path) {
        Ok((FileKind::Socket, _)) => {}
        Ok(_) => return Err(BindError::System(Errno::EEXIST)),
        // Gone in the meantime, or a symbolic link to nowhere.
        Err(Errno::ENOENT) if std::fs::symlink_metadata(path).is_err() => return Ok(()),
        Err(Errno::ENOENT) => return Err(BindError::System(Errno::EEXIST)),
        Err(errno) => return Err(errno.into()),
    }
    match sockets::somebody_listens(path) {
        Ok(true) => Err(BindError::InUse),
        Ok(false) => {
            // Standard error may be closed.
            let _ = writeln!(std::io::stderr(), "Unlinking stale socket {}", path.display());
            match files::unlink(path) {
                Ok(()) | Err(Errno::ENOENT) => Ok(()),
                Err(errno) => Err(errno.into()),
            }
        }
        Err(Errno::ENOENT) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}

fn errno_of(error: &std::io::Error) -> Errno {
    error.raw_os_error().map_or(Errno::EIO, Errno::from_raw)
}

impl From<Errno> for BindError {
    fn from(errno: Errno) -> Self {
        match errno {
            Errno::EADDRINUSE => Self::InUse,
            Errno::ENAMETOOLONG => Self::PathTooLong,
            errno => Self::System(errno),
        }
    }
}

impl From<ResolveError> for BindError {
    fn from(error: ResolveError) -> Self {
        Self::Unresolved(error.0)
    }
}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const REPORTED: &str = "Cannot open an HTTP server: socket.error reported";
        match self {
            Self::InUse => f.write_str(
                "Another program is already listening on a port that one of our HTTP servers is configured to \
                 use.  Shut this program down first before starting supervisord.",
            ),
            Self::Unresolved(code) => write!(f, "{REPORTED} {code}"),
            Self::PathTooLong => write!(f, "{REPORTED} AF_UNIX path too long"),
            Self::System(errno) => write!(f, "{REPORTED} errno.{errno:?} ({})", *errno as i32),
            Self::Chown { path, owner: (uid, gid) } => {
                let shown = |id: Option<u32>| id.map_or(-1, i64::from);
                let own_uid = host::real_uid();
                let name = users::user_by_id(own_uid).map_or_else(|| own_uid.to_string(), |user| user.name);
                write!(
                    f,
                    "Not permitted to chown {path} to uid/gid ({}, {}); adjust \"sockchown\" value in config file \
                     or on command line to values that the current user ({name}) can successfully chown",
                    shown(*uid),
                    shown(*gid)
                )
            }
        }
    }
}

impl std::error::Error for BindError {}
