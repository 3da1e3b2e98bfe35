//! The socket of an `[fcgi-program:x]`.

use supervisor_core::spec::{SocketAddress, SocketSpec, User};

use crate::codes::Code;
use crate::finding::Remark;
use crate::machine::Machine;
use crate::messages::Read;
use crate::options::{fcgi, program};
use crate::python::space::is_space;
use crate::reader::SectionReader;
use crate::scope::Variable;
use crate::value::{Integer, OwnerIds, port};

/// The mode of a Unix socket unless another is set.
const DEFAULT_MODE: u32 = 0o700;

/// Reads the options of the socket, in the order: user, backlog, owner, mode, address.
pub(crate) fn socket(
    reader: &SectionReader<'_>,
    section: &str,
    program_name: &str,
    machine: &Machine<'_>,
) -> Read<SocketSpec> {
    let user = reader.read_optional(&program::USER);
    let backlog = backlog(reader);
    let owner = reader.read_named(&fcgi::SOCKET_OWNER, "socket_owner");
    let mode = reader.read_named(&fcgi::SOCKET_MODE, "socket_mode");
    let mut reader = reader.clone();
    reader.scope.set("program_name", Variable::Text(program_name.to_owned()));
    let missing = || format!("[{section}] section requires a \"socket\" line");
    let written = reader.read_required(&fcgi::SOCKET, missing).and_then(|written| {
        if written.is_empty() { Err(reader.missing(&fcgi::SOCKET.entry, missing())) } else { Ok(written) }
    })?;
    let has_permissions = !matches!((&owner, &mode), (Ok(None), Ok(None)));
    let address = address(&written, has_permissions, machine).map_err(|(message, hint)| {
        let remark = Remark::new(Code::BadValue, format!("{message} in [{section}] socket"));
        reader.refuse(fcgi::SOCKET.entry.name, remark.hint(hint))
    })?;
    let (user, owner) = (user?, owner?);
    let owner = match address {
        SocketAddress::Unix(_) => owner.or_else(|| owner_of(user.as_ref(), machine)),
        SocketAddress::Tcp { .. } => None,
    };
    let mode = mode?.unwrap_or(DEFAULT_MODE);
    Ok(SocketSpec { address, owner: owner.unwrap_or_default(), mode, backlog: backlog? })
}

fn backlog(reader: &SectionReader<'_>) -> Read<Option<i32>> {
    let name = fcgi::SOCKET_BACKLOG.entry.name;
    let Some(text) = reader.read_optional(&fcgi::SOCKET_BACKLOG)? else { return Ok(None) };
    let length = reader.convert::<Integer>(name, &text)?;
    match i32::try_from(length) {
        Ok(length @ 1..=65535) => Ok(Some(length)),
        _ => {
            let remark = Remark::new(Code::BadValue, format!("Invalid socket_backlog value {length}"));
            Err(reader.refuse(name, remark.hint("it takes a number from 1 to 65535")))
        }
    }
}

/// Why an address is refused, and what to do about it.
type Misfit = (String, String);

// Differs: fcgi-socket-messages
fn address(text: &str, has_permissions: bool, machine: &Machine<'_>) -> Result<SocketAddress, Misfit> {
    if let Some(path) = text.strip_prefix("unix://") {
        return if path.starts_with('/') {
            Ok(SocketAddress::Unix(machine.normalize(path)))
        } else {
            let message = format!("Unix socket path {path} is not an absolute path");
            Err((message, format!("did you mean `unix:///{path}`?")))
        };
    }
    if has_permissions {
        let message = "socket_owner and socket_mode params should only be used with a Unix domain socket";
        return Err((message.to_owned(), "take socket_owner and socket_mode out".to_owned()));
    }
    let endpoint = text.strip_prefix("tcp://").and_then(|rest| rest.split_once(':'));
    let Some((host, number)) = endpoint.filter(|(host, number)| is_host(host) && is_number(number)) else {
        let hint = "`socket` takes unix:///PATH or tcp://HOST:PORT".to_owned();
        return Err((format!("Bad socket format {text}"), hint));
    };
    let port = port(number).map_err(|message| (message, "ports go from 1 to 65535".to_owned()))?;
    Ok(SocketAddress::Tcp { host: host.to_lowercase(), port })
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
