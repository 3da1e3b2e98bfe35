//! Before everything stops for a start anew: what would keep it from beginning.

use std::net::IpAddr;
use std::path::Path;

use supervisor_config::servers::{ServerAddress, ServerSpec};
use supervisor_config::settings::MainLog;
use supervisor_config::supervisord::{CommandLine, Config};
use supervisor_config::value::InetEndpoint;
use supervisor_core::rotation::Rotation;
use supervisor_core::spec::{GroupKind, GroupSpec, SocketAddress, SocketSpec};
use supervisor_sys::{Errno, files};

use super::holder::is_in_the_family;
use super::refusal::in_one_line;
use super::{privileges, refusal};
use crate::engine::fastcgi::SharedSocket;
use crate::http::{BindError, BoundServer, Unbound, bind};
use crate::logs::file::RotatingFile;

/// Opens what the next configuration wants open and the present one has not, and closes it again.
///
/// # Errors
/// The first thing that cannot be opened, in the words of a start, and what to do about it.
// Differs: restart-with-broken-configuration
pub(crate) fn rehearse(command_line: &CommandLine, present: &Config, next: &Config) -> Result<(), String> {
    let settings = &next.settings;
    privileges::permitted(settings)?;
    if let MainLog::File(path) = &settings.logfile
        && settings.logfile != present.settings.logfile
    {
        try_log(path)
            .map_err(|errno| in_one_line(&refusal::unopened(command_line, settings, path, errno)))?;
    }
    try_servers(new_servers(&present.servers, &next.servers))
        .map_err(|refused| in_one_line(&refusal::unbound(command_line, &refused)))?;
    try_fastcgi(&next.groups)
}

/// Makes the FastCGI sockets of a first start and takes them back: whoever starts a daemon in the background sees why it
/// cannot begin only as long as it is in the foreground.
///
/// # Errors
/// The first one that cannot be made.
// Differs: fcgi-start-error
pub(super) fn rehearse_fastcgi(groups: &[GroupSpec]) -> Result<(), String> {
    fastcgi(groups).try_for_each(|spec| SharedSocket::new(spec.clone()).rehearse())
}

fn try_fastcgi(groups: &[GroupSpec]) -> Result<(), String> {
    for spec in fastcgi(groups) {
        let address = address_of(&spec.address);
        if is_at_hand(&address)
            && let Err(reason) = SharedSocket::new(spec.clone()).rehearse()
            && !is_in_the_family(&address)
        {
            return Err(reason);
        }
    }
    Ok(())
}

fn fastcgi(groups: &[GroupSpec]) -> impl Iterator<Item = &SocketSpec> {
    groups.iter().filter_map(|group| match &group.kind {
        GroupKind::FastCgi(spec) => Some(spec),
        _ => None,
    })
}

/// As that of a server.
fn address_of(socket: &SocketAddress) -> ServerAddress {
    match socket {
        SocketAddress::Unix(path) => {
            ServerAddress::Unix { path: path.clone(), chmod: 0o700, chown: (None, None) }
        }
        SocketAddress::Tcp { host, port } => {
            ServerAddress::Inet(InetEndpoint { host: host.clone(), port: *port })
        }
    }
}

/// Leaves no file that was not there: the start anew may have another user, who could not write it.
fn try_log(path: &str) -> Result<(), Errno> {
    let was_there = files::look_up(Path::new(path)).is_ok();
    let log = RotatingFile::open(path, Rotation::NEVER)?;
    if !was_there && log.size_bytes() == 0 {
        // The path may be a link to it.
        let _ = std::fs::canonicalize(path).map(|made| files::unlink(&made));
    }
    Ok(())
}

/// What this daemon or one of its programs has is free when everything has stopped.
fn try_servers(mut servers: Vec<ServerSpec>) -> Result<(), Unbound> {
    loop {
        let refused = match bind(&servers) {
            Ok(bound) => {
                bound.iter().for_each(BoundServer::remove_socket_file);
                return Ok(());
            }
            Err(refused) => refused,
        };
        if refused.error != BindError::InUse || !is_in_the_family(&refused.server.address) {
            return Err(refused);
        }
        servers.retain(|server| server.address != refused.server.address);
    }
}

/// Those that can be tried while the present ones are open.
fn new_servers(present: &[ServerSpec], next: &[ServerSpec]) -> Vec<ServerSpec> {
    let is_new = |server: &&ServerSpec| {
        let is_in_its_way = |known: &ServerSpec| is_same_place(&known.address, &server.address);
        is_at_hand(&server.address) && !present.iter().any(is_in_its_way)
    };
    next.iter().filter(is_new).cloned().collect()
}

/// Whether one of them is the other's place. A port with another host is none: that host may not be had.
fn is_same_place(one: &ServerAddress, other: &ServerAddress) -> bool {
    match (one, other) {
        (ServerAddress::Unix { path, .. }, ServerAddress::Unix { path: other, .. }) => path == other,
        (ServerAddress::Inet(endpoint), ServerAddress::Inet(other)) => endpoint == other,
        _ => false,
    }
}

/// To look a name up may take long, and everybody would wait.
fn is_at_hand(address: &ServerAddress) -> bool {
    match address {
        ServerAddress::Unix { .. } => true,
        ServerAddress::Inet(endpoint) => {
            let host = endpoint.host.trim_start_matches('[').trim_end_matches(']');
            host.is_empty() || host == "localhost" || host.parse::<IpAddr>().is_ok()
        }
    }
}

#[cfg(test)]
mod tests {
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
            inet("127.0.0.1", 9001),
            inet("10.0.0.1", 9001),
            inet("[::1]", 9002),
            inet("db.example", 9003),
            unix("/run/s.sock"),
            unix("/run/t"),
        ];
        assert_eq!(new_servers(&present, &next), [next[1].clone(), next[2].clone(), next[5].clone()]);
        assert_eq!(new_servers(&[], &next[..2]), next[..2]);
    }
}
