//! One line for each request that was answered.

use std::net::SocketAddr;

use hyper::{Method, StatusCode, Uri, Version};

use crate::local_time::now;

/// The line of one request, still without the size of its answer.
#[derive(Debug)]
pub(super) struct AccessLine {
    peer: Peer,
    /// `"POST /RPC2 HTTP/1.1" 200`
    request: String,
    /// The answer is complete but for what waits to be sent.
    pub(super) is_due: bool,
}

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub(super) enum Peer {
    Inet(SocketAddr),
    Unix,
}

impl AccessLine {
    pub(super) fn new(peer: Peer, method: &Method, uri: &Uri, version: Version, status: StatusCode) -> Self {
        let request = format!("\"{method} {uri} {version:?}\" {}", status.as_u16());
        Self { peer, request, is_due: false }
    }

    /// The time is that of the end of the answer.
    // Differs: access-line-time
    pub(super) fn text(&self, sent_bytes: u64) -> String {
        let peer = match self.peer {
            Peer::Inet(address) => format!("{}:{}", address.ip().to_canonical(), address.port()),
            Peer::Unix => String::from("localhost:0"),
        };
        let now = now().strftime("%d/%b/%Y:%H:%M:%S %z");
        format!("{peer} - - [{now}] {} {sent_bytes}", self.request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_the_form_of_the_common_log() {
        let uri = Uri::from_static("/RPC2?x=1");
        let peer = Peer::Inet(SocketAddr::from(([127, 0, 0, 1], 4711)));
        let line = AccessLine::new(peer, &Method::POST, &uri, Version::HTTP_11, StatusCode::OK).text(251);
        let (start, rest) = line.split_once(" - - [").unwrap();
        let (time, rest) = rest.split_once("] ").unwrap();
        assert_eq!((start, rest), ("127.0.0.1:4711", "\"POST /RPC2?x=1 HTTP/1.1\" 200 251"));
        assert_eq!(time.len(), "22/Nov/2026:06:48:18 +0000".len(), "{time}");
    }
}
