//! `explain`: why a process is as it is.

mod account;

use supervisor_core::name::DisplayName;
use supervisor_rpc::explanation;
use supervisor_rpc::fault::Code;
use supervisor_rpc::info::ProcessInfo;
use supervisor_rpc::value::Value;

use self::account::Account;
use super::selection::is_meant;
use super::status::colour;
use super::tail::lines::last_lines;
use super::{Names, Verb};
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::json;
use crate::remote::Channel;
use crate::session::Session;

// Differs: explain
pub(super) const VERB: Verb = Verb {
    name: "explain",
    help: "",
    ours: "explain <name> [...]\tWhy is a process as it is, what happened last, the end of its stderr\n\
           explain <gname>:* [...]\tThe same of the processes of a group; of all with all\n",
    names: Names::Processes,
    reads: true,
    run,
};

/// How much of the main log is searched.
const LOG_BYTES: i64 = 1 << 17;
/// How many events, and how many lines that the process wrote, are shown.
const LINES: usize = 10;

fn run(session: &mut Session, argument: &str) -> Result<(), Failure> {
    if !session.is_server_up()? {
        return Ok(());
    }
    let names: Vec<&str> = argument.split_whitespace().collect();
    if names.is_empty() {
        session.usage_error("Error: explain requires a process name", &VERB);
        return Ok(());
    }
    let mut accounts = Vec::new();
    let pools = session.remote.all_listener_info();
    for name in names {
        match meant(session, name) {
            Ok(infos) => {
                for info in infos {
                    accounts.push(account(session, info, &pools)?);
                }
            }
            Err(failure) if failure.code() == Some(Code::BadName) => {
                session.line(&format!("{name}: ERROR (no such process)"));
                session.suggest(name, Names::Processes);
                session.exit_status = ExitStatus::FAILURE;
            }
            Err(failure) => return Err(failure),
        }
    }
    if session.json {
        session.value(&accounts.iter().map(Account::to_json).collect());
        return Ok(());
    }
    for (index, account) in accounts.iter().enumerate() {
        if index > 0 {
            session.line("");
        }
        let state = account.info.state;
        let paint = |name: &str| match session.terminal.has_colours {
            true => colour(state).paint(name),
            false => name.to_owned(),
        };
        session.print(&account.text(&paint(state.name())));
    }
    Ok(())
}

/// The processes that a word means.
fn meant(session: &Session, name: &str) -> Result<Vec<ProcessInfo>, Failure> {
    let is_plural = name == "all" || name.contains('*');
    if !is_plural {
        return Ok(vec![session.remote.process_info(name)?]);
    }
    let mut infos = session.remote.all_process_info()?;
    infos.retain(|info| name == "all" || is_meant(name, info));
    // A server has its own word for what is not there.
    if infos.is_empty() { Ok(vec![session.remote.process_info(name)?]) } else { Ok(infos) }
}

/// Asks for all that there is to know.
fn account(session: &Session, info: ProcessInfo, pools: &[Value]) -> Result<Account, Failure> {
    let remote = &session.remote;
    let log = unless_refused(remote.read_log(-LOG_BYTES))?;
    let name = DisplayName { group: &info.group, process: &info.name }.to_string();
    // Without a log of its own, stderr is in that of stdout, or nowhere.
    let (channel, source) = match (info.stderr_logfile.is_empty(), info.stdout_logfile.is_empty()) {
        (false, _) => (Some(Channel::Stderr), "stderr"),
        (true, false) => (Some(Channel::Stdout), "stdout"),
        (true, true) => (None, ""),
    };
    let written = match channel {
        Some(channel) => {
            unless_refused(last_lines(LINES, |bytes| remote.read_process_log(&name, channel, -bytes)))?
        }
        None => String::new(),
    };
    let events = explanation::events(&log, &info.name, LINES);
    let lines = |text: &str| text.lines().map(str::to_owned).collect();
    let losses = explanation::losses(&log, &info.name);
    let process = json::process_with_deliveries(&info, pools);
    Ok(Account { info, events, losses, process, written: lines(&written), source })
}

/// The text, or nothing if the server has a reason not to give it.
fn unless_refused(read: Result<String, Failure>) -> Result<String, Failure> {
    match read {
        Err(Failure::Fault(_)) => Ok(String::new()),
        read => read,
    }
}
