//! `version`.

use super::{Names, Verb};
use crate::failure::Failure;
use crate::session::Session;

pub(super) const VERB: Verb = Verb {
    name: "version",
    help: "version\t\t\tShow the version of the remote supervisord process\n",
    ours: "",
    names: Names::Nothing,
    reads: true,
    run,
};

fn run(session: &mut Session, argument: &str) -> Result<(), Failure> {
    if !argument.is_empty() {
        session.usage_error("Error: version accepts no arguments", &VERB);
        return Ok(());
    }
    if session.is_server_up()? {
        let version = session.remote.supervisor_version()?;
        if session.json {
            session.value(&version.into());
        } else {
            session.line(&version);
            // Whoever compares versions reads standard output alone.
            session.hint(concat!(
                "(this supervisorctl is that of Supervisor in Rust ",
                env!("CARGO_PKG_VERSION"),
                ")"
            ));
        }
    }
    Ok(())
}
