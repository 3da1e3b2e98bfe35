//! The HTTP servers of a configuration.

use crate::codes::Code;
use crate::finding::Remark;
use crate::messages::{Read, Reported};
use crate::options::{Defaulted, Optional, server};
use crate::place::Piece;
use crate::python::space::strip;
use crate::reader::{SectionReader, Source};
use crate::scope::{EnvironmentVariables, Scope};
use crate::value::{Boolean, InetEndpoint, OwnerIds, Text};

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
    /// The password clients log in with: plain, an Argon2 hash, or `{SHA}` and a hexadecimal SHA-1.
    pub password: Option<String>,
    /// Name and password of the user who may only look.
    pub readonly_login: Option<(String, String)>,
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
    let login = login(&reader, section, [&server::INET_USERNAME, &server::INET_PASSWORD]);
    let readonly = [&server::INET_READONLY_USERNAME, &server::INET_READONLY_PASSWORD];
    let readonly_login = readonly_login(&reader, section, readonly, &login);
    let closed = login_required(&reader, section, &server::INET_LOGIN_REQUIRED, &login);
    let endpoint = reader.read_required(&server::PORT, || format!("section [{section}] has no port value"));
    let (username, password) = login?;
    closed?;
    let address = ServerAddress::Inet(endpoint?);
    let readonly_login = readonly_login?;
    Ok(ServerSpec { section: section.to_owned(), address, username, password, readonly_login })
}

fn unix(source: Source<'_>, section: &str, environment: &EnvironmentVariables) -> Read<ServerSpec> {
    let reader = SectionReader::new(source, section, Scope::new(environment));
    let file = reader.read_required(&server::FILE, || format!("section [{section}] has no file value"));
    let reader = SectionReader::without_here(source, section, Scope::new(environment));
    let login = login(&reader, section, [&server::UNIX_USERNAME, &server::UNIX_PASSWORD]);
    let readonly = [&server::UNIX_READONLY_USERNAME, &server::UNIX_READONLY_PASSWORD];
    let readonly_login = readonly_login(&reader, section, readonly, &login);
    let closed = login_required(&reader, section, &server::UNIX_LOGIN_REQUIRED, &login);
    let chown = reader.read_named(&server::CHOWN, "sockchown");
    let chmod = reader.read_named(&server::CHMOD, "chmod");
    let (username, password) = login?;
    closed?;
    let address = ServerAddress::Unix {
        path: source.machine.normalize(strip(&file?)),
        chmod: chmod?.unwrap_or(DEFAULT_MODE),
        chown: chown?.unwrap_or_default(),
    };
    let readonly_login = readonly_login?;
    Ok(ServerSpec { section: section.to_owned(), address, username, password, readonly_login })
}

/// A name and a password, both or neither.
type Login = (Option<String>, Option<String>);

fn login(reader: &SectionReader<'_>, section: &str, options: [&Optional<Text>; 2]) -> Read<Login> {
    let [username, password] = options;
    let login = (reader.read_optional(username), reader.read_optional(password));
    let login = (login.0?, login.1?);
    if login.0.is_some() == login.1.is_some() {
        return match &login.1 {
            Some(hash) if is_damaged_hash(hash) => Err(refuse_hash(reader, section, password)),
            _ => Ok(login),
        };
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

/// The user who may only look, who makes sense beside one who may do everything.
fn readonly_login(
    reader: &SectionReader<'_>,
    section: &str,
    options: [&Optional<Text>; 2],
    full: &Read<Login>,
) -> Read<Option<(String, String)>> {
    let (Some(username), Some(password)) = login(reader, section, options)? else { return Ok(None) };
    if matches!(full, Ok((None, _))) {
        let message = format!(
            "Section [{section}] has a readonly_username but no username, so everybody may do everything"
        );
        let remark = Remark::new(Code::IncompleteLogin, message).hint("add `username=` and `password=`");
        let place = reader.place(options[0].entry.name, Piece::Name);
        return Err(reader.refuse_at(place, remark));
    }
    Ok(Some((username, password)))
}

/// Refuses a server that asks nobody for a login where the file says that it must.
fn login_required(
    reader: &SectionReader<'_>,
    section: &str,
    option: &Defaulted<Boolean>,
    login: &Read<Login>,
) -> Read<()> {
    let is_open = matches!(login, Ok((name, _)) if name.as_deref().is_none_or(str::is_empty));
    if !(reader.read(option)? && is_open) {
        return Ok(());
    }
    let message = format!("Section [{section}] has login_required=true but asks for no login");
    let remark =
        Remark::new(Code::IncompleteLogin, message).hint("set `username=` and `password=`, both not empty");
    Err(reader.refuse_at(reader.place(option.entry.name, Piece::Name), remark))
}

/// How an Argon2 hash begins.
const ARGON2: &str = "$argon2";
/// `$argon2id$v=19$m=19456,t=2,p=1$salt$hash` has so many parts.
const HASH_PARTS: usize = 6;

/// Whether a password is meant to be an Argon2 hash and is none.
fn is_damaged_hash(password: &str) -> bool {
    let parts: Vec<&str> = password.split('$').collect();
    password.starts_with(ARGON2)
        && (parts.len() != HASH_PARTS || parts.iter().skip(1).any(|part| part.is_empty()))
}

fn refuse_hash(reader: &SectionReader<'_>, section: &str, option: &Optional<Text>) -> Reported {
    let name = option.entry.name;
    let message = format!("Section [{section}]: {name} begins like an Argon2 hash but is none");
    let hint = "it looks like `$argon2id$v=19$m=19456,t=2,p=1$SALT$HASH`";
    let place = reader.place(name, Piece::Name);
    reader.refuse_at(place, Remark::new(Code::BadValue, message).hint(hint))
}

#[cfg(test)]
mod tests;
