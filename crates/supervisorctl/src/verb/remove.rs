//! `remove`.

use supervisor_rpc::fault::Code;

use super::{Names, Verb};
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::session::Session;

pub(super) const VERB: Verb = Verb {
    name: "remove",
    help: "remove <name> [...]\tRemoves process/group from active config\n",
    ours: "",
    names: Names::Groups,
    reads: false,
    run,
};

fn run(session: &mut Session, argument: &str) -> Result<(), Failure> {
    for name in argument.split_whitespace() {
        let failure = match session.remote.remove_group(name) {
            Ok(()) => {
                session.line(&format!("{name}: removed process group"));
                continue;
            }
            Err(failure) => failure,
        };
        let problem = match failure.code() {
            Some(Code::StillRunning) => "process/group still running",
            Some(Code::BadName) => "no such process/group",
            _ => return Err(failure),
        };
        session.line(&format!("ERROR: {problem}: {name}"));
        if failure.code() == Some(Code::BadName) {
            session.suggest(name, Names::Groups);
        }
        session.exit_status = ExitStatus::FAILURE;
    }
    Ok(())
}
