//! The methods of mr.laforge: signals, by other names than Supervisor's own.

use supervisor_core::command::{Command, Fault, Target};

use super::{BATCH, GROUP, Method, NAME, OK, SIGNAL, param, plain, query, version};
use crate::argument::Arguments;
use crate::method::{Call, Query};

/// The methods of laforge.
// Differs: plugin-signatures
pub(crate) const LAFORGE: &[Method] = &[
    version(|_| query(Query::PluginVersion("0.1"))),
    plain(
        &["getMrLaForgeVersion"],
        "Tells the version of the plug-in that these methods stand in for.",
        &[],
        param("string", "version", "The version"),
        |_| query(Query::PluginVersion("0.9")),
    ),
    // Differs: laforge-groups
    plain(&["killProcess"], "Sends a signal to a process.", &[NAME, SIGNAL], OK, |arguments| {
        kill(Target::Named(arguments.text()?), arguments)
    }),
    plain(
        &["killProcessGroup"],
        "Sends a signal to each running process of a group.",
        &[GROUP, SIGNAL],
        BATCH,
        |arguments| kill(Target::Group(arguments.text()?), arguments),
    ),
];

fn kill(target: Target, arguments: &mut Arguments) -> Result<Call, Fault> {
    Ok(Call::Kill(Command::Signal { target, signal: arguments.signal()? }))
}
