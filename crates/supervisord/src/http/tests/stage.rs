//! Servers in front of a made-up engine.

use std::net::SocketAddr;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread;

use supervisor_config::interface::{InterfaceKind, InterfaceSpec};
use supervisor_config::servers::{ServerAddress, ServerSpec};
use supervisor_config::settings::MainLog;
use supervisor_config::value::InetEndpoint;
use supervisor_core::command::{Command, Reply};
use supervisor_core::effect::Level;
use supervisor_core::state::{ProcessState, SupervisorState};
use tokio::sync::oneshot;

use super::client::Client;
use crate::engine::handle::{EngineHandle, Published, Request};
use crate::engine::watch::{Filter, Mailbox};
use crate::http::bind::Listener;
use crate::http::{BoundServer, Context, ServerThread, bind, serve};
use crate::view::{ProcessView, View};

/// Running servers: one on a socket, one on a port that wants `user` and `pa:ss`.
pub(super) struct Stage {
    pub(super) directory: tempfile::TempDir,
    pub(super) state: Arc<Mutex<State>>,
    pub(super) port: SocketAddr,
    published: Arc<Published>,
    thread: Option<ServerThread>,
    lines: Arc<Mutex<Vec<(Level, String)>>>,
}

/// What the made-up engine knows and has been told.
pub(super) struct State {
    pub(super) view: View,
    pub(super) commands: Vec<Command>,
    /// What commands are answered with; `None` leaves them waiting.
    pub(super) reply: Option<Reply>,
    pub(super) waiting: Vec<oneshot::Sender<Reply>>,
    pub(super) recent_lines: String,
    /// Who watches events.
    pub(super) watchers: Vec<(Filter, Arc<Mailbox>)>,
}

impl Stage {
    pub(super) fn new() -> Self {
        Self::with_interfaces(vec![interface("supervisor", InterfaceKind::Supervisor)])
    }

    /// With these namespaces.
    pub(super) fn with_interfaces(interfaces: Vec<InterfaceSpec>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let view = View {
            state: SupervisorState::Running,
            identifier: Arc::from("supervisor"),
            pid: 4711,
            main_log: MainLog::File(directory.path().join("main.log").to_str().unwrap().to_owned()),
            groups: Arc::from([String::from("web")]),
            processes: Arc::from([]),
            pools: Arc::from([]),
            configured: Arc::from([]),
        };
        let state = State {
            view,
            commands: Vec::new(),
            reply: Some(Reply::Done),
            waiting: Vec::new(),
            recent_lines: String::new(),
            watchers: Vec::new(),
        };
        let state = Arc::new(Mutex::new(state));
        let servers =
            bind(&[spec_inet(0, Some(("user", "pa:ss"))), spec_unix(&directory.path().join("socket"))])
                .unwrap();
        let port = port_of(&servers[0]);
        let (sender, requests) = channel();
        let published = Arc::new(Published::default());
        let engine = EngineHandle::new(sender, Arc::new(|| {}), Arc::clone(&published));
        let shared = (Arc::clone(&state), Arc::clone(&published));
        thread::spawn(move || play_engine(&requests, &shared.0, &shared.1));
        let lines = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&lines);
        let context = Context {
            engine,
            log: Arc::new(move |level, line| log.lock().unwrap().push((level, line))),
            loglevel: Level::Trace,
            interfaces,
            version: String::from("4.3.0"),
            configuration_on_disk: Arc::new(|| Ok(Vec::new())),
        };
        let thread = Some(serve(servers, context).unwrap());
        Self { directory, state, port, published, thread, lines }
    }

    /// A process `cat` of a group `web` whose logs hold these texts.
    pub(super) fn with_process(self, stdout: &str) -> Self {
        let path = self.log_path();
        std::fs::write(&path, stdout).unwrap();
        self.change_view(|view| {
            let process = ProcessView {
                name: String::from("cat"),
                group: String::from("web"),
                state: ProcessState::Running,
                pid: 7,
                starts: 1,
                start_seconds: 1,
                stop_seconds: 0,
                spawnerr: String::new(),
                exitstatus: 0,
                stdout_logfile: Some(path.to_str().unwrap().to_owned()),
                stderr_logfile: None,
                is_as_last_read: true,
            };
            view.processes = Arc::from([Arc::new(process)]);
        });
        self
    }

    pub(super) fn change_view(&self, change: impl FnOnce(&mut View)) {
        change(&mut self.state.lock().unwrap().view);
        self.published.invalidate();
    }

    pub(super) fn log_path(&self) -> PathBuf {
        self.directory.path().join("cat.log")
    }

    pub(super) fn socket_path(&self) -> PathBuf {
        self.directory.path().join("socket")
    }

    /// A client on the socket, where nobody needs to log in.
    pub(super) fn client(&self) -> Client {
        Client::new(UnixStream::connect(self.socket_path()).unwrap().into())
    }

    /// A client on the port.
    pub(super) fn inet_client(&self) -> Client {
        Client::new(std::net::TcpStream::connect(self.port).unwrap().into())
    }

    /// The lines of the main log so far.
    pub(super) fn lines(&self) -> Vec<(Level, String)> {
        self.lines.lock().unwrap().clone()
    }

    /// Waits for a line that contains all of these words.
    pub(super) fn wait_for_line(&self, words: &[&str]) -> (Level, String) {
        loop {
            let lines = self.lines();
            if let Some(line) =
                lines.into_iter().find(|(_, line)| words.iter().all(|word| line.contains(word)))
            {
                return line;
            }
            thread::yield_now();
        }
    }

    pub(super) fn stop(&mut self) {
        if let Some(thread) = self.thread.take() {
            thread.stop();
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.stop();
    }
}

