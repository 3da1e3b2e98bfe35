//! The HTTP servers of a configuration.

use crate::error::ConfigError;
use crate::options::{Optional, server};
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
pub(crate) fn servers(
    source: Source<'_>,
    environment: &EnvironmentVariables,
) -> Result<Vec<ServerSpec>, ConfigError> {
    let mut servers = Vec::new();
    // Compat: server-section-prefixes
    for section in sections(source, "inet_http_server") {
        servers.push(inet(source, section, environment)?);
    }
    for section in sections(source, "unix_http_server") {
        servers.push(unix(source, section, environment)?);
    }
    Ok(servers)
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

fn inet(
    source: Source<'_>,
    section: &str,
    environment: &EnvironmentVariables,
) -> Result<ServerSpec, ConfigError> {
    let reader = SectionReader::without_here(source, section, Scope::new(environment));
    let (username, password) = login(&reader, section, &server::INET_USERNAME, &server::INET_PASSWORD)?;
    let endpoint = reader.read_optional(&server::PORT)?;
    let endpoint =
        endpoint.ok_or_else(|| reader.error("port", format!("section [{section}] has no port value")))?;
    Ok(ServerSpec { section: section.to_owned(), address: ServerAddress::Inet(endpoint), username, password })
}

fn unix(
    source: Source<'_>,
    section: &str,
    environment: &EnvironmentVariables,
) -> Result<ServerSpec, ConfigError> {
    let reader = SectionReader::new(source, section, Scope::new(environment));
    let file = reader.read_optional(&server::FILE)?;
    let file = file.ok_or_else(|| reader.error("file", format!("section [{section}] has no file value")))?;
    let path = source.machine.normalize(strip(&file));
    let reader = SectionReader::without_here(source, section, Scope::new(environment));
    let (username, password) = login(&reader, section, &server::UNIX_USERNAME, &server::UNIX_PASSWORD)?;
    let chown = reader.read_named(&server::CHOWN, "sockchown")?.unwrap_or_default();
    let chmod = reader.read_named(&server::CHMOD, "chmod")?.unwrap_or(DEFAULT_MODE);
    let address = ServerAddress::Unix { path, chmod, chown };
    Ok(ServerSpec { section: section.to_owned(), address, username, password })
}

/// A name and a password, both or neither.
type Login = (Option<String>, Option<String>);

fn login(
    reader: &SectionReader<'_>,
    section: &str,
    username: &Optional<Text>,
    password: &Optional<Text>,
) -> Result<Login, ConfigError> {
    let login = (reader.read_optional(username)?, reader.read_optional(password)?);
    if login.0.is_some() == login.1.is_some() {
        return Ok(login);
    }
    let given = if login.0.is_some() { username } else { password };
    let message = format!(
        "Section [{section}] contains incomplete authentication: If a username or a password is specified, \
         both the username and password must be specified"
    );
    Err(reader.error(given.entry.name, message))
}

#[cfg(test)]
mod tests;
