//! `command=`, `socket=` and `timeout=`: a program that answers what is called in a namespace.

use supervisor_core::spec::{SocketAddress, SocketSpec};

use crate::codes::Code;
use crate::finding::Remark;
use crate::machine::Machine;
use crate::messages::{Read, Reported};
use crate::options::plugin;
use crate::program::suffix;
use crate::reader::SectionReader;
use crate::value::port;

/// The mode of the socket that the daemon makes: nobody else connects to it. The program has it already.
const SOCKET_MODE: u32 = 0o600;

/// The longest path of a socket, in bytes.
const SOCKET_PATH_BYTES_MAX: usize = 107;

/// The longest time that a call may take.
const TIMEOUT_SECONDS_MAX: i64 = 3600;

/// Who answers what is called in a namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtensionSpec {
    /// Where.
    pub address: ExtensionAddress,
    /// How long an answer may take.
    pub timeout_seconds: u64,
}

/// Where somebody answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExtensionAddress {
    /// At a socket of this machine.
    Unix(String),
    /// At a port.
    Http {
        /// The host, an IPv6 address without brackets.
        host: String,
        /// The port.
        port: u16,
    },
}

/// Where the program of a section answers. Without `socket=` it is a private socket of the daemon's.
pub(crate) fn address_of(
    reader: &SectionReader<'_>,
    socket_base: &str,
    machine: &Machine<'_>,
) -> Read<ExtensionAddress> {
    let address = match reader.read_optional(&plugin::RPC_SOCKET)? {
        None => ExtensionAddress::Unix(format!("{socket_base}.{}.sock", suffix(reader.name()).trim())),
        Some(written) => parse(&written, machine).map_err(|hint| {
            let message = format!("Bad socket format {written} in [{}] socket", reader.name());
            refuse_socket(reader, Remark::new(Code::BadValue, message).hint(hint))
        })?,
    };
    match &address {
        ExtensionAddress::Unix(path) if path.len() > SOCKET_PATH_BYTES_MAX => {
            let message =
                format!("the socket {path} of [{}] has a path of {} bytes", reader.name(), path.len());
            let hint = format!("write `socket=unix:///PATH` with at most {SOCKET_PATH_BYTES_MAX} bytes");
            Err(refuse_socket(reader, Remark::new(Code::SocketPath, message).hint(hint)))
        }
        _ => Ok(address),
    }
}

fn refuse_socket(reader: &SectionReader<'_>, remark: Remark) -> Reported {
    reader.refuse(plugin::RPC_SOCKET.entry.name, remark)
}

/// The socket that the daemon makes for the program of a section; none if the program listens by itself.
pub(crate) fn socket_of(address: &ExtensionAddress) -> Option<SocketSpec> {
    match address {
        ExtensionAddress::Unix(path) => Some(SocketSpec {
            address: SocketAddress::Unix(path.clone()),
            owner: (None, None),
            mode: SOCKET_MODE,
            backlog: None,
        }),
        ExtensionAddress::Http { .. } => None,
    }
}

pub(super) fn timeout(reader: &SectionReader<'_>) -> Read<u64> {
    let seconds = reader.read(&plugin::RPC_TIMEOUT)?;
    let is_sensible = (1..=TIMEOUT_SECONDS_MAX).contains(&seconds);
    u64::try_from(seconds).ok().filter(|_| is_sensible).ok_or_else(|| {
        let remark = Remark::new(Code::BadValue, format!("Invalid timeout value {seconds}"));
        let hint = format!("it takes a number of seconds from 1 to {TIMEOUT_SECONDS_MAX}");
        reader.refuse(plugin::RPC_TIMEOUT.entry.name, remark.hint(hint))
    })
}

/// Reads an address; an error says what to write.
fn parse(text: &str, machine: &Machine<'_>) -> Result<ExtensionAddress, String> {
    if let Some(path) = text.strip_prefix("unix://") {
        return if path.starts_with('/') {
            Ok(ExtensionAddress::Unix(machine.normalize(path)))
        } else {
            Err(format!("did you mean `unix:///{path}`?"))
        };
    }
    let form = "`socket` takes unix:///PATH or http://HOST:PORT".to_owned();
    let Some(authority) = text.strip_prefix("http://") else { return Err(form) };
    let authority = authority.strip_suffix('/').unwrap_or(authority);
    let Some((host, number)) = authority.rsplit_once(':') else { return Err(form) };
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let is_host = |host: &str| {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        !host.is_empty() && host.chars().all(is_plain)
    };
    let is_plain_address = |c: char| c.is_ascii_hexdigit() || matches!(c, ':' | '.');
    let is_address = bare.is_some_and(|host| host.contains(':') && host.chars().all(is_plain_address));
    if !is_host(host) && !is_address {
        return Err(form);
    }
    let port = port(number).map_err(|_| "ports go from 1 to 65535".to_owned())?;
    Ok(ExtensionAddress::Http { host: bare.unwrap_or(host).to_lowercase(), port })
}
