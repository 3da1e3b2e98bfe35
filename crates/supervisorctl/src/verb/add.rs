//! `add`.

use supervisor_rpc::fault::Code;

use super::{Names, Verb};
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::session::Session;

pub(super) const VERB: Verb = Verb {
    name: "add",
    help: "add <name> [...]\tActivates any updates in config for process/group\n",
    ours: "",
    names: Names::Groups,
    reads: false,
    run,
};

fn run(session: &mut Session, argument: &str) -> Result<(), Failure> {
    for name in argument.split_whitespace() {
        let failure = match session.remote.add_group(name) {
            Ok(()) => {
                session.line(&format!("{name}: added process group"));
                continue;
            }
            Err(failure) => failure,
        };
        let message = match failure.code() {
            Some(Code::AlreadyAdded) => {
                session.line("ERROR: process group already active");
                continue;
            }
            Some(Code::ShutdownState) => "ERROR: shutting down".to_owned(),
            Some(Code::BadName) => format!("ERROR: no such process/group: {name}"),
            _ => return Err(failure),
        };
        session.line(&message);
        if failure.code() == Some(Code::BadName) {
            session.suggest(name, Names::Groups);
        }
        session.exit_status = ExitStatus::FAILURE;
    }
    Ok(())
}
