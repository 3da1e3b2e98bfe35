//! `maintail`.

use supervisor_rpc::fault::Code;

use super::tail::Extent;
use super::{Names, Verb};
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::follow;
use crate::session::Session;

pub(super) const VERB: Verb = Verb {
    name: "maintail",
    help: "maintail -f \tContinuous tail of supervisor main log file (Ctrl-C to exit)\n\
           maintail -100\tlast 100 *bytes* of supervisord main log file\n\
           maintail\tlast 1600 *bytes* of supervisor main log file\n\n",
    ours: "",
    names: Names::Nothing,
    reads: true,
    run,
};

fn run(session: &mut Session, argument: &str) -> Result<(), Failure> {
    if !session.is_server_up()? {
        return Ok(());
    }
    let words: Vec<&str> = argument.split_whitespace().collect();
    let extent = match words.as_slice() {
        [] => Some(Extent::DEFAULT),
        [option] => Extent::parse(option),
        _ => {
            session.usage_error("Error: too many arguments", &VERB);
            return Ok(());
        }
    };
    match extent {
        Some(Extent::Follow) if session.json => session.refuse_to_follow(),
        Some(Extent::Follow) => follow::tail(session, "/mainlogtail"),
        Some(Extent::Last(bytes)) => show(session, bytes),
        None => {
            session.line(&format!("Error: bad argument {argument}"));
            session.exit_status = ExitStatus::FAILURE;
            Ok(())
        }
    }
}

fn show(session: &mut Session, bytes: i64) -> Result<(), Failure> {
    let failure = match session.remote.read_log(bytes.saturating_neg()) {
        Ok(text) => {
            session.log(text);
            return Ok(());
        }
        Err(failure) => failure,
    };
    let problem = match failure.code() {
        Some(Code::NoFile) => "no log file",
        Some(Code::Failed) => "unknown error reading log",
        _ => return Err(failure),
    };
    session.line(&format!("supervisord: ERROR ({problem})"));
    session.exit_status = ExitStatus::FAILURE;
    Ok(())
}
