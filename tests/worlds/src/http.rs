//! A client for one HTTP request.

use std::io::{self, Read, Write};
use std::iter;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process;
use std::sync::atomic::{AtomicU16, Ordering};

use crate::patience::PATIENCE;

const FIRST_PORT: u16 = 20_000;
const PORTS: u16 = 10_000;

/// A response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The body.
    pub body: String,
}

/// Gets `path` from a server on the loopback interface.
///
/// # Errors
/// When nobody listens, the server goes away, or what it says is not HTTP.
pub fn get(port: u16, path: &str) -> io::Result<Response> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n")?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    parse(&String::from_utf8_lossy(&bytes)).ok_or_else(|| io::Error::other("not an HTTP response"))
}

fn parse(text: &str) -> Option<Response> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok()?;
    Some(Response { status, body: body.to_owned() })
}

/// A port of the loopback interface on which nobody listens at the moment. It lies below those that Linux gives
/// to clients by itself, and this process never gets the same one twice.
///
/// # Panics
/// When the machine has no free port.
pub fn free_port() -> u16 {
    static ASKED: AtomicU16 = AtomicU16::new(0);
    // Test programs that run side by side begin at different places.
    let start = u16::try_from(process::id() % u32::from(PORTS)).expect("the modulus fits");
    let candidates =
        iter::repeat_with(|| FIRST_PORT + (start + ASKED.fetch_add(1, Ordering::Relaxed)) % PORTS);
    let is_free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    let free = candidates.take(usize::from(PORTS)).find(is_free);
    free.expect("a free port")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_and_body_are_read() {
        let response = parse("HTTP/1.1 502 Bad Gateway\r\nServer: x\r\n\r\nsorry\n");
        assert_eq!(response, Some(Response { status: 502, body: "sorry\n".into() }));
    }

    #[test]
    fn nobody_gets_the_same_port_twice() {
        assert_ne!(free_port(), free_port());
    }
}
