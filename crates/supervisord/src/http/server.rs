//! The thread that serves, its beginning and its end.

use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use supervisor_config::interface::InterfaceSpec;
use supervisor_core::effect::Level;
use supervisor_core::spec::GroupSpec;
use supervisor_rpc::method::Api;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Semaphore, watch};
use tokio::task::LocalSet;

use super::admission::Admission;
use super::all_info::AllInfo;
use super::auth::Doorkeeper;
use super::bind::{BoundServer, SocketFile};
use super::changes::Changes;
use super::door::Door;
use super::page::usage::Meter;
use super::plugins::{self, Plugins};
use super::streams::Streams;
use super::{ALL_BODIES_BYTES_MAX, LogSink};
use crate::engine::handle::EngineHandle;

/// How long the last answers may take to be sent when the servers stop.
const LAST_ANSWERS_TIME_MAX: Duration = Duration::from_secs(1);

/// Threads for what takes long: reading configurations and all of `/proc`, checking passwords.
const BLOCKING_THREADS_MAX: usize = 2;
/// How long such a thread waits for more to do.
const BLOCKING_THREAD_REST: Duration = Duration::from_secs(3);

/// What the servers need of the rest of the daemon.
#[derive(Clone)]
pub struct Context {
    /// Where commands and questions go.
    pub engine: EngineHandle,
    /// Where lines for the main log go.
    pub log: LogSink,
    /// Lines of lower levels are not even made.
    pub loglevel: Level,
    /// The namespaces that clients can call, usually just `supervisor`.
    pub interfaces: Vec<InterfaceSpec>,
    /// What `getSupervisorVersion` answers.
    pub version: String,
    /// Reads the configuration on disk, without any effect: its groups, or what is wrong with it.
    pub configuration_on_disk: ConfigurationOnDisk,
}

/// Reads a configuration, which takes a while.
pub type ConfigurationOnDisk = Arc<dyn Fn() -> Result<Vec<GroupSpec>, String> + Send + Sync>;

/// The running servers.
#[derive(Debug)]
pub struct ServerThread {
    stop: watch::Sender<bool>,
    thread: JoinHandle<()>,
    socket_files: Vec<SocketFile>,
}

/// What all connections share.
pub(super) struct Shared {
    context: Context,
    pub(super) api: Api,
    pub(super) plugins: Plugins,
    pub(super) changes: Rc<Changes>,
    pub(super) all_info: AllInfo,
    pub(super) usage: Rc<Meter>,
    pub(super) doorkeeper: Doorkeeper,
    /// How many bytes of bodies may still come in together, in KiB.
    pub(super) body_room: Arc<Semaphore>,
    /// The places of answers without an end.
    pub(super) streams: Streams,
    stopping: watch::Receiver<bool>,
}

/// Starts the thread. Nothing is served when that fails, and the socket files are gone.
///
/// # Errors
/// When the thread, or what it waits with, cannot be made.
pub fn serve(servers: Vec<BoundServer>, context: Context) -> io::Result<ServerThread> {
    let runtime = Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .max_blocking_threads(BLOCKING_THREADS_MAX)
        .thread_keep_alive(BLOCKING_THREAD_REST)
        .build();
    let runtime = runtime.inspect_err(|_| servers.iter().for_each(BoundServer::remove_socket_file))?;
    let (stop, stopping) = watch::channel(false);
    let socket_files: Vec<_> = servers.iter().filter_map(|server| server.socket_file.clone()).collect();
    let thread = thread::Builder::new()
        .name(String::from("http"))
        .spawn(move || {
            run(&runtime, servers, context, stopping);
            // Somebody may still be looking up the name of an extension's host.
            runtime.shutdown_background();
        })
        .inspect_err(|_| socket_files.iter().for_each(SocketFile::remove))?;
    Ok(ServerThread { stop, thread, socket_files })
}

impl ServerThread {
    /// Closes listeners and connections and removes the socket files. Answers that are ready are still sent,
    /// if their clients take them within a second; streams are cut.
    pub fn stop(self) {
        // A thread that has ended needs no order.
        let _ = self.stop.send(true);
        let outcome = self.thread.join();
        self.socket_files.iter().for_each(SocketFile::remove);
        // A panic there has been printed and must not become one here.
        drop(outcome);
    }
}

fn run(runtime: &Runtime, servers: Vec<BoundServer>, context: Context, stopping: watch::Receiver<bool>) {
    let tasks = LocalSet::new();
    tasks.block_on(runtime, async move {
        let mut stop = stopping.clone();
        let admission = Rc::new(Admission::new());
        let shared = Shared::new(context, stopping, admission.streams_max());
        let mut porters = Vec::new();
        for server in servers {
            let door = Door::new(server.login, &shared, &admission);
            porters.push(tokio::task::spawn_local(door.keep(server.listener, server.socket_file)));
        }
        // An error means that nobody can give the order any more, which is an order, too.
        let _ = stop.wait_for(|&stop| stop).await;
        porters.iter().for_each(tokio::task::JoinHandle::abort);
        // Whoever takes longer is cut off.
        let _ = tokio::time::timeout(LAST_ANSWERS_TIME_MAX, admission.all_left()).await;
    });
}

impl Shared {
    pub(super) fn new(context: Context, stopping: watch::Receiver<bool>, streams_max: usize) -> Rc<Self> {
        Rc::new(Self {
            api: plugins::api(&context.interfaces),
            plugins: Plugins::new(&context.interfaces),
            changes: Changes::new(),
            all_info: AllInfo::default(),
            usage: Rc::default(),
            doorkeeper: Doorkeeper::new(),
            body_room: Arc::new(Semaphore::new(ALL_BODIES_BYTES_MAX >> 10)),
            streams: Streams::new(streams_max),
            context,
            stopping,
        })
    }

    pub(super) fn engine(&self) -> &EngineHandle {
        &self.context.engine
    }

    pub(super) fn version(&self) -> &str {
        &self.context.version
    }

    /// What the configuration on disk says, or what is wrong with it.
    pub(super) async fn configuration_on_disk(&self) -> Result<Vec<GroupSpec>, String> {
        let read = Arc::clone(&self.context.configuration_on_disk);
        let outcome = tokio::task::spawn_blocking(move || read()).await;
        outcome.unwrap_or_else(|_| Err(String::from("it cannot be read")))
    }

    pub(super) fn wants(&self, level: Level) -> bool {
        level >= self.context.loglevel
    }

    pub(super) fn log(&self, level: Level, line: String) {
        if self.wants(level) {
            (self.context.log)(level, line);
        }
    }

    /// Logs a line that is only made if somebody wants it.
    pub(super) fn trace(&self, line: impl FnOnce() -> String) {
        if self.wants(Level::Trace) {
            (self.context.log)(Level::Trace, line());
        }
    }

    /// Waits until the servers stop.
    pub(super) async fn stopped(&self) {
        // An error means that nobody can give the order any more, which is an order, too.
        let _ = self.stopping.clone().wait_for(|&stop| stop).await;
    }
}
