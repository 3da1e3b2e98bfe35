//! A server that answers what a test wants, on a Unix socket.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use supervisor_rpc::decode::{self, MethodCall};
use supervisor_rpc::encode;
use supervisor_rpc::fault::{Code, FaultValue};
use supervisor_rpc::value::Value;
use tempfile::TempDir;

/// What a method answers.
pub(crate) type Outcome = Result<Value, FaultValue>;

/// A server, with the folder its socket is in.
pub(crate) struct Server {
    /// Where the socket is.
    pub(crate) folder: TempDir,
}

impl Server {
    /// A server that answers each call by `answer`, to which methods of `supervisor` go without their namespace.
    /// `getVersion` is answered as a client needs it.
    pub(crate) fn answering(answer: impl Fn(&str, &[Value]) -> Outcome + Send + Sync + 'static) -> Self {
        Self::responding(move |request| {
            let Ok(MethodCall { method, params }) = decode::call(&request.body) else {
                return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_vec();
            };
            let outcome = match method.strip_prefix("supervisor.").unwrap_or(&method) {
                "getVersion" => Ok("3.0".into()),
                method => answer(method, &params),
            };
            let body = encode::response(&outcome);
            format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len())
                .into_bytes()
        })
    }

    /// A server that answers each request by the bytes of `respond`, which say that it closes the connection then.
    pub(crate) fn responding(respond: impl Fn(&Request) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let server = Self { folder: tempfile::tempdir().expect("a folder") };
        let respond = Arc::new(respond);
        let listener = UnixListener::bind(server.socket()).expect("a socket");
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.expect("a connection");
                let respond = Arc::clone(&respond);
                thread::spawn(move || {
                    let request = Request::read(&stream);
                    // A client that has gone away is a client that has seen enough.
                    let _ = stream.write_all(&respond(&request));
                });
            }
        });
        server
    }

    /// As [`Server::answering`], but connections stay open. The second value is how many there were so far.
    pub(crate) fn staying(
        answer: impl Fn(&str) -> Outcome + Send + Sync + 'static,
    ) -> (Self, Arc<AtomicUsize>) {
        let server = Self { folder: tempfile::tempdir().expect("a folder") };
        let listener = UnixListener::bind(server.socket()).expect("a socket");
        let connections = Arc::new(AtomicUsize::new(0));
        let (counter, answer) = (Arc::clone(&connections), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.expect("a connection");
                counter.fetch_add(1, Ordering::SeqCst);
                let answer = Arc::clone(&answer);
                thread::spawn(move || {
                    while let Ok(call) = decode::call(&Request::read(&stream).body) {
                        let outcome = match call.method.as_str() {
                            "supervisor.getVersion" => Ok("3.0".into()),
                            method => answer(method),
                        };
                        let body = encode::response(&outcome);
                        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
                        // A client that has gone away is a client that has seen enough.
                        let _ = stream.write_all(format!("{head}{body}").as_bytes());
                    }
                });
            }
        });
        (server, connections)
    }

    fn socket(&self) -> String {
        self.folder.path().join("s").to_str().expect("a path in UTF-8").to_owned()
    }

    /// The URL of the server.
    pub(crate) fn url(&self) -> String {
        format!("unix://{}", self.socket())
    }

    /// A file of this name in the server's folder.
    pub(crate) fn file(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().expect("a path in UTF-8").to_owned()
    }

    /// Runs the client with these words; what it printed, and its exit status.
    pub(crate) fn run(&self, words: &[&str]) -> (String, i32) {
        let output = client(&self.url(), words, "");
        (String::from_utf8(output.stdout).expect("text"), output.status.code().expect("an exit"))
    }
}

/// Runs the client with these words and this on its standard input.
pub(crate) fn client(url: &str, words: &[&str], input: &str) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    let mut child = command(&folder, url)
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the client");
    let mut stdin = child.stdin.take().expect("a pipe");
    // The client need not read it.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("an end")
}

/// The client with a configuration that says nothing, whatever this machine has.
pub(crate) fn command(folder: &TempDir, url: &str) -> Command {
    let configuration = folder.path().join("supervisord.conf");
    fs::write(&configuration, "[supervisorctl]\n").expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_supervisorctl"));
    command.arg("-c").arg(configuration).args(["-s", url]);
    command
}

/// A fault with a detail.
pub(crate) fn fault(code: Code, detail: &str) -> Outcome {
    Err(FaultValue::new(code, Some(detail)))
}

/// What a client asked for.
pub(crate) struct Request {
    /// The first line.
    pub(crate) line: String,
    /// The other lines before the body, in lower case.
    pub(crate) headers: Vec<String>,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Request {
    fn read(stream: &UnixStream) -> Self {
        let mut reader = BufReader::new(stream);
        let mut lines = (&mut reader).lines().map(|line| line.expect("a line"));
        let line = lines.next().unwrap_or_default();
        let headers: Vec<String> =
            lines.take_while(|line| !line.is_empty()).map(|line| line.to_lowercase()).collect();
        let length = headers.iter().find_map(|header| header.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(0, |length| length.parse().expect("a number"))];
        reader.read_exact(&mut body).expect("a body");
        Self { line, headers, body }
    }
}
