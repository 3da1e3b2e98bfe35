//! The types that options have: what a value may look like, and what it means.

mod account;
mod address;
mod listener;
mod number;
mod path;
mod process;
mod text;

pub use account::{Owner, OwnerIds, UserName};
pub(crate) use address::port;
pub use address::{InetAddress, InetEndpoint};
pub use listener::{LengthWord, OverflowWord};
pub use number::{Boolean, ByteSize, Integer, Octal};
pub use path::{ChildLog, ChildLogFile, ExistingDirectory, FilePath};
pub use process::{ExitCodes, Restart, SignalName};
pub(crate) use text::name;
pub use text::{
    Command, ExtensionUrl, LaterDirectory, LaterPath, LaterUser, LevelName, List, Name, Pairs, Patterns,
    PythonFunction, QueueLength, SocketUrl, Text, Url,
};

use crate::codes::Code;
use crate::machine::Machine;

/// A type of options.
pub(crate) trait ValueType: Described {
    /// What a value of it becomes.
    type Value;

    /// Reads an expanded value.
    ///
    /// # Errors
    /// The reference's message, without a word on the option.
    fn parse(text: &str, machine: &Machine<'_>) -> Result<Self::Value, String>;

    /// What to say to a value that [`Self::parse`] has refused, besides that.
    fn advice(_text: &str) -> Advice {
        Advice::default()
    }
}

/// What is said to a wrong value besides why it is refused.
pub(crate) struct Advice {
    pub(crate) code: Code,
    /// The piece that is wrong.
    pub(crate) part: Option<String>,
    pub(crate) hint: Option<String>,
}

impl Default for Advice {
    fn default() -> Self {
        Self { code: Code::BadValue, part: None, hint: None }
    }
}

impl Advice {
    pub(crate) fn hint(hint: Option<String>) -> Self {
        Self { hint, ..Self::default() }
    }
}

/// What a manual says of a type.
pub(crate) trait Described {
    /// A few words on what may be written.
    const FORM: &'static str;
}

#[cfg(test)]
mod tests;