fn play_engine(requests: &Receiver<Request>, state: &Mutex<State>, published: &Published) {
    for request in requests {
        let mut state = state.lock().unwrap();
        match request {
            Request::Command { command, reply } => {
                state.commands.push(command);
                match state.reply.clone() {
                    Some(answer) => drop(reply.send(answer)),
                    None => state.waiting.push(reply),
                }
            }
            Request::View { reply } => {
                let view = Arc::new(state.view.clone());
                published.publish(Arc::clone(&view));
                drop(reply.send(view));
            }
            Request::GroupsAtWork { reply } => drop(reply.send(state.view.configured.to_vec())),
            Request::Watch { filter, mailbox } => state.watchers.push((filter, mailbox)),
            Request::Unwatch => state.watchers.retain(|(_, mailbox)| !mailbox.is_closed()),
            Request::RecentLines { reply } => drop(reply.send(state.recent_lines.clone())),
            Request::Log(..) => {}
        }
    }
}

pub(super) fn interface(name: &str, kind: InterfaceKind) -> InterfaceSpec {
    InterfaceSpec { name: name.to_owned(), kind, options: Vec::new() }
}

pub(super) fn spec_unix(path: &std::path::Path) -> ServerSpec {
    let path = path.to_str().unwrap().to_owned();
    ServerSpec {
        section: String::from("unix_http_server"),
        address: ServerAddress::Unix { path, chmod: 0o700, chown: (None, None) },
        username: None,
        password: None,
        readonly_login: None,
    }
}

/// Port 0, which no configuration may have, takes any that is free.
pub(super) fn spec_inet(port: u16, login: Option<(&str, &str)>) -> ServerSpec {
    ServerSpec {
        section: String::from("inet_http_server"),
        address: ServerAddress::Inet(InetEndpoint { host: String::from("127.0.0.1"), port }),
        username: login.map(|(name, _)| name.to_owned()),
        password: login.map(|(_, password)| password.to_owned()),
        readonly_login: login.map(|_| (String::from("guest"), String::from("look"))),
    }
}

pub(super) fn port_of(server: &BoundServer) -> SocketAddr {
    match &server.listener {
        Listener::Inet(listener) => listener.local_addr().unwrap(),
        Listener::Unix(_) => panic!("not on a port"),
    }
}
