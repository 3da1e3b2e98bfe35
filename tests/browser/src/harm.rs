//! Clients who mean harm: those who never finish, never read, say nothing, or send without end.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::{Duration, Instant};

use supervisor_worlds::patience::PATIENCE;

use crate::house::House;

/// How many bytes of a body are offered.
const BODY_BYTES: u64 = 1 << 30;
/// What is sent at a time.
static PIECE: [u8; 64 << 10] = [b'x'; 64 << 10];

/// Many connections that do something, held until this is dropped.
#[derive(Debug)]
pub struct Crowd {
    _connections: Vec<TcpStream>,
}

impl House {
    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port())).expect("somebody listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket has a patience");
        stream
    }

    /// So many who each send this and nothing more, and read nothing.
    #[must_use]
    pub fn crowd(&self, count: usize, words: &str) -> Crowd {
        let streams = (0..count).map(|_| {
            let mut stream = self.connect();
            // The server may have had enough of them.
            let _ = stream.write_all(words.as_bytes());
            stream
        });
        Crowd { _connections: streams.collect() }
    }

    /// Offers a body of a gigabyte and returns the status of the answer, and how much was sent until it came.
    #[must_use]
    pub fn offer_a_gigabyte(&self) -> (String, u64) {
        let mut stream = self.connect();
        let head = format!("POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Length: {BODY_BYTES}\r\n\r\n");
        stream.write_all(head.as_bytes()).expect("a head can be sent");
        let mut sent = 0;
        // It ends with an error when the server has closed.
        while sent < BODY_BYTES && stream.write_all(&PIECE).is_ok() {
            sent += PIECE.len() as u64;
        }
        let mut answer = [0; 64];
        let read = stream.read(&mut answer).unwrap_or(0);
        let text = String::from_utf8_lossy(&answer[..read]).into_owned();
        (text.lines().next().unwrap_or("no answer").to_owned(), sent)
    }

    /// How long an honest client waits for its answer.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn answers_within(&self) -> Duration {
        let start = Instant::now();
        let mut stream = self.connect();
        stream.write_all(b"GET /ok.html HTTP/1.0\r\n\r\n").expect("a request can be sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("there is an answer");
        assert!(answer.ends_with("OK"), "{answer}");
        start.elapsed()
    }

    /// What the daemon holds of memory, in bytes.
    ///
    /// # Panics
    /// When there is no daemon.
    #[must_use]
    pub fn resident_bytes(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.world.daemon())).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
        line.split_whitespace().next().and_then(|size| size.parse::<u64>().ok()).unwrap_or(0) << 10
    }
}

/// What a slow head looks like: it never ends.
pub const SLOW_HEAD: &str = "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ";
/// Asks for what has no end.
pub const ENDLESS: &str = "GET /logtail/web:web_00?bytes=1000000000 HTTP/1.1\r\nHost: x\r\n\r\n";
/// Asks for news without an end.
pub const NEWS: &str = "GET /live HTTP/1.1\r\nHost: x\r\n\r\n";
