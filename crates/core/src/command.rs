//! What clients ask of the supervisor, and what it answers.
//!
//! Only requests that need a decision are commands. Readings (status, logs) are answered from what the
//! daemon publishes and never come here.

use serde::{Deserialize, Serialize};

use crate::effect::Level;

/// Identifies a request whose answer may come later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RequestId(pub u64);

/// What a client wants done. Names and behaviour are those of the XML-RPC API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// `startProcess`, `startProcessGroup`, `startAllProcesses`.
    Start {
        /// Which processes.
        target: Target,
        /// Answer only when they are RUNNING or have failed.
        wait: bool,
    },
    /// `stopProcess`, `stopProcessGroup`, `stopAllProcesses`.
    Stop {
        /// Which processes.
        target: Target,
        /// Answer only when they have ended.
        wait: bool,
    },
    /// `signalProcess`, `signalProcessGroup`, `signalAllProcesses`.
    Signal {
        /// Which processes.
        target: Target,
        /// The signal as the client wrote it: a name or a number.
        signal: String,
    },
    /// `addProcessGroup`: put a group of the last-read configuration to work.
    AddGroup(String),
    /// `removeProcessGroup`.
    RemoveGroup(String),
    /// `addProgramToGroup` of twiddler: more processes for a group at work.
    AddProgram(AddedProgram),
    /// `removeProcessFromGroup` of twiddler.
    RemoveProcess {
        /// The group.
        group: String,
        /// The process within the group.
        process: String,
    },
    /// `log` of twiddler: a line for the main log.
    Log(Level, String),
    /// `reloadConfig`: read the configuration again and say what changed.
    Reread,
    /// `clearProcessLogs`: empty the log files of one process.
    ClearProcessLogs(String),
    /// `clearAllProcessLogs`.
    ClearAllProcessLogs,
    /// `clearLog`: empty the daemon's own log.
    ClearMainLog,
    /// `sendProcessStdin`.
    SendStdin {
        /// The process as the client wrote it.
        name: String,
        /// What to write to its standard input.
        chars: String,
    },
    /// `sendRemoteCommEvent`: emit a REMOTE_COMMUNICATION event.
    SendRemoteCommEvent {
        /// The event's type, as passed.
        kind: String,
        /// The event's data, as passed.
        data: String,
    },
    /// `shutdown`.
    Shutdown,
    /// `restart`: stop everything, read the configuration, start again.
    Restart,
}

/// A program that a client adds, as it wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddedProgram {
    /// The group that its processes join.
    pub group: String,
    /// Its name, as after the colon of `[program:x]`.
    pub program: String,
    /// Options and values, as in a `[program:x]`.
    pub options: Vec<(String, String)>,
}

/// Which processes a command is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Target {
    /// A name as the client wrote it: `name`, `group:name`, `group:*` or `group:`.
    Named(String),
    /// Every process of the group of that name.
    Group(String),
    /// Every process.
    All,
}

/// The answer to a [`Command`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reply {
    /// It is done (or, without `wait`, begun).
    Done,
    /// One outcome for each process acted on, in order of completion.
    Batch(Vec<BatchEntry>),
    /// The answer to [`Command::Reread`].
    Changes(Changes),
    /// It was refused or it failed.
    Fault(Fault),
}

/// What became of one process of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchEntry {
    /// The process.
    pub name: String,
    /// Its group.
    pub group: String,
    /// `Ok`, or why not.
    pub outcome: Result<(), Fault>,
}

/// How the configuration on disk differs from what is at work: group names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// On disk only, in configuration order.
    pub added: Vec<String>,
    /// Different, in configuration order.
    pub changed: Vec<String>,
    /// At work only, in running order.
    pub removed: Vec<String>,
}

/// Why a request failed. Each variant is one fault of Supervisor's XML-RPC API; the text is the detail after
/// the colon of its fault string.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fault {
    /// 1: no such method.
    UnknownMethod,
    /// 2: wrong number or type of parameters.
    IncorrectParameters(Option<String>),
    /// 3: a parameter has a value that makes no sense.
    BadArguments(Option<String>),
    /// 4: no signature is known.
    SignatureUnsupported,
    /// 6: the daemon is stopping or restarting.
    ShutdownState,
    /// 10: no such process or group.
    BadName(String),
    /// 11: no such signal.
    BadSignal(String),
    /// 20: a file does not exist.
    NoFile(Option<String>),
    /// 21: a command cannot be executed.
    NotExecutable(String),
    /// 30: something else failed.
    Failed(Option<String>),
    /// 40: the process ended while somebody waited for it to be RUNNING.
    AbnormalTermination(String),
    /// 50: the process could not be spawned, or ended too quickly.
    SpawnError(String),
    /// 60: it runs already.
    AlreadyStarted(String),
    /// 70: it does not run.
    NotRunning(String),
    /// 90: the group is active already.
    AlreadyAdded(String),
    /// 91: the group has processes that are not stopped.
    StillRunning(String),
    /// 92: the configuration on disk is broken.
    CantReread(String),
    /// 230, of twiddler: the configuration does not let clients call the method.
    NotInWhitelist(String),
}
