//! The methods of supervisor_twiddler.

use supervisor_core::command::{AddedProgram, Command};
use supervisor_core::effect::Level;

use super::{GROUP, Method, OK, Param, command, param, plain, query, version};
use crate::method::Query;

const LEVEL: Param = Param {
    optional: true,
    ..param("string", "level", "CRIT, ERRO, WARN, INFO (the default), DEBG, TRAC or BLAT, or its number")
};

/// The methods of twiddler.
// Differs: plugin-signatures
pub(crate) const TWIDDLER: &[Method] = &[
    version(|_| query(Query::PluginVersion("1.0"))),
    plain(
        &["getGroupNames"],
        "Lists the groups at work.",
        &[],
        param("array", "groups", "Their names"),
        |_| query(Query::GroupNames),
    ),
    plain(
        &["log"],
        "Writes a line to the daemon's own log.",
        &[param("string", "message", "The line"), LEVEL],
        OK,
        |arguments| {
            let line = arguments.plain()?;
            command(Command::Log(arguments.level()?.unwrap_or(Level::Info), line))
        },
    ),
    plain(
        &["addProgramToGroup"],
        "Adds a program to a group at work, until the configuration is put to work anew.",
        &[
            GROUP,
            param("string", "program", "The name, as after the colon of [program:x]"),
            param("struct", "options", "Options and values, as in a [program:x]"),
        ],
        OK,
        |arguments| {
            let (group, program) = (arguments.plain()?, arguments.plain()?);
            command(Command::AddProgram(AddedProgram { group, program, options: arguments.options()? }))
        },
    ),
    plain(
        &["removeProcessFromGroup"],
        "Takes a process that is stopped out of a group at work.",
        &[GROUP, param("string", "process", "The process within the group")],
        OK,
        |arguments| {
            let (group, process) = (arguments.plain()?, arguments.plain()?);
            command(Command::RemoveProcess { group, process })
        },
    ),
];
