//! The HTTP servers of a configuration.

use crate::codes::Code;
use crate::finding::Remark;
use crate::messages::Read;
use crate::options::{Optional, server};
use crate::place::Piece;
use crate::python::space::strip;
use crate::reader::{SectionReader, Source};
use crate::scope::{EnvironmentVariables, Scope};
use crate::value::{InetEndpoint, OwnerIds, Text};

/// The mode of a socket unless another is set.
const DEFAULT_MODE: u32 = 0o700;

/// An HTTP server to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerSpec {
    /// The section's name, without brackets.
    pub section: String,
    /// Where it listens.
    pub address: ServerAddress,
    /// The name clients log in with. Without one, or with an empty one, nobody needs to.
    pub username: Option<String>,
    /// The password clients log in with: plain, or `{SHA}` and a hexadecimal SHA-1.
    pub password: Option<String>,
}

/// Where an HTTP server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerAddress {
    /// On a port.
    Inet(InetEndpoint),
    /// On a Unix socket.
    Unix {
        /// Its path, absolute.
        path: String,
        /// Its mode.
        chmod: u32,
        /// Its owner.
        chown: OwnerIds,
    },
}

/// All servers: those on ports before those on sockets, each kind in file order.
pub(crate) fn servers(source: Source<'_>, environment: &EnvironmentVariables) -> Vec<Read<ServerSpec>> {
    // Compat: server-section-prefixes
    let inet = sections(source, "inet_http_server").map(|section| inet(source, section, environment));
    let inet: Vec<Read<ServerSpec>> = inet.collect();
    let unix = sections(source, "unix_http_server").map(|section| unix(source, section, environment));
    inet.into_iter().chain(unix).collect()
}

/// The address that children are given: the first socket, or else the last port.
// Compat: last-inet-server-is-the-fallback
pub(crate) fn fallback_url(servers: &[ServerSpec]) -> Option<String> {
    let socket = servers.iter().find_map(|server| match &server.address {
        ServerAddress::Unix { path, .. } => Some(format!("unix://{path}")),
        ServerAddress::Inet(_) => None,
    });
    let port = servers.iter().rev().find_map(|server| match &server.address {
        ServerAddress::Inet(InetEndpoint { host, port }) => {
            let host = if host.is_empty() { "localhost" } else { host };
            Some(format!("http://{host}:{port}"))
        }
        ServerAddress::Unix { .. } => None,
    });
    socket.or(port)
}

fn sections<'a>(source: Source<'a>, prefix: &'a str) -> impl Iterator<Item = &'a str> {
    source
        .document
        .sections()
        .map(|section| section.name.as_str())
        .filter(move |name| name.starts_with(prefix))
}

fn inet(source: Source<'_>, section: &str, environment: &EnvironmentVariables) -> Read<ServerSpec> {
    let reader = SectionReader::without_here(source, section, Scope::new(environment));
    let login = login(&reader, section, &server::INET_USERNAME, &server::INET_PASSWORD);
    let endpoint = reader.read_required(&server::PORT, || format!("section [{section}] has no port value"));
    let (username, password) = login?;
    let address = ServerAddress::Inet(endpoint?);
    Ok(ServerSpec { section: section.to_owned(), address, username, password })
}

fn unix(source: Source<'_>, section: &str, environment: &EnvironmentVariables) -> Read<ServerSpec> {
    let reader = SectionReader::new(source, section, Scope::new(environment));
    let file = reader.read_required(&server::FILE, || format!("section [{section}] has no file value"));
    let reader = SectionReader::without_here(source, section, Scope::new(environment));
    let login = login(&reader, section, &server::UNIX_USERNAME, &server::UNIX_PASSWORD);
    let chown = reader.read_named(&server::CHOWN, "sockchown");
    let chmod = reader.read_named(&server::CHMOD, "chmod");
    let (username, password) = login?;
    let address = ServerAddress::Unix {
        path: source.machine.normalize(strip(&file?)),
        chmod: chmod?.unwrap_or(DEFAULT_MODE),
        chown: chown?.unwrap_or_default(),
    };
    Ok(ServerSpec { section: section.to_owned(), address, username, password })
}

/// A name and a password, both or neither.
type Login = (Option<String>, Option<String>);

fn login(
    reader: &SectionReader<'_>,
    section: &str,
    username: &Optional<Text>,
    password: &Optional<Text>,
) -> Read<Login> {
    let login = (reader.read_optional(username), reader.read_optional(password));
    let login = (login.0?, login.1?);
    if login.0.is_some() == login.1.is_some() {
        return Ok(login);
    }
    let (given, absent) = if login.0.is_some() { (username, password) } else { (password, username) };
    let message = format!(
        "Section [{section}] contains incomplete authentication: If a username or a password is specified, \
         both the username and password must be specified"
    );
    let hint = format!("add `{}=`", absent.entry.name);
    let place = reader.place(given.entry.name, Piece::Name);
    Err(reader.refuse_at(place, Remark::new(Code::IncompleteLogin, message).hint(hint)))
}

#[cfg(test)]
mod tests;
