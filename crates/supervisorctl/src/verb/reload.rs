//! `reload`.

use supervisor_rpc::fault::Code;

use super::{Names, Verb};
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::session::Session;

pub(super) const VERB: Verb = Verb {
    name: "reload",
    help: "reload \t\tRestart the remote supervisord.\n",
    ours: "",
    names: Names::Nothing,
    reads: false,
    run,
};

fn run(session: &mut Session, argument: &str) -> Result<(), Failure> {
    if !argument.is_empty() {
        session.usage_error("Error: reload accepts no arguments", &VERB);
        return Ok(());
    }
    if !session.confirm("Really restart the remote supervisord process y/N? ")? {
        return Ok(());
    }
    match session.remote.restart() {
        Ok(()) => session.line("Restarted supervisord"),
        Err(failure) if failure.code() == Some(Code::ShutdownState) => {
            session.line("ERROR: already shutting down");
            session.exit_status = ExitStatus::FAILURE;
        }
        Err(failure) => return Err(failure),
    }
    Ok(())
}
