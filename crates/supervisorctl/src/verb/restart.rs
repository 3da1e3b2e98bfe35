//! `restart`.

use super::{Names, Verb, start, stop};
use crate::failure::Failure;
use crate::session::Session;

pub(super) const VERB: Verb = Verb {
    name: "restart",
    help: "restart <name>\t\tRestart a process\n\
           restart <gname>:*\tRestart all processes in a group\n\
           restart <name> <name>\tRestart multiple processes or groups\n\
           restart all\t\tRestart all processes\n\
           Note: restart does not reread config files. For that, see reread and update.\n",
    ours: "",
    names: Names::Processes,
    reads: false,
    run,
};

/// Stops the named processes, then starts them.
pub(super) fn run(session: &mut Session, argument: &str) -> Result<(), Failure> {
    if !session.is_server_up()? {
        return Ok(());
    }
    if argument.is_empty() {
        session.usage_error("Error: restart requires a process name", &VERB);
        return Ok(());
    }
    stop::run(session, argument)?;
    start::run(session, argument)
}
