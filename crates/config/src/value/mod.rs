//! The types that options have: what a value may look like, and what it means.

mod account;
mod address;
mod number;
mod path;
mod process;
mod text;

pub use account::{Owner, OwnerIds, UserName};
pub(crate) use address::port;
pub use address::{InetAddress, InetEndpoint};
pub use number::{Boolean, ByteSize, Integer, Octal};
pub use path::{ChildLog, ChildLogFile, ExistingDirectory, FilePath};
pub use process::{ExitCodes, Restart, SignalName};
pub(crate) use text::name;
pub use text::{LevelName, List, Name, Pairs, Text};

use crate::machine::Machine;

/// A type of options.
pub(crate) trait ValueType {
    /// What a value of it becomes.
    type Value;

    /// Reads an expanded value.
    ///
    /// # Errors
    /// The reference's message, without a word on the option.
    fn parse(text: &str, machine: &Machine<'_>) -> Result<Self::Value, String>;
}

/// What a manual says of a type.
pub(crate) trait Described {
    /// A few words on what may be written.
    const FORM: &'static str;
}

#[cfg(test)]
mod tests;
