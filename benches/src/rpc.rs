//! Clients of XML-RPC that cost as little as possible.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use supervisor_sys::poll::{Interest, Poller};

use crate::Trouble;
use crate::subject::PATIENCE;

/// One connection, kept alive.
#[derive(Debug)]
pub(crate) struct Client {
    stream: UnixStream,
    answer: Vec<u8>,
}

/// A request for a method of these parameters (XML).
pub(crate) fn request(method: &str, params: &str) -> Vec<u8> {
    let body = format!(
        "<?xml version='1.0'?>\n<methodCall>\n<methodName>{method}</methodName>\n<params>\n{params}</params>\n\
         </methodCall>\n"
    );
    format!(
        "POST /RPC2 HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\nContent-Type: text/xml\r\n\
         Accept: */*\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Where the body begins and how long it is, once the head is there.
pub(crate) fn measure_head(bytes: &[u8]) -> Option<(usize, usize)> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    Some((end, length.unwrap_or(0)))
}

impl Client {
    /// Connects to a socket.
    pub(crate) fn connect(socket: &Path) -> Result<Self, Trouble> {
        let stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream, answer: Vec::new() })
    }

    /// Calls a method and returns the body of the answer.
    pub(crate) fn call(&mut self, method: &str, params: &str) -> Result<String, Trouble> {
        self.ask(&request(method, params))?;
        while !self.receive()? {}
        let (start, length) = measure_head(&self.answer).ok_or("no answer")?;
        Ok(String::from_utf8_lossy(&self.answer[start..start + length]).into_owned())
    }

    fn ask(&mut self, request: &[u8]) -> Result<(), Trouble> {
        self.answer.clear();
        Ok(self.stream.write_all(request)?)
    }

    /// Reads what is there; says whether the answer is complete.
    fn receive(&mut self) -> Result<bool, Trouble> {
        let have = self.answer.len();
        let wanted = measure_head(&self.answer).map_or(4096, |(start, length)| start + length);
        self.answer.resize(have.max(wanted).max(have + 4096), 0);
        let count = self.stream.read(&mut self.answer[have..])?;
        self.answer.truncate(have + count);
        if count == 0 {
            return Err("the server ended the connection".into());
        }
        Ok(measure_head(&self.answer).is_some_and(|(start, length)| self.answer.len() >= start + length))
    }
}

/// How a method was answered under load.
#[derive(Debug)]
pub(crate) struct Load {
    pub(crate) answers_per_second: f64,
    /// Seconds from each question to its answer.
    pub(crate) waits: Vec<f64>,
}

/// Has so many clients ask one question over and over for a while, each as soon as it has its answer.
pub(crate) fn load(socket: &Path, method: &str, clients: usize, time: Duration) -> Result<Load, Trouble> {
    let request = request(method, "");
    let poller = Poller::new()?;
    let mut connections = Vec::new();
    let begun = Instant::now();
    for number in 0..clients {
        let mut client = Client::connect(socket)?;
        poller.add(&client.stream, Interest::READ, number as u64)?;
        client.ask(&request)?;
        connections.push((client, Instant::now()));
    }
    let (mut events, mut waits) = (Vec::new(), Vec::new());
    // A slow server is waited for until it has answered once.
    while begun.elapsed() < time || waits.is_empty() {
        poller.wait(&mut events, Some(PATIENCE))?;
        if events.is_empty() {
            return Err("no answer".into());
        }
        for event in &events {
            let index = usize::try_from(event.token)?;
            let (client, asked) = &mut connections[index];
            if client.receive()? {
                waits.push(asked.elapsed().as_secs_f64());
                *asked = Instant::now();
                client.ask(&request)?;
            }
        }
    }
    #[expect(clippy::cast_precision_loss)]
    let answers_per_second = waits.len() as f64 / begun.elapsed().as_secs_f64();
    Ok(Load { answers_per_second, waits })
}
