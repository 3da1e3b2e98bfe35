//! The client: command line and interactive shell.
#![forbid(unsafe_code)]
