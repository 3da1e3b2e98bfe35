//! Who has an address that is taken: this daemon and its programs let go of theirs before a start anew.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

use supervisor_config::servers::ServerAddress;
use supervisor_sys::{host, sockets};

use crate::strays;

/// What `/proc/net/tcp` says of a socket that listens.
const LISTENING: &str = "0A";
/// The kernel's lists are read in pieces, and may lack what is there while others come and go.
const LOOKS_MAX: usize = 3;

/// Whether an address is taken by this daemon or its programs, and by nobody else. Where that cannot be seen it is not.
pub(super) fn is_in_the_family(address: &ServerAddress) -> bool {
    match address {
        ServerAddress::Unix { path, .. } => match sockets::who_listens(Path::new(path)) {
            Ok(Some(pid)) => strays::family(host::own_pid()).contains(&pid),
            _ => false,
        },
        ServerAddress::Inet(endpoint) => (0..LOOKS_MAX).any(|_| {
            let wanted = listeners(endpoint.port);
            !wanted.is_empty() && wanted.is_subset(&open_sockets(&strays::family(host::own_pid())))
        }),
    }
}

/// The sockets that listen on a port, as links in `/proc/PID/fd` name them.
fn listeners(port: u16) -> HashSet<OsString> {
    let tables = ["tcp", "tcp6"].map(|table| fs::read_to_string(format!("/proc/net/{table}")));
    let lines = tables.iter().flatten().flat_map(|table| table.lines());
    lines.filter_map(|line| listener(line, port)).collect()
}

fn listener(line: &str, port: u16) -> Option<OsString> {
    let mut fields = line.split_ascii_whitespace();
    let (_, local_port) = fields.nth(1)?.rsplit_once(':')?;
    let is_wanted =
        u16::from_str_radix(local_port, 16).is_ok_and(|local| local == port) && fields.nth(1)? == LISTENING;
    let inode = fields.nth(5)?;
    is_wanted.then(|| format!("socket:[{inode}]").into())
}

fn open_sockets(pids: &[i32]) -> HashSet<OsString> {
    let folders = pids.iter().filter_map(|pid| fs::read_dir(format!("/proc/{pid}/fd")).ok());
    let links = folders.flatten().flatten().filter_map(|entry| fs::read_link(entry.path()).ok());
    links.map(OsString::from).collect()
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use supervisor_config::value::InetEndpoint;

    use super::*;

    #[test]
    fn a_line_of_the_kernel_is_understood() {
        let line = "   0: 0100007F:2329 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0";
        assert_eq!(listener(line, 9001), Some("socket:[4711]".into()));
        assert_eq!(listener(line, 9002), None);
        assert_eq!(listener(&line.replace(" 0A ", " 01 "), 9001), None, "a connection");
        assert_eq!(
            listener("  sl  local_address rem_address   st tx_queue rx_queue tr tm->when", 9001),
            None
        );
    }

    #[test]
    fn our_own_port_is_in_the_family_and_one_of_nobody_is_not() {
        // On all addresses, so that nobody else listens on that port of another one.
        let listener = TcpListener::bind("[::]:0").or_else(|_| TcpListener::bind("0.0.0.0:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        let address = |port| ServerAddress::Inet(InetEndpoint { host: String::new(), port });
        assert!(is_in_the_family(&address(port)));
        assert!(!is_in_the_family(&address(1)));
    }
}
