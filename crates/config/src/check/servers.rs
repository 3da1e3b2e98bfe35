//! Servers that cannot work, that everybody can use, or that the client does not find.

use std::collections::HashMap;

use supervisor_core::spec::{GroupKind, SocketAddress, SocketSpec};

use super::Check;
use crate::codes::Code;
use crate::finding::Remark;
use crate::interface::{InterfaceKind, InterfaceSpec};
use crate::place::Piece;
use crate::python::path;
use crate::servers::{ServerAddress, ServerSpec};
use crate::supervisorctl::SECTION as CLIENT;
use crate::value::InetEndpoint;

/// How many bytes the path of a socket may have.
const SOCKET_PATH_MAX: usize = 107;

pub(super) fn check(check: &Check<'_>) {
    let servers = &check.examined.servers;
    let mut known: HashMap<String, &str> = HashMap::new();
    for server in servers {
        let option = option(server);
        let address = match &server.address {
            ServerAddress::Unix { path, chmod, .. } => {
                socket(check, server, path, *chmod);
                format!("unix://{path}")
            }
            ServerAddress::Inet(endpoint) => {
                port(check, server, endpoint);
                format!("port {} of {}", endpoint.port, host(endpoint))
            }
        };
        if let Some(other) = known.insert(address.clone(), &server.section) {
            let message = format!("[{}] and [{other}] both listen on {address}", server.section);
            let remark = Remark::new(Code::AddressInUse, message).hint("take one of the two out");
            check.refuse(check.place(&server.section, option), remark);
        }
        let hash = server.password.as_deref().and_then(|password| password.strip_prefix("{SHA}"));
        if hash.is_some_and(|hash| hash.len() != 40 || !hash.chars().all(|c| c.is_ascii_hexdigit())) {
            let message =
                format!("nobody can log in: the password of [{}] is no SHA-1 digest", server.section);
            let remark = Remark::new(Code::BadHash, message).hint(
                "write 40 hexadecimal digits after {SHA}, as `printf %s PASSWORD | sha1sum` prints them",
            );
            check.warn(check.piece(&server.section, "password", Piece::Name), remark);
        }
        if server.username.as_deref() == Some("") {
            let message = format!("the empty username of [{}] switches the login off", server.section);
            let remark = Remark::new(Code::NoLogin, message).hint("write a username");
            check.warn(check.piece(&server.section, "username", Piece::Name), remark);
        }
    }
    if check.examined.config.is_some() {
        interfaces(check);
    }
    shared_sockets(check);
    client(check);
}

/// Sockets of FastCGI programs whose directory is not there: the daemon would not start.
fn shared_sockets(check: &Check<'_>) {
    let Some(config) = &check.examined.config else { return };
    for group in &config.groups {
        let GroupKind::FastCgi(SocketSpec { address: SocketAddress::Unix(file), .. }) = &group.kind else {
            continue;
        };
        let section = format!("fcgi-program:{}", group.name);
        if check.setting(&section, "socket").is_some() {
            socket_path(check, &section, "socket", file);
        }
    }
}

fn option(server: &ServerSpec) -> &'static str {
    match server.address {
        ServerAddress::Unix { .. } => "file",
        ServerAddress::Inet(_) => "port",
    }
}

fn host(endpoint: &InetEndpoint) -> &str {
    if matches!(endpoint.host.as_str(), "" | "0.0.0.0" | "*") { "all interfaces" } else { &endpoint.host }
}

fn has_login(server: &ServerSpec) -> bool {
    server.username.as_deref().is_some_and(|name| !name.is_empty())
}

fn socket(check: &Check<'_>, server: &ServerSpec, file: &str, chmod: u32) {
    let section = &server.section;
    socket_path(check, section, "file", file);
    if chmod & 0o002 != 0 && !has_login(server) {
        let message = format!("every user of this machine can control the daemon through [{section}]");
        let remark = Remark::new(Code::OpenServer, message)
            .hint("write `chmod=0770` and `chown=user:group`, or ask for a login");
        check.warn(check.place(section, "chmod"), remark);
    }
}

fn socket_path(check: &Check<'_>, section: &str, option: &str, file: &str) {
    let directory = path::directory(file);
    if file.len() > SOCKET_PATH_MAX {
        let message = format!("the socket of [{section}] has a path of {} bytes", file.len());
        let hint = format!("use at most {SOCKET_PATH_MAX}");
        check.refuse(check.place(section, option), Remark::new(Code::SocketPath, message).hint(hint));
    } else if !check.examined.machine.is_dir(directory) {
        let message = format!("the directory {directory} for the socket of [{section}] does not exist");
        let remark = Remark::new(Code::DirectoryMissing, message)
            .hint(format!("create the directory {directory}, or name another"));
        check.refuse(check.place(section, option), remark);
    }
}

