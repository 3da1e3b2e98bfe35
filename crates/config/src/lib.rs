//! Supervisor's configuration file and command lines, as pure functions.
