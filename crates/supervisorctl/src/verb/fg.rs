//! `fg`.

use supervisor_core::state::ProcessState;
use supervisor_rpc::fault::Code;

use super::{Names, Verb};
use crate::exit_status::ExitStatus;
use crate::failure::{Failure, in_python};
use crate::follow::{self, BANNER};
use crate::input::Input;
use crate::remote::Remote;
use crate::session::Session;

pub(super) const VERB: Verb = Verb {
    name: "fg",
    help: "fg <process>\tConnect to a process in foreground mode\n\t\tCtrl-C to exit\n",
    ours: "",
    names: Names::Processes,
    reads: false,
    run,
};

/// How the conversation with a process ended.
enum End {
    /// The user left.
    Left,
    /// The process is gone.
    Killed,
    /// The process cannot be written to.
    Refused(String),
}

fn run(session: &mut Session, argument: &str) -> Result<(), Failure> {
    if !session.is_server_up()? {
        return Ok(());
    }
    let name = match argument.split_whitespace().collect::<Vec<_>>().as_slice() {
        [name] => *name,
        [] => {
            session.usage_error("ERROR: no process name supplied", &VERB);
            return Ok(());
        }
        _ => return refuse(session, "too many process names supplied"),
    };
    match session.remote.process_info(name) {
        Ok(info) if info.state == ProcessState::Running => {}
        Ok(_) => return refuse(session, "process not running"),
        Err(failure) if failure.code() == Some(Code::BadName) => {
            refuse(session, "bad process name supplied")?;
            session.suggest(name, Names::Processes);
            return Ok(());
        }
        Err(Failure::Fault(fault)) => {
            session.line(&format!("ERROR: {}", in_python(&fault)));
            return Ok(());
        }
        Err(failure) => return Err(failure),
    }
    session.line(BANNER);
    match connect(session, name)? {
        End::Left => {}
        End::Killed => session.line("Process got killed"),
        End::Refused(message) => session.line(&message),
    }
    session.line("Exiting foreground");
    Ok(())
}

fn refuse(session: &mut Session, problem: &str) -> Result<(), Failure> {
    session.line(&format!("ERROR: {problem}"));
    session.exit_status = ExitStatus::FAILURE;
    Ok(())
}

// Differs: fg-ends-at-once
/// Shows what the process writes and passes on what the user types, until one of them has enough.
fn connect(session: &Session, name: &str) -> Result<End, Failure> {
    let input = session.input();
    let mut input = input.borrow_mut();
    let remote = &session.remote;
    remote.waiting.heed_interrupts();
    let (stdout, stderr) = (format!("/logtail/{name}/stdout"), format!("/logtail/{name}/stderr"));
    let both = async {
        let show = async {
            tokio::join!(follow::show(session, &stdout), follow::show(session, &stderr));
            // The user may go on typing though there is nothing to see.
            std::future::pending::<()>().await;
        };
        tokio::select! {
            end = converse(remote, name, &mut input) => end,
            () = show => Ok(End::Left),
        }
    };
    match remote.waiting.for_result(both) {
        Err(Failure::Interrupted) => Ok(End::Left),
        end => end,
    }
}

async fn converse(remote: &Remote, name: &str, input: &mut Input) -> Result<End, Failure> {
    while let Some(line) = input.line().await.map_err(Failure::Terminal)? {
        match remote.send_stdin_later(name, &format!("{line}\n")).await {
            Ok(()) => {}
            Err(failure) if failure.code() == Some(Code::NotRunning) => return Ok(End::Killed),
            Err(Failure::Fault(fault)) => {
                return Ok(End::Refused(format!("ERROR: {}", in_python(&fault))));
            }
            Err(failure) => return Err(failure),
        }
        if remote.process_info_later(name).await?.state != ProcessState::Running {
            return Ok(End::Killed);
        }
    }
    Ok(End::Left)
}
