//! `pid`.

use supervisor_rpc::fault::Code;

use super::{Names, Verb};
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::session::Session;

pub(super) const VERB: Verb = Verb {
    name: "pid",
    help: "pid\t\t\tGet the PID of supervisord.\n\
           pid <name>\t\tGet the PID of a single child process by name.\n\
           pid all\t\t\tGet the PID of every child process, one per line.\n",
    names: Names::Processes,
    run,
};

fn run(session: &mut Session, argument: &str) -> Result<(), Failure> {
    if !session.is_server_up()? {
        return Ok(());
    }
    let names: Vec<&str> = argument.split_whitespace().collect();
    if names.is_empty() {
        let pid = session.remote.pid()?;
        session.line(&pid.to_string());
    } else if names.contains(&"all") {
        for info in session.remote.all_process_info()? {
            session.line(&info.pid.to_string());
        }
    } else {
        for name in names {
            show(session, name)?;
        }
    }
    Ok(())
}

fn show(session: &mut Session, name: &str) -> Result<(), Failure> {
    match session.remote.process_info(name) {
        Ok(info) => {
            session.line(&info.pid.to_string());
            if info.pid == 0 {
                session.exit_status = ExitStatus::NOT_RUNNING;
            }
        }
        Err(failure) if failure.code() == Some(Code::BadName) => {
            session.line(&format!("No such process {name}"));
            session.suggest(name, Names::Processes);
            session.exit_status = ExitStatus::FAILURE;
        }
        Err(failure) => return Err(failure),
    }
    Ok(())
}
