//! Before everything stops for a start anew: what would keep it from beginning.

use std::net::IpAddr;

use supervisor_config::error::ConfigError;
use supervisor_config::servers::{ServerAddress, ServerSpec};
use supervisor_config::settings::MainLog;
use supervisor_config::supervisord::{CommandLine, Config};
use supervisor_core::rotation::Rotation;
use supervisor_core::spec::{GroupKind, GroupSpec, SocketAddress};

use super::refusal;
use crate::engine::fastcgi::SharedSocket;
use crate::http::{BoundServer, bind};
use crate::logs::file::RotatingFile;

/// Opens what the next configuration wants open and the present one has not, and closes it again. `shared` are the
/// FastCGI sockets of now.
///
/// # Errors
/// The first thing that cannot be opened, in the words of a start, and what to do about it.
// Differs: restart-with-broken-configuration
pub(crate) fn rehearse(
    command_line: &CommandLine,
    present: &Config,
    shared: &[&SocketAddress],
    next: &Config,
) -> Result<(), String> {
    let settings = &next.settings;
    if let MainLog::File(path) = &settings.logfile
        && settings.logfile != present.settings.logfile
    {
        RotatingFile::open(path.as_str(), Rotation::NEVER)
            .map_err(|errno| told(&refusal::unopened(command_line, settings, path, errno)))?;
    }
    let servers = bind(&new_servers(&present.servers, shared, &next.servers))
        .map_err(|refused| told(&refusal::unbound(command_line, &refused)))?;
    servers.iter().for_each(BoundServer::remove_socket_file);
    let is_free = |socket: &SharedSocket| {
        let address = socket.address();
        is_near(address)
            && !shared.iter().any(|open| is_same_socket(open, address))
            && !present.servers.iter().any(|server| is_server_s(&server.address, address))
    };
    fastcgi_sockets(&next.groups).filter(is_free).try_for_each(|socket| socket.rehearse())
}

/// Makes the FastCGI sockets of a first start and takes them back: whoever starts a daemon in the background sees
/// why it cannot begin only as long as it is in the foreground.
///
/// # Errors
/// The first one that cannot be made.
// Differs: fcgi-start-error
pub(super) fn rehearse_fastcgi(groups: &[GroupSpec]) -> Result<(), String> {
    fastcgi_sockets(groups).try_for_each(|socket| socket.rehearse())
}

fn fastcgi_sockets(groups: &[GroupSpec]) -> impl Iterator<Item = SharedSocket> {
    groups.iter().filter_map(|group| match &group.kind {
        GroupKind::FastCgi(spec) => Some(SharedSocket::new(spec.clone())),
        _ => None,
    })
}

/// In one line.
fn told(error: &ConfigError) -> String {
    let hints = error.findings.iter().filter_map(|finding| finding.hint.as_deref());
    [error.message.as_str()].into_iter().chain(hints).collect::<Vec<_>>().join(" - ")
}

/// Those that can be tried while the present ones are open.
fn new_servers(present: &[ServerSpec], shared: &[&SocketAddress], next: &[ServerSpec]) -> Vec<ServerSpec> {
    let is_new = |server: &&ServerSpec| {
        let is_in_its_way = |known: &ServerSpec| is_same_place(&known.address, &server.address);
        is_at_hand(&server.address)
            && !present.iter().any(is_in_its_way)
            && !shared.iter().any(|socket| is_server_s(&server.address, socket))
    };
    next.iter().filter(is_new).cloned().collect()
}

/// Whether one of them cannot be opened while the other is.
fn is_same_place(one: &ServerAddress, other: &ServerAddress) -> bool {
    match (one, other) {
        (ServerAddress::Unix { path, .. }, ServerAddress::Unix { path: other, .. }) => path == other,
        (ServerAddress::Inet(endpoint), ServerAddress::Inet(other)) => endpoint.port == other.port,
        _ => false,
    }
}

fn is_same_socket(one: &SocketAddress, other: &SocketAddress) -> bool {
    match (one, other) {
        (SocketAddress::Unix(path), SocketAddress::Unix(other)) => path == other,
        (SocketAddress::Tcp { port, .. }, SocketAddress::Tcp { port: other, .. }) => port == other,
        _ => false,
    }
}

fn is_server_s(server: &ServerAddress, socket: &SocketAddress) -> bool {
    match (server, socket) {
        (ServerAddress::Unix { path, .. }, SocketAddress::Unix(other)) => path == other,
        (ServerAddress::Inet(endpoint), SocketAddress::Tcp { port, .. }) => endpoint.port == *port,
        _ => false,
    }
}

fn is_near(address: &SocketAddress) -> bool {
    match address {
        SocketAddress::Unix(_) => true,
        SocketAddress::Tcp { host, .. } => is_near_host(host),
    }
}

fn is_at_hand(address: &ServerAddress) -> bool {
    match address {
        ServerAddress::Unix { .. } => true,
        ServerAddress::Inet(endpoint) => is_near_host(&endpoint.host),
    }
}

/// To look a name up may take long, and everybody would wait.
fn is_near_host(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.is_empty() || host == "localhost" || host.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use supervisor_config::value::InetEndpoint;

    use super::*;

    fn server(address: ServerAddress) -> ServerSpec {
        let section = "inet_http_server".to_owned();
        ServerSpec { section, address, username: None, password: None, readonly_login: None }
    }

    fn inet(host: &str, port: u16) -> ServerSpec {
        server(ServerAddress::Inet(InetEndpoint { host: host.to_owned(), port }))
    }

    fn unix(path: &str) -> ServerSpec {
        server(ServerAddress::Unix { path: path.to_owned(), chmod: 0o700, chown: (None, None) })
    }

    #[test]
    fn what_is_open_is_not_tried_and_neither_is_what_must_be_looked_up() {
        let present = [inet("127.0.0.1", 9001), unix("/run/s.sock")];
        let next = [
            inet("", 9001),
            inet("[::1]", 9002),
            inet("db.example", 9003),
            unix("/run/s.sock"),
            unix("/run/t"),
        ];
        assert_eq!(new_servers(&present, &[], &next), [next[1].clone(), next[4].clone()]);
        assert_eq!(new_servers(&[], &[], &next[..2]), next[..2]);
    }

    #[test]
    fn what_a_fastcgi_group_has_now_is_not_tried_as_a_server() {
        let next = [inet("127.0.0.1", 9001), inet("127.0.0.1", 9002), unix("/run/s.sock"), unix("/run/t")];
        let port = SocketAddress::Tcp { host: "localhost".to_owned(), port: 9001 };
        let path = SocketAddress::Unix("/run/t".to_owned());
        assert_eq!(new_servers(&[], &[&port, &path], &next), next[1..3]);
    }
}
