//! A client of the daemon: one connection for each call, as scripts do it.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

use supervisor_rpc::fault::FaultValue;
use supervisor_rpc::info::ProcessInfo;
use supervisor_rpc::value::Value;
use supervisor_rpc::{decode, encode};

/// No answer takes longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where to call.
#[derive(Clone, Debug)]
pub struct Client {
    /// The socket.
    pub socket: PathBuf,
}

impl Client {
    /// A connection.
    ///
    /// # Errors
    /// When nobody listens.
    pub fn connect(&self) -> io::Result<UnixStream> {
        let stream = UnixStream::connect(&self.socket)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(stream)
    }

    /// Calls a method.
    ///
    /// # Errors
    /// When there is no answer.
    pub fn call(&self, method: &str, params: &[Value]) -> io::Result<Result<Value, FaultValue>> {
        let mut stream = self.connect()?;
        stream.write_all(request(method, params).as_bytes())?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        let start = answer.windows(4).position(|window| window == b"\r\n\r\n");
        let Some(start) = start else { return Err(io::Error::other("the answer is cut off")) };
        if answer.get(8..12) != Some(b" 200") {
            return Err(io::Error::other(String::from_utf8_lossy(&answer[..start]).into_owned()));
        }
        decode::response(&answer[start + 4..]).map_err(io::Error::other)
    }

    /// How all processes are.
    ///
    /// # Errors
    /// When there is no answer, or it is a fault or no list of processes.
    pub fn infos(&self) -> io::Result<Vec<ProcessInfo>> {
        let answer =
            self.call("supervisor.getAllProcessInfo", &[])?.map_err(|fault| io::Error::other(fault.text))?;
        let infos = answer.as_array().and_then(|items| items.iter().map(ProcessInfo::from_value).collect());
        infos.ok_or_else(|| io::Error::other("no list of processes"))
    }

    /// The daemon's process id.
    ///
    /// # Errors
    /// When there is no answer.
    pub fn daemon(&self) -> io::Result<i32> {
        let answer = self.call("supervisor.getPID", &[])?.map_err(|fault| io::Error::other(fault.text))?;
        answer.as_int().and_then(|pid| i32::try_from(pid).ok()).ok_or_else(|| io::Error::other("no number"))
    }
}

/// A whole request.
#[must_use]
pub fn request(method: &str, params: &[Value]) -> String {
    let body = encode::call(method, params);
    let length = body.len();
    // In this version no answer comes in chunks.
    format!("POST /RPC2 HTTP/1.0\r\nHost: x\r\nContent-Length: {length}\r\n\r\n{body}")
}

/// A request for something that has no end.
#[must_use]
pub fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.0\r\nHost: x\r\n\r\n")
}
