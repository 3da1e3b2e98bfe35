//! A client that sends exactly what it is told and reads what comes.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::unix::net::UnixStream;
use std::time::Duration;

/// How long a test waits for what should come at once, before it fails.
const PATIENCE: Duration = Duration::from_secs(20);

pub(super) enum Socket {
    Inet(TcpStream),
    Unix(UnixStream),
}

/// One connection.
pub(super) struct Client {
    socket: Socket,
    unread: Vec<u8>,
}

/// An answer that has been read to its end (or, for a stream, its head).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: String,
    pub(super) head: String,
    pub(super) body: String,
}

impl From<TcpStream> for Socket {
    fn from(stream: TcpStream) -> Self {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self::Inet(stream)
    }
}

impl From<UnixStream> for Socket {
    fn from(stream: UnixStream) -> Self {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self::Unix(stream)
    }
}

impl Answer {
    /// The value of a header.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

impl Client {
    pub(super) fn new(socket: Socket) -> Self {
        Self { socket, unread: Vec::new() }
    }

    pub(super) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        match &mut self.socket {
            Socket::Inet(stream) => stream.write_all(bytes.as_ref()),
            Socket::Unix(stream) => stream.write_all(bytes.as_ref()),
        }
        .unwrap();
    }

    /// Sends a request with the usual headers and reads the answer.
    pub(super) fn get(&mut self, path: &str) -> Answer {
        self.send(format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"));
        self.answer()
    }

    /// Sends a body to `/RPC2` and reads the answer.
    pub(super) fn post(&mut self, body: &str) -> Answer {
        self.send(post(body));
        self.answer()
    }

    /// Calls a method with parameters that are XML already and reads the body of the answer.
    pub(super) fn call(&mut self, method: &str, params: &[&str]) -> String {
        let answer = self.post(&call(method, params));
        assert!(answer.status.ends_with("200 OK"), "{answer:?}");
        answer.body
    }

    pub(super) fn answer(&mut self) -> Answer {
        let answer = self.answer_head();
        let length = answer.header("content-length").map(|length| length.parse::<usize>().unwrap());
        let body = match length {
            Some(length) => self.take(length),
            None if answer.header("transfer-encoding") == Some("chunked") => self.chunks_to_end(),
            None => self.read_to_close(),
        };
        Answer { body: String::from_utf8(body).unwrap(), ..answer }
    }

    /// Reads an answer only to the end of its head.
    pub(super) fn answer_head(&mut self) -> Answer {
        let end = loop {
            if let Some(end) = self.unread.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            assert_ne!(
                self.read_more().unwrap(),
                0,
                "closed after {:?}",
                String::from_utf8_lossy(&self.unread)
            );
        };
        let head = String::from_utf8(self.take(end)).unwrap();
        let status = head.lines().next().unwrap().to_owned();
        Answer { status, head, body: String::new() }
    }

    /// Reads one chunk of a chunked answer; `None` is the last.
    pub(super) fn chunk(&mut self) -> Option<Vec<u8>> {
        let end = loop {
            if let Some(end) = self.unread.windows(2).position(|window| window == b"\r\n") {
                break end + 2;
            }
            assert_ne!(self.read_more().unwrap(), 0, "closed inside of a chunk");
        };
        let size = String::from_utf8(self.take(end)).unwrap();
        let size = usize::from_str_radix(size.trim_end(), 16).unwrap();
        let mut chunk = self.take(size + 2);
        chunk.truncate(size);
        (size > 0).then_some(chunk)
    }

    /// Reads chunks until they have at least that many bytes together.
    pub(super) fn chunks(&mut self, bytes: usize) -> String {
        let mut all = Vec::new();
        while all.len() < bytes {
            all.extend(self.chunk().expect("a stream has no end"));
        }
        String::from_utf8(all).unwrap()
    }

    fn chunks_to_end(&mut self) -> Vec<u8> {
        std::iter::from_fn(|| self.chunk()).flatten().collect()
    }

    pub(super) fn take(&mut self, length: usize) -> Vec<u8> {
        while self.unread.len() < length {
            assert_ne!(self.read_more().unwrap(), 0, "closed too early");
        }
        self.unread.drain(..length).collect()
    }

    /// Everything until the server closes.
    pub(super) fn read_to_close(&mut self) -> Vec<u8> {
        while !matches!(self.read_more(), Ok(0) | Err(_)) {}
        std::mem::take(&mut self.unread)
    }

    /// Whether the server closes the connection without another word.
    pub(super) fn is_closed(&mut self) -> bool {
        match self.read_more() {
            Ok(read) => read == 0,
            Err(error) => error.kind() == io::ErrorKind::ConnectionReset,
        }
    }

    pub(super) fn shut_down_writing(&mut self) {
        match &self.socket {
            Socket::Inet(stream) => stream.shutdown(Shutdown::Write),
            Socket::Unix(stream) => stream.shutdown(Shutdown::Write),
        }
        .unwrap();
    }

    fn read_more(&mut self) -> io::Result<usize> {
        let mut buffer = [0; 64 << 10];
        let read = match &mut self.socket {
            Socket::Inet(stream) => stream.read(&mut buffer),
            Socket::Unix(stream) => stream.read(&mut buffer),
        }?;
        self.unread.extend_from_slice(&buffer[..read]);
        Ok(read)
    }
}

/// A request for `/RPC2` with that body.
pub(super) fn post(body: &str) -> String {
    format!("POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

/// The body of a call; the parameters are XML already.
pub(super) fn call(method: &str, params: &[&str]) -> String {
    let params: String =
        params.iter().map(|param| format!("<param><value>{param}</value></param>")).collect();
    format!("<methodCall><methodName>{method}</methodName><params>{params}</params></methodCall>")
}
