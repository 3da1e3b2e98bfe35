//! Answers questions with prepared text.

use std::collections::HashMap;
use std::fs;
use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};

use supervisor_sys::poll::{Interest, Poller};

use crate::Trouble;

const LISTENER: u64 = u64::MAX;
const REQUEST_BYTES_MAX: usize = 64 << 10;
const STATE: &str = "<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value><struct>\n<member>\n\
    <name>statecode</name>\n<value><int>1</int></value>\n</member>\n<member>\n<name>statename</name>\n\
    <value><string>RUNNING</string></value>\n</member>\n</struct></value>\n</param>\n</params>\n</methodResponse>\n";

/// Runs until it is killed. `body` is the file with the long answer.
pub(super) fn run(socket: &str, body: &str) -> Result<(), Trouble> {
    let listener = UnixListener::bind(socket)?;
    let (short, long) = (whole(STATE), whole(&fs::read_to_string(body)?));
    let poller = Poller::new()?;
    poller.add(&listener, Interest::READ, LISTENER)?;
    let mut clients: HashMap<u64, UnixStream> = HashMap::new();
    let (mut events, mut buffer, mut next) = (Vec::new(), vec![0; REQUEST_BYTES_MAX], 0);
    loop {
        poller.wait(&mut events, None)?;
        for event in &events {
            if event.token == LISTENER {
                let (client, _) = listener.accept()?;
                poller.add(&client, Interest::READ, next)?;
                clients.insert(next, client);
                next += 1;
                continue;
            }
            let Some(client) = clients.get_mut(&event.token) else { continue };
            let count = client.read(&mut buffer).unwrap_or(0);
            let is_state = buffer[..count].windows(8).any(|window| window == b"getState");
            let answer = if is_state { &short } else { &long };
            if count == 0 || client.write_all(answer.as_bytes()).is_err() {
                clients.remove(&event.token);
            }
        }
    }
}

fn whole(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}
