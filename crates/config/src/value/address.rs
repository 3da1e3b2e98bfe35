//! Where servers listen.

use super::{Described, ValueType};
use crate::machine::Machine;
use crate::python::number::integer;
use crate::python::repr::repr;

/// A host and a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InetEndpoint {
    /// Host name or address, lower case; empty for all interfaces.
    pub host: String,
    /// Port number, not 0.
    pub port: u16,
}

/// `PORT`, `:PORT`, `*:PORT` or `HOST:PORT`.
#[derive(Debug)]
pub struct InetAddress;

impl Described for InetAddress {
    const FORM: &'static str = "PORT, *:PORT or HOST:PORT";
}

impl ValueType for InetAddress {
    type Value = InetEndpoint;

    fn parse(text: &str, _: &Machine<'_>) -> Result<InetEndpoint, String> {
        let Some((host, number)) = text.rsplit_once(':') else {
            let port = port(text).map_err(|_| format!("not a valid port number: {} ", repr(text)))?;
            return Ok(InetEndpoint { host: String::new(), port });
        };
        if number.is_empty() {
            return Err("no port number specified in ''".to_owned());
        }
        let port = port(number)?;
        let host = if host == "*" { String::new() } else { host.to_lowercase() };
        Ok(InetEndpoint { host, port })
    }
}

/// A port number from 1 to 65535.
pub(crate) fn port(text: &str) -> Result<u16, String> {
    bounded(text, 65535).map(|number| u16::try_from(number).unwrap_or(u16::MAX))
}

/// A number from 1 to `highest`.
pub(crate) fn bounded(text: &str, highest: i64) -> Result<i64, String> {
    match integer(text)? {
        number if number < 1 => Err(format!("{number} is below lower bound (1)")),
        number if number > highest => Err(format!("{number} is above upper bound ({highest})")),
        number => Ok(number),
    }
}
