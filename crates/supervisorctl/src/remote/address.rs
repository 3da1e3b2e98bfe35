//! Where a server URL leads.

use crate::failure::Failure;

const HTTP_PORT: u16 = 80;

/// Where to connect to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Address {
    /// A socket in the file system.
    Unix(String),
    /// A host and a port.
    Tcp {
        /// Name or address, without the brackets of IPv6.
        host: String,
        port: u16,
    },
}

impl Address {
    /// Reads a server URL. A path, a query, and a user before the host are not looked at.
    pub(super) fn parse(url: &str) -> Result<Self, Failure> {
        if let Some(path) = url.strip_prefix("unix://") {
            return Ok(Self::Unix(path.to_owned()));
        }
        let Some(rest) = url.strip_prefix("http://") else {
            return Err(Failure::UnknownProtocol(url.to_owned()));
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
        let (host, port) = match place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((host, after)) => (host, after.strip_prefix(':').unwrap_or(after)),
            None => place.split_once(':').unwrap_or((place, "")),
        };
        let port = if port.is_empty() { Ok(HTTP_PORT) } else { port.parse() };
        let port = port.map_err(|_| Failure::Connection(format!("{url} has no valid port")))?;
        // Nothing before the port means this machine, as it does to Python.
        let host = if host.is_empty() { "localhost".to_owned() } else { host.to_ascii_lowercase() };
        Ok(Self::Tcp { host, port })
    }

    /// What the `Host` header says.
    pub(super) fn host_header(&self) -> String {
        match self {
            Self::Unix(_) => "localhost".to_owned(),
            Self::Tcp { host, port } if host.contains(':') => format!("[{host}]:{port}"),
            Self::Tcp { host, port } => format!("{host}:{port}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tcp(host: &str, port: u16) -> Option<Address> {
        Some(Address::Tcp { host: host.into(), port })
    }

    #[test]
    fn a_host_may_have_a_port_and_things_that_do_not_count() {
        let parse = |url| Address::parse(url).ok();
        assert_eq!(parse("http://localhost:9001"), tcp("localhost", 9001));
        assert_eq!(parse("http://Example.org"), tcp("example.org", 80));
        assert_eq!(parse("http://u:p@h:1/RPC2?x"), tcp("h", 1));
        assert_eq!(parse("http://:9001"), tcp("localhost", 9001));
        assert_eq!(parse("http://[::1]:9001/"), tcp("::1", 9001));
        assert_eq!(parse("http://[::1]"), tcp("::1", 80));
        assert_eq!(parse("http://h:x"), None);
        assert_eq!(parse("http://h:99999"), None);
    }

    #[test]
    fn a_socket_is_the_rest_of_the_url() {
        assert_eq!(Address::parse("unix:///run/s.sock").ok(), Some(Address::Unix("/run/s.sock".into())));
    }

    #[test]
    fn other_protocols_are_unknown_and_case_matters() {
        for url in ["https://h", "HTTP://h", "unix:/p", "foo"] {
            assert!(matches!(Address::parse(url), Err(Failure::UnknownProtocol(_))), "{url}");
        }
    }

    #[test]
    fn an_ipv6_host_keeps_its_brackets_in_the_header() {
        assert_eq!(Address::parse("http://[::1]:9001").unwrap().host_header(), "[::1]:9001");
    }
}
