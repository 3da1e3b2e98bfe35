//! What only an `[eventlistener:x]` has.

use serde::{Deserialize, Serialize};

/// The options of a pool of listeners.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListenerSpec {
    /// How many events wait for a listener before one is dropped.
    pub buffer_size: usize,
    /// Which one is dropped then. An option of ours (`buffer_overflow`).
    pub buffer_overflow: BufferOverflow,
    /// What `len:` counts. An option of ours (`event_length`).
    pub event_length: EventLength,
    /// After so many seconds without an answer the log names the listener; 0 never. An option of ours.
    pub resultwaitsecs: i64,
    /// The event type names subscribed to, upper case, sorted, each once.
    pub events: Vec<String>,
    /// Who judges the answers.
    pub result_handler: ResultHandler,
}

impl ListenerSpec {
    /// How long an answer may take before the log names the listener, in seconds, if nothing else is configured.
    pub const RESULTWAITSECS: i64 = 60;

    /// A pool with every option at its default.
    #[must_use]
    pub fn new(events: Vec<String>) -> Self {
        Self {
            buffer_size: 10,
            buffer_overflow: BufferOverflow::DropOldest,
            event_length: EventLength::Characters,
            resultwaitsecs: Self::RESULTWAITSECS,
            events,
            result_handler: ResultHandler::Default,
        }
    }
}

/// Which event is dropped when one more comes than the buffer holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum BufferOverflow {
    /// The one that has waited longest, as in the reference.
    #[default]
    DropOldest,
    /// The one that came last.
    DropNewest,
}

impl BufferOverflow {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::DropOldest, Self::DropNewest];

    /// Its word in the option.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::DropOldest => "drop_oldest",
            Self::DropNewest => "drop_newest",
        }
    }
}

/// What the length in an event's header counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum EventLength {
    /// Characters, as in the reference: for listeners that read text.
    #[default]
    Characters,
    /// Bytes: for listeners that read bytes.
    Bytes,
}

impl EventLength {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Characters, Self::Bytes];

    /// Its word in the option.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Characters => "characters",
            Self::Bytes => "bytes",
        }
    }
}

/// Who judges the answers of listeners: the standard way, and what public packages for Supervisor do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ResultHandler {
    /// `OK` settles an event, anything else rejects it.
    #[default]
    Default,
    /// The answer is the payload of a PROCESS_LOG event, which goes to the daemon's standard output.
    SupervisorStdout,
    /// The same in another form.
    SupervisorConsole,
    // Differs: stdin-writer-writes
    /// `STDIN:` and a text writes the text to the standard input of the process that the event is about.
    TwiddlerStdin,
}

impl ResultHandler {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::Default, Self::SupervisorStdout, Self::SupervisorConsole, Self::TwiddlerStdin];

    /// Its name in the option.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "supervisor.dispatchers:default_handler",
            Self::SupervisorStdout => "supervisor_stdout:event_handler",
            Self::SupervisorConsole => "supervisor_console.events:event_handler",
            Self::TwiddlerStdin => "supervisor_twiddler.resulthandler:stdin_write_handler",
        }
    }
}
