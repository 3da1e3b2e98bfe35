//! `[eventlistener:x]`: what it has beyond the options of programs.

use super::options;

options! {
    /// The options of `[eventlistener:x]` that programs do not have.
    OPTIONS of EventListener;

    /// Groups with lower numbers start first and stop last; listeners precede programs.
    PRIORITY "priority": Integer = "-1", since "3.0";

    /// How many events wait for a listener before the oldest is dropped.
    BUFFER_SIZE "buffer_size": Integer = "10", since "3.0";

    /// Which event is dropped when one more comes than the buffer holds: the oldest, as Supervisor does, or the
    /// newest.
    BUFFER_OVERFLOW "buffer_overflow": OverflowWord = "drop_oldest", since "ours 0.1";

    /// What the length in an event's header counts: characters, as Supervisor does, for listeners that read text, or
    /// bytes, for those that read bytes.
    EVENT_LENGTH "event_length": LengthWord = "characters", since "ours 0.1";

    /// After so many seconds without an answer to an event the log names the listener, once; 0 never does. It is told
    /// again when the answer comes.
    RESULTWAITSECS "resultwaitsecs": Integer = "60", since "ours 0.1";

    /// The Python function that judges a listener's answers: the standard one, or one that is known and built in.
    ///
    /// `supervisor_stdout:event_handler` and `supervisor_console.events:event_handler` print on the daemon's own output
    /// what the listener gives back of PROCESS_LOG events.
    /// `supervisor_twiddler.resulthandler:stdin_write_handler` writes the text after `STDIN:` to the process that the
    /// event is about.
    RESULT_HANDLER "result_handler": PythonFunction = "supervisor.dispatchers:default_handler", since "3.0";

    /// The types of events it receives; a type stands for those below it, too.
    EVENTS "events": List, since "3.0";
}
