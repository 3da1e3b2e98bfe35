//! `pid`.

use serde_json::{Map, Value};
use supervisor_core::name::DisplayName;
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
    ours: "",
    names: Names::Processes,
    reads: true,
    run,
};

fn run(session: &mut Session, argument: &str) -> Result<(), Failure> {
    if !session.is_server_up()? {
        return Ok(());
    }
    let names: Vec<&str> = argument.split_whitespace().collect();
    let mut pids = Pids(Map::new());
    if names.is_empty() {
        let pid = session.remote.pid()?;
        if session.json {
            session.value(&pid.into());
            return Ok(());
        }
        session.line(&pid.to_string());
    } else if names.contains(&"all") {
        for info in session.remote.all_process_info()? {
            let name = DisplayName { group: &info.group, process: &info.name }.to_string();
            pids.show(session, &name, info.pid);
        }
    } else {
        for name in names {
            show(session, name, &mut pids)?;
        }
    }
    if session.json {
        session.value(&Value::Object(pids.0));
    }
    Ok(())
}

/// The pids of named processes, for programs.
struct Pids(Map<String, Value>);

impl Pids {
    fn show(&mut self, session: &Session, name: &str, pid: i32) {
        if session.json {
            self.0.insert(name.to_owned(), pid.into());
        } else {
            session.line(&pid.to_string());
        }
    }
}

fn show(session: &mut Session, name: &str, pids: &mut Pids) -> Result<(), Failure> {
    match session.remote.process_info(name) {
        Ok(info) => {
            pids.show(session, name, info.pid);
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
