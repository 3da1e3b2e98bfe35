//! Why a request came to nothing.

use std::fmt;
use std::io;

use supervisor_config::python::repr::repr;
use supervisor_rpc::decode::DecodeError;
use supervisor_rpc::fault::{Code, FaultValue};

/// Why a request came to nothing.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The URL begins with something other than `http://` or `unix://`.
    UnknownProtocol(String),
    /// Nobody listens at the URL.
    Refused(String),
    /// The URL names a socket that does not exist.
    NoSuchFile(String),
    /// The connection could not be made, or broke.
    Connection(String),
    /// The server wants a user name and a password, or others than these.
    Unauthorized,
    /// The server answered with another status than success.
    Status {
        /// Such as 500.
        code: u16,
        /// Such as `Internal Server Error`.
        reason: String,
    },
    /// The answer is a fault.
    Fault(FaultValue),
    /// The answer makes no sense.
    Answer(String),
    /// What the user types has come to an end.
    EndOfInput,
    /// The user's terminal fails.
    Terminal(io::Error),
    /// The user pressed Ctrl-C.
    Interrupted,
}

impl Failure {
    /// An answer that is something else than the method promises.
    pub(crate) fn unexpected(method: &str) -> Self {
        Self::Answer(format!("unexpected answer to {method}"))
    }

    /// The code of the fault, if it is one that Supervisor knows.
    pub(crate) fn code(&self) -> Option<Code> {
        match self {
            Self::Fault(fault) => fault.known_code(),
            _ => None,
        }
    }
}

impl From<DecodeError> for Failure {
    fn from(error: DecodeError) -> Self {
        Self::Answer(format!("unreadable answer: {error}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownProtocol(url) => write!(f, "Unknown protocol for serverurl {url}"),
            Self::Refused(url) => write!(f, "{url} refused connection"),
            Self::NoSuchFile(url) => write!(f, "{url} no such file"),
            Self::Connection(why) | Self::Answer(why) => f.write_str(why),
            Self::Unauthorized => f.write_str("401 Unauthorized"),
            Self::Status { code, reason } => write!(f, "{code} {reason}"),
            Self::Fault(fault) => write!(f, "{fault}"),
            Self::EndOfInput => f.write_str("end of input"),
            Self::Terminal(error) => write!(f, "{error}"),
            Self::Interrupted => f.write_str("interrupted"),
        }
    }
}

/// A fault as Python prints one: `<Fault 10: 'BAD_NAME: x'>`.
// Compat: fault-in-fg
pub(crate) fn in_python(fault: &FaultValue) -> String {
    format!("<Fault {}: {}>", fault.code, repr(&fault.text))
}
