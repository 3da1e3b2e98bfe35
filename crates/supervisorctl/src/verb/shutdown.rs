//! `shutdown`.

use supervisor_rpc::fault::Code;

use super::{Names, Verb};
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::session::Session;

pub(super) const VERB: Verb = Verb {
    name: "shutdown",
    help: "shutdown \tShut the remote supervisord down.\n",
    ours: "",
    names: Names::Nothing,
    reads: false,
    run,
};

fn run(session: &mut Session, argument: &str) -> Result<(), Failure> {
    if !argument.is_empty() {
        session.usage_error("Error: shutdown accepts no arguments", &VERB);
        return Ok(());
    }
    if !session.confirm("Really shut the remote supervisord process down y/N? ")? {
        return Ok(());
    }
    let message = match session.remote.shutdown() {
        Ok(()) => "Shut down".to_owned(),
        Err(failure) if failure.code() == Some(Code::ShutdownState) => {
            "ERROR: already shutting down".to_owned()
        }
        Err(failure @ (Failure::Refused(_) | Failure::NoSuchFile(_))) => {
            session.exit_status = ExitStatus::FAILURE;
            format!("ERROR: {failure} (already shut down?)")
        }
        Err(failure) => return Err(failure),
    };
    session.line(&message);
    Ok(())
}
