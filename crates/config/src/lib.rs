//! Supervisor's configuration file and command lines, as pure functions.
//!
//! Text comes in, typed settings come out. Whatever the machine must be asked (a file, a user, the working
//! directory) is asked through [`host::Host`], so that a configuration can be read on a machine that exists
//! only in a test ([`memory::MemoryHost`]).
//!
//! The way of a configuration: [`supervisord::CommandLine::parse`] finds the file; `load` parses it and what
//! it includes into a [`document::Document`], which keeps the line of every option; each option is then
//! found, expanded and converted as its row of the table in [`options`] says; programs become the groups that
//! `supervisor_core` works with.
#![forbid(unsafe_code)]

pub mod codes;
pub mod command_line;
pub mod ctlplugin;
pub mod document;
pub mod dump;
pub mod effective;
pub mod error;
pub mod file;
pub mod finding;
pub mod glob;
pub mod host;
pub mod interface;
pub mod json;
pub mod listener;
pub mod manual;
pub mod memory;
pub mod options;
pub mod place;
pub mod python;
pub mod report;
pub mod sample;
pub mod servers;
pub mod settings;
pub mod supervisorctl;
pub mod supervisord;
pub mod usage;
pub mod value;

mod added;
mod check;
mod environment;
mod examined;
mod fcgi;
mod format;
mod getopt;
mod groups;
mod ini;
mod machine;
mod messages;
mod program;
mod reader;
mod scope;
mod secret;
mod source;
mod spelling;

#[cfg(test)]
mod story;
