//! A server in a process that runs out of descriptors. Alone in its process, because it takes them all.

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use supervisor_config::servers::{ServerAddress, ServerSpec};
use supervisor_core::effect::Level;
use supervisor_sys::limits::{self, Limit, Resource};
use supervisord::engine::handle::{EngineHandle, Published};
use supervisord::http::{Context, bind, serve};

/// How many files this process may open; a quarter of them may be connections.
const OPEN_FILES: u64 = 100;

type Lines = Arc<Mutex<Vec<String>>>;

fn context(lines: &Lines) -> Context {
    let (sender, _requests) = channel();
    let lines = Arc::clone(lines);
    Context {
        engine: EngineHandle::new(sender, Arc::new(|| {}), Arc::new(Published::default())),
        log: Arc::new(move |_, line| lines.lock().unwrap().push(line)),
        loglevel: Level::Info,
        interfaces: Vec::new(),
        version: String::from("4.3.0"),
        configuration_on_disk: Arc::new(|| Ok(Vec::new())),
    }
}

fn ask(mut stream: &UnixStream) -> bool {
    stream.write_all(b"GET /ok.html HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut buffer = [0; 1024];
    let read = stream.read(&mut buffer).unwrap();
    buffer[..read].ends_with(b"OK")
}

#[test]
fn clients_are_served_although_descriptors_run_out() {
    let hard = limits::get(Resource::OpenFiles).unwrap().hard;
    limits::set(Resource::OpenFiles, Limit { soft: Some(OPEN_FILES), hard }).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("socket");
    let address =
        ServerAddress::Unix { path: path.to_str().unwrap().to_owned(), chmod: 0o700, chown: (None, None) };
    let section = String::from("unix_http_server");
    let servers =
        bind(&[ServerSpec { section, address, username: None, password: None, readonly_login: None }])
            .unwrap();
    let lines = Lines::default();
    let server = serve(servers, context(&lines)).unwrap();

    let clients = the_longest_idle_leave_for_new_ones(&path);
    without_a_descriptor_the_longest_idle_leaves(&path, &lines);
    drop(clients);
    server.stop();
}

fn the_longest_idle_leave_for_new_ones(path: &Path) -> Vec<UnixStream> {
    let clients: Vec<UnixStream> = (0..OPEN_FILES / 4 + 10)
        .map(|_| {
            let client = UnixStream::connect(path).unwrap();
            assert!(ask(&client), "however many are connected already");
            client
        })
        .collect();
    assert_eq!((&clients[0]).read(&mut [0]).unwrap(), 0, "the first had to leave");
    assert!(ask(&clients[clients.len() - 1]), "the last had not");
    clients
}

fn without_a_descriptor_the_longest_idle_leaves(path: &Path, lines: &Lines) {
    let mut taken: Vec<File> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
    taken.pop();
    let client = UnixStream::connect(path).unwrap();
    assert!(ask(&client));
    let lines = lines.lock().unwrap();
    assert!(lines.iter().any(|line| line.contains("cannot be accepted: Too many open files")), "{lines:?}");
    assert!(lines.len() < 10, "the server does not spin: {lines:?}");
}