fn port(check: &Check<'_>, server: &ServerSpec, endpoint: &InetEndpoint) {
    let name = endpoint.host.as_str();
    let is_local = name == "localhost" || name == "::1" || name == "[::1]" || name.starts_with("127.");
    if !is_local && !has_login(server) {
        let section = &server.section;
        let message =
            format!("everybody who reaches {} can control the daemon through [{section}]", host(endpoint));
        let remark = Remark::new(Code::OpenServer, message)
            .hint("write `port=127.0.0.1:...`, or ask for a login with `username=` and `password=`");
        check.warn(check.place(section, "port"), remark);
    }
}

/// Without an interface clients connect but nothing answers them.
fn interfaces(check: &Check<'_>) {
    let Some(config) = &check.examined.config else { return };
    let Some(server) = config.servers.first() else { return };
    let is_main = |interface: &InterfaceSpec| {
        interface.kind == InterfaceKind::Supervisor && interface.name == "supervisor"
    };
    if !config.interfaces.iter().any(is_main) {
        let message = "supervisorctl cannot do anything: there is no [rpcinterface:supervisor]";
        let remark = Remark::new(Code::NoInterface, message).hint(
            "add [rpcinterface:supervisor] with \
             `supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface`",
        );
        check.warn(check.header(&server.section), remark);
    }
}

/// Whether `[supervisorctl]` leads to one of the servers.
fn client(check: &Check<'_>) {
    let examined = check.examined;
    let client = match examined.client() {
        None => return,
        Some(Ok(client)) => client,
        Some(Err(error)) => {
            error.findings.into_iter().for_each(|finding| check.take(finding));
            return;
        }
    };
    let serverurl = client.serverurl.unwrap_or_default();
    let servers = &examined.servers;
    if examined.config.is_none() {
        return; // Not all servers may be known.
    }
    if servers.is_empty() {
        let message = "supervisorctl cannot connect: the daemon listens nowhere";
        let remark = Remark::new(Code::ServerMismatch, message).hint("add [unix_http_server] with `file=`");
        check.warn(check.header(CLIENT), remark);
        return;
    }
    let Some(server) = servers.iter().find(|server| leads_to(&serverurl, server)) else {
        let message = format!("no server listens on {serverurl}, where supervisorctl connects to");
        let urls: Vec<String> = servers.iter().filter_map(url).collect();
        let remark = Remark::new(Code::ServerMismatch, message);
        let hint = (!urls.is_empty()).then(|| format!("the daemon can be reached at {}", urls.join(", ")));
        check.warn(check.place(CLIENT, "serverurl"), remark.perhaps_hint(hint));
        return;
    };
    let is_hash = server.password.as_deref().is_some_and(|password| password.starts_with("{SHA}"));
    let differs = client.username != server.username || (!is_hash && client.password != server.password);
    // Without a login in the file supervisorctl asks for one.
    if has_login(server) && client.username.is_some() && differs {
        let message =
            format!("supervisorctl does not log in with the username and password of [{}]", server.section);
        let remark = Remark::new(Code::LoginMismatch, message).hint("use the same in both sections");
        let option = if client.username == server.username { "password" } else { "username" };
        check.warn(check.piece(CLIENT, option, Piece::Name), remark);
    }
}

fn url(server: &ServerSpec) -> Option<String> {
    match &server.address {
        ServerAddress::Unix { path, .. } => Some(format!("unix://{path}")),
        ServerAddress::Inet(InetEndpoint { host, port }) => {
            let host = if host.is_empty() { "localhost" } else { host };
            Some(format!("http://{host}:{port}"))
        }
    }
}

/// Host names are not resolved: only the port counts.
fn leads_to(serverurl: &str, server: &ServerSpec) -> bool {
    match &server.address {
        ServerAddress::Unix { path, .. } => serverurl.strip_prefix("unix://") == Some(path),
        ServerAddress::Inet(endpoint) => {
            let Some((_, rest)) = serverurl.split_once("://") else { return false };
            let authority = rest.split('/').next().unwrap_or_default();
            let port = authority.rsplit_once(':').map_or("80", |(_, port)| port);
            !serverurl.starts_with("unix:") && port.parse() == Ok(endpoint.port)
        }
    }
}
