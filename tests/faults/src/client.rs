//! Clients without manners.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;

use supervisor_worlds::patience::PATIENCE;
use supervisor_worlds::world::World;

/// The head of a request for XML-RPC with a body of so many bytes.
pub fn head(body_bytes: usize) -> String {
    format!(
        "POST /RPC2 HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\nContent-Length: {body_bytes}\r\n\r\n"
    )
}

/// Connects to the world's socket and says this much, and no more.
///
/// # Panics
/// When nobody listens.
pub fn say(world: &World, text: &str) -> UnixStream {
    let mut stream = UnixStream::connect(world.path("run/supervisor.sock")).expect("somebody listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a socket takes a timeout");
    stream.write_all(text.as_bytes()).expect("the beginning of a request fits into the socket");
    stream
}

/// The first line of the answer, as far as there is one.
pub fn first_line(stream: &mut UnixStream) -> String {
    let mut line = Vec::new();
    let mut byte = [0];
    while let Ok(1) = stream.read(&mut byte) {
        if byte[0] == b'\n' {
            break;
        }
        line.push(byte[0]);
    }
    String::from_utf8_lossy(&line).trim_end().to_owned()
}
