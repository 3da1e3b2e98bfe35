//! The socket of an `[fcgi-program:x]`.

use supervisor_core::spec::{SocketAddress, SocketSpec, User};

use crate::error::ConfigError;
use crate::machine::Machine;
use crate::options::{fcgi, program};
use crate::python::number::integer;
use crate::python::space::is_space;
use crate::reader::SectionReader;
use crate::scope::Variable;
use crate::value::{OwnerIds, port};

/// The mode of a Unix socket unless another is set.
const DEFAULT_MODE: u32 = 0o700;

/// Reads the options of the socket.
///
/// # Errors
/// The first fault, in the order: user, backlog, owner, mode, address.
pub(crate) fn socket(
    reader: &SectionReader<'_>,
    section: &str,
    program_name: &str,
    machine: &Machine<'_>,
) -> Result<SocketSpec, ConfigError> {
    let user = reader.read_optional(&program::USER)?;
    let backlog = backlog(reader)?;
    let owner = reader.read_named(&fcgi::SOCKET_OWNER, "socket_owner")?;
    let mode = reader.read_named(&fcgi::SOCKET_MODE, "socket_mode")?;
    let mut reader = reader.clone();
    reader.scope.set("program_name", Variable::Text(program_name.to_owned()));
    let Some(written) = reader.read_optional(&fcgi::SOCKET)?.filter(|text| !text.is_empty()) else {
        let message = format!("[{section}] section requires a \"socket\" line");
        return Err(reader.error(fcgi::SOCKET.entry.name, message));
    };
    let address = address(&written, owner.is_some() || mode.is_some(), machine).map_err(|message| {
        reader.error(fcgi::SOCKET.entry.name, format!("{message} in [{section}] socket"))
    })?;
    let owner = match address {
        SocketAddress::Unix(_) => owner.or_else(|| owner_of(user.as_ref(), machine)),
        SocketAddress::Tcp { .. } => None,
    };
    Ok(SocketSpec { address, owner: owner.unwrap_or_default(), mode: mode.unwrap_or(DEFAULT_MODE), backlog })
}

fn backlog(reader: &SectionReader<'_>) -> Result<Option<i32>, ConfigError> {
    let name = fcgi::SOCKET_BACKLOG.entry.name;
    let Some(text) = reader.read_optional(&fcgi::SOCKET_BACKLOG)? else { return Ok(None) };
    let length = integer(&text).map_err(|message| reader.error(name, message))?;
    match i32::try_from(length) {
        Ok(length @ 1..=65535) => Ok(Some(length)),
        _ => Err(reader.error(name, format!("Invalid socket_backlog value {length}"))),
    }
}

// Differs: fcgi-socket-messages
fn address(text: &str, has_permissions: bool, machine: &Machine<'_>) -> Result<SocketAddress, String> {
    if let Some(path) = text.strip_prefix("unix://") {
        return if path.starts_with('/') {
            Ok(SocketAddress::Unix(machine.normalize(path)))
        } else {
            Err(format!("Unix socket path {path} is not an absolute path"))
        };
    }
    if has_permissions {
        let message = "socket_owner and socket_mode params should only be used with a Unix domain socket";
        return Err(message.to_owned());
    }
    let endpoint = text.strip_prefix("tcp://").and_then(|rest| rest.split_once(':'));
    let Some((host, number)) = endpoint.filter(|(host, number)| is_host(host) && is_number(number)) else {
        return Err(format!("Bad socket format {text}"));
    };
    Ok(SocketAddress::Tcp { host: host.to_lowercase(), port: port(number)? })
}

fn is_host(text: &str) -> bool {
    !text.is_empty() && !text.contains(is_space)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The socket belongs to the program's user if that is somebody else.
fn owner_of(user: Option<&User>, machine: &Machine<'_>) -> Option<OwnerIds> {
    let user = user.filter(|user| user.uid != machine.host.effective_uid())?;
    Some((Some(user.uid), Some(user.gid)))
}
