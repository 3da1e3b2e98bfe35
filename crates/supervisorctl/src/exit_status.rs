//! What the program's exit status says, in the numbers that init scripts use.

/// An exit status. The last problem decides; success never takes one back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ExitStatus(pub(crate) i32);

impl ExitStatus {
    /// All went well, or the wish was fulfilled before.
    pub(crate) const SUCCESS: Self = Self(0);
    /// Something went wrong.
    pub(crate) const FAILURE: Self = Self(1);
    /// The command line makes no sense.
    pub(crate) const INVALID_ARGUMENTS: Self = Self(2);
    /// The server has no `supervisor` namespace.
    pub(crate) const NO_NAMESPACE: Self = Self(3);
    /// The server refuses connections.
    pub(crate) const REFUSED: Self = Self(4);
    /// The server speaks another version of the API.
    pub(crate) const OTHER_VERSION: Self = Self(5);
    /// The process (or the server) is not running.
    pub(crate) const NOT_RUNNING: Self = Self(7);
    /// `status` showed a process that is at rest.
    pub(crate) const STATUS_STOPPED: Self = Self(3);
    /// `status` could not tell.
    pub(crate) const STATUS_UNKNOWN: Self = Self(4);
    /// A program was found but cannot be executed, as a shell counts.
    pub(crate) const NOT_EXECUTABLE: Self = Self(126);
    /// A program was not found, as a shell counts.
    pub(crate) const COMMAND_NOT_FOUND: Self = Self(127);
    /// Ctrl-C ended it, as a shell counts.
    pub(crate) const INTERRUPTED: Self = Self(130);
}
