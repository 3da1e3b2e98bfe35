//! Raw HTTP over a socket, as little as the suite needs.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

use crate::deadline::PATIENCE;
use crate::world::World;

/// Where a server listens.
#[derive(Clone, Debug)]
pub enum Address {
    /// A socket file.
    Unix(PathBuf),
    /// A port of 127.0.0.1.
    Tcp(u16),
}

/// An answer with its whole body.
#[derive(Clone, Debug, Default)]
pub struct HttpAnswer {
    /// The status line's code.
    pub status: u16,
    /// Header values by lower-case name.
    pub headers: BTreeMap<String, String>,
    /// The body, with chunks joined.
    pub body: Vec<u8>,
}

impl HttpAnswer {
    /// A header's value, or `(none)`.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("(none)", String::as_str)
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A connection whose answer is being read.
pub struct Stream {
    reader: BufReader<Box<dyn ReadWrite>>,
    answer: HttpAnswer,
}

trait ReadWrite: Read + Write + Send {}
impl<T: Read + Write + Send> ReadWrite for T {}

impl Stream {
    /// Sends the bytes of a request as they are and reads the answer's head.
    ///
    /// # Errors
    /// When nobody listens, or the answer is not HTTP.
    pub fn open(address: &Address, request: &[u8]) -> io::Result<Self> {
        let mut connection = connect(address)?;
        connection.write_all(request)?;
        connection.flush()?;
        let mut stream = Self { reader: BufReader::new(connection), answer: HttpAnswer::default() };
        stream.read_head()?;
        Ok(stream)
    }

    /// The answer's status and headers, with what was read of its body.
    #[must_use]
    pub const fn answer(&self) -> &HttpAnswer {
        &self.answer
    }

    /// Reads until the body contains `text`.
    ///
    /// # Panics
    /// When the stream ends or falls silent before.
    pub fn await_text(&mut self, text: &str) {
        while !self.answer.text().contains(text) {
            let more = self.read_chunk().unwrap_or(false);
            assert!(more, "the stream ended before {text:?}: {:?}", self.answer.text());
        }
    }

    fn read_head(&mut self) -> io::Result<()> {
        let mut line = String::new();
        self.reader.read_line(&mut line)?;
        let code = line.split(' ').nth(1).and_then(|code| code.parse().ok());
        self.answer.status = code.ok_or_else(|| io::Error::other(format!("not a status line: {line:?}")))?;
        loop {
            line.clear();
            self.reader.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(": ") else { return Ok(()) };
            self.answer.headers.insert(name.to_lowercase(), value.to_owned());
        }
    }

    fn read_to_end(mut self) -> io::Result<HttpAnswer> {
        if let Some(length) = self.answer.headers.get("content-length").and_then(|text| text.parse().ok()) {
            self.answer.body = vec![0; length];
            self.reader.read_exact(&mut self.answer.body)?;
        } else if self.answer.header("transfer-encoding") == "chunked" {
            while self.read_chunk()? {}
        } else {
            self.reader.read_to_end(&mut self.answer.body)?;
        }
        Ok(self.answer)
    }

    /// Whether there was another chunk.
    fn read_chunk(&mut self) -> io::Result<bool> {
        let mut line = String::new();
        self.reader.read_line(&mut line)?;
        let length = usize::from_str_radix(line.trim_end(), 16).unwrap_or(0);
        let mut chunk = vec![0; length + 2];
        self.reader.read_exact(&mut chunk)?;
        self.answer.body.extend_from_slice(&chunk[..length]);
        Ok(length > 0)
    }
}

fn connect(address: &Address) -> io::Result<Box<dyn ReadWrite>> {
    match address {
        Address::Unix(path) => {
            let stream = UnixStream::connect(path)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            Ok(Box::new(stream))
        }
        Address::Tcp(port) => {
            let stream = TcpStream::connect(("127.0.0.1", *port))?;
            stream.set_read_timeout(Some(PATIENCE))?;
            Ok(Box::new(stream))
        }
    }
}

/// One request on a connection of its own.
///
/// # Errors
/// When nobody listens, or the answer is not HTTP.
pub(crate) fn request(
    address: &Address,
    line: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> io::Result<HttpAnswer> {
    Stream::open(address, &encode(line, headers, body))?.read_to_end()
}

fn encode(line: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut head = format!("{line} HTTP/1.1\r\nHost: localhost\r\n");
    for (name, value) in headers {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    if !body.is_empty() {
        let _ = write!(head, "Content-Length: {}\r\n", body.len());
    }
    [(head + "\r\n").as_bytes(), body].concat()
}

impl World {
    /// Where the usual configuration listens.
    #[must_use]
    pub fn socket(&self) -> Address {
        Address::Unix(self.path("s.sock"))
    }

    /// One request, `GET /path` or the like, to the usual socket.
    ///
    /// # Panics
    /// When there is no answer.
    #[must_use]
    pub fn http(&self, line: &str, headers: &[(&str, &str)], body: &[u8]) -> HttpAnswer {
        self.http_at(&self.socket(), line, headers, body)
    }

    /// The status of an answer that has a head only.
    ///
    /// # Panics
    /// When there is no answer.
    #[must_use]
    pub fn http_head(&self, line: &str) -> u16 {
        self.http_stream(line).answer().status
    }

    /// As [`World::http`], to another server.
    ///
    /// # Panics
    /// When there is no answer.
    #[must_use]
    pub fn http_at(&self, at: &Address, line: &str, headers: &[(&str, &str)], body: &[u8]) -> HttpAnswer {
        request(at, line, headers, body).unwrap_or_else(|error| panic!("{line} at {at:?}: {error}"))
    }

    /// Opens an endless answer, such as `/logtail/NAME`, at the usual socket.
    ///
    /// # Panics
    /// When there is no answer.
    #[must_use]
    pub fn http_stream(&self, line: &str) -> Stream {
        Stream::open(&self.socket(), &encode(line, &[], b""))
            .unwrap_or_else(|error| panic!("{line}: {error}"))
    }
}
