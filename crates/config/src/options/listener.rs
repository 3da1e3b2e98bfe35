//! `[eventlistener:x]`: what it has beyond the options of programs.

use super::options;

options! {
    /// The options of `[eventlistener:x]` that programs do not have.
    OPTIONS of EventListener;

    /// Groups with lower numbers start first and stop last; listeners precede programs.
    PRIORITY "priority": Integer = "-1", since "3.0";

    /// How many events wait for a listener before the oldest is dropped.
    BUFFER_SIZE "buffer_size": Integer = "10", since "3.0";

    /// The Python function that judges a listener's answers. Only the standard one is available.
    RESULT_HANDLER "result_handler": PythonFunction = "supervisor.dispatchers:default_handler", since "3.0";

    /// The types of events it receives; a type stands for those below it, too.
    EVENTS "events": List, since "3.0";
}
