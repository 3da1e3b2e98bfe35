//! `[supervisorctl]`: how the client reaches the daemon.

use super::options;

options! {
    /// The options of `[supervisorctl]`.
    OPTIONS of Supervisorctl;

    /// Where the daemon listens: `http://host:port` or `unix:///path`.
    SERVERURL "serverurl": Url = "http://localhost:9001", since "3.0";

    /// What the shell shows before `>`.
    PROMPT "prompt": Text = "supervisor", since "3.0";

    /// The name to log in with.
    USERNAME "username": Text else "no login", since "3.0";

    /// The password to log in with.
    PASSWORD "password": Text else "no login", since "3.0";

    /// The file that keeps the shell's history.
    HISTORY_FILE "history_file": LaterPath else "no history is kept", since "3.0a5";
}
