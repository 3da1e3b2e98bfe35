//! The way in to one server: who knocks is served, and a socket file that is removed is made anew.

use std::future::poll_fn;
use std::io;
use std::rc::Rc;
use std::time::Duration;

use supervisor_core::effect::Level;
use tokio::net::{TcpListener, UnixListener};
use tokio::task::JoinSet;

use super::access::Peer;
use super::activity::Activity;
use super::admission::Admission;
use super::auth::Login;
use super::bind::{Listener, SocketFile};
use super::connection;
use super::server::Shared;
use super::wire::Stream;

/// How long to wait before a socket file is made anew once more, or before the next try where that failed.
const RETRY: Duration = Duration::from_secs(1);
/// How often a socket file is looked at where the kernel cannot tell of changes.
const LOOK: Duration = Duration::from_secs(10);

/// What whoever comes in needs to know.
pub(super) struct Door {
    login: Option<Rc<Login>>,
    shared: Rc<Shared>,
    admission: Rc<Admission>,
}

enum AsyncListener {
    Inet(TcpListener),
    Unix(UnixListener),
}

impl Door {
    pub(super) fn new(login: Option<Login>, shared: &Rc<Shared>, admission: &Rc<Admission>) -> Self {
        Self { login: login.map(Rc::new), shared: Rc::clone(shared), admission: Rc::clone(admission) }
    }

    /// Accepts until it is dropped. A socket file that cleaners of directories remove, and people by mistake, is made
    /// anew.
    // Differs: removed-sockets-come-back
    pub(super) async fn keep(self, listener: Listener, file: Option<SocketFile>) {
        let door = Rc::new(self);
        let mut acceptor = door.open(listener);
        let Some(file) = file else { return drop(acceptor.join_next().await) };
        loop {
            door.lost(&file).await;
            let listener = door.make_anew(&file).await;
            let next = door.open(Listener::Unix(listener));
            // Who has come through the old one in the last moment is still let in.
            let last = std::mem::replace(&mut acceptor, next);
            tokio::time::sleep(RETRY).await;
            drop(last);
        }
    }

    /// Accepts until what is returned is dropped.
    fn open(self: &Rc<Self>, listener: Listener) -> JoinSet<()> {
        let mut acceptor = JoinSet::new();
        match AsyncListener::new(listener) {
            Ok(listener) => drop(acceptor.spawn_local(accept_all(Rc::clone(self), listener))),
            Err(error) => self.shared.log(Level::Error, format!("An HTTP server cannot be served: {error}")),
        }
        acceptor
    }

    /// Waits until the path of the file leads to it no more.
    async fn lost(&self, file: &SocketFile) {
        let Ok(listener) = self.shared.changes.listen() else { return self.looked_for(file).await };
        let watched = listener.watch_name(file.path());
        while file.is_there() {
            match watched {
                Ok(_) => poll_fn(|context| listener.poll_change(context)).await,
                Err(_) => return self.looked_for(file).await,
            }
        }
    }

    async fn looked_for(&self, file: &SocketFile) {
        while file.is_there() {
            tokio::time::sleep(LOOK).await;
        }
    }

    async fn make_anew(&self, file: &SocketFile) -> std::os::unix::net::UnixListener {
        let path = file.path().display();
        let mut has_failed = false;
        loop {
            match file.make_anew() {
                Ok(listener) => {
                    let line = format!("socket {path} was removed by somebody and has been made anew");
                    self.shared.log(Level::Warn, line);
                    return listener;
                }
                // Said once, however often it is tried.
                Err(error) if !std::mem::replace(&mut has_failed, true) => {
                    let line = format!(
                        "socket {path} was removed by somebody and is tried to be made anew until it works: {error}"
                    );
                    self.shared.log(Level::Error, line);
                }
                Err(_) => {}
            }
            tokio::time::sleep(RETRY).await;
        }
    }
}

async fn accept_all(door: Rc<Door>, listener: AsyncListener) {
    let Door { login, shared, admission } = &*door;
    let mut has_failed = false;
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                if std::mem::take(&mut has_failed) {
                    shared.log(Level::Info, String::from("HTTP connections are accepted again"));
                }
                let activity = Rc::new(Activity::new());
                let place = admission.admit(&activity).await;
                let (login, shared) = (login.clone(), Rc::clone(shared));
                tokio::task::spawn_local(async move {
                    connection::serve(stream, peer, login, &activity, shared).await;
                    drop(place);
                });
            }
            // That client is gone; the next may be there.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            // Most likely there is no free descriptor. The client waits in the kernel's queue.
            Err(error) => {
                // Said once, however often it is tried.
                if !std::mem::replace(&mut has_failed, true) {
                    shared.log(Level::Error, format!("HTTP connections cannot be accepted: {error}"));
                }
                admission.descriptor_may_be_free().await;
            }
        }
    }
}

impl AsyncListener {
    fn new(listener: Listener) -> io::Result<Self> {
        match listener {
            Listener::Inet(listener) => TcpListener::from_std(listener).map(Self::Inet),
            Listener::Unix(listener) => UnixListener::from_std(listener).map(Self::Unix),
        }
    }

    async fn accept(&self) -> io::Result<(Stream, Peer)> {
        match self {
            Self::Inet(listener) => {
                let (stream, address) = listener.accept().await?;
                // Only speed depends on it.
                let _ = stream.set_nodelay(true);
                Ok((Stream::Inet(stream), Peer::Inet(address)))
            }
            Self::Unix(listener) => {
                let (stream, _) = listener.accept().await?;
                Ok((Stream::Unix(stream), Peer::Unix))
            }
        }
    }
}
