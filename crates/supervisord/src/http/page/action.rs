//! What people do by a page: the reference's actions, by link or form, and ours, by form only.

use std::rc::Rc;

use hyper::StatusCode;
use hyper::header::{HeaderValue, LOCATION};
use serde_json::json;
use supervisor_core::command::{Command, Fault, Reply, Target};
use supervisor_core::name::Namespec;
use supervisor_rpc::fault::FaultValue;

use super::document::with_headers;
use super::{Page, Visit, present, update};
use crate::http::answer::{self, Answer};
use crate::http::body::AnswerBody;
use crate::http::parameters::quoted;
use crate::http::server::Shared;
use crate::http::xmlrpc::obeyed;
use crate::local_time;

/// What is to be done with processes.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Deed {
    Start,
    Stop,
    Restart,
    ClearLog,
    Signal(String),
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Action {
    Refresh,
    StopAll,
    RestartAll,
    One(Deed, String),
    Selected(Deed, Vec<String>),
    ClearMainLog,
    Update,
}

/// What came of it, in words.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) text: String,
    pub(super) failed: bool,
}

impl Outcome {
    pub(super) fn done(text: impl Into<String>) -> Self {
        Self { text: text.into(), failed: false }
    }

    pub(super) fn failed(text: impl Into<String>) -> Self {
        Self { text: text.into(), failed: true }
    }
}

/// Does what `word` says and leads back to the page.
pub(super) async fn answer(word: &str, visit: &Visit, shared: &Rc<Shared>) -> Answer {
    let Some(action) = Action::new(word, visit) else {
        // Differs: unknown-actions-are-bad-requests
        return answer::error(StatusCode::BAD_REQUEST);
    };
    // What has begun is finished, even if the visitor does not wait for it.
    let carried_out = tokio::task::spawn_local(carry_out(action, Rc::clone(shared)));
    match carried_out.await {
        Ok(outcome) if visit.wants_json => {
            let text = json!({ "message": outcome.text, "failed": outcome.failed }).to_string();
            with_headers(answer::ok("application/json", AnswerBody::from(text)))
        }
        Ok(outcome) => lead_back(visit, &outcome.text),
        Err(_) => answer::error(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

/// The page again, with the message.
// Differs: actions-see-other
// Differs: relative-locations
fn lead_back(visit: &Visit, message: &str) -> Answer {
    let message = quoted(message);
    let location = match (visit.page, visit.parameters.get("processname")) {
        (Page::Status, _) => format!("./?message={message}"),
        (page, Some(name)) => format!("{}?processname={}&message={message}", page.url(), quoted(name)),
        (page, None) => format!("{}?message={message}", page.url()),
    };
    let mut answer = with_headers(answer::error(StatusCode::SEE_OTHER));
    if let Ok(location) = HeaderValue::try_from(location) {
        answer.headers_mut().insert(LOCATION, location);
    }
    answer
}

impl Action {
    fn new(word: &str, visit: &Visit) -> Option<Self> {
        let parameters = &visit.parameters;
        match word {
            "refresh" => return Some(Self::Refresh),
            "stopall" => return Some(Self::StopAll),
            "restartall" => return Some(Self::RestartAll),
            "clearmainlog" if visit.is_post => return Some(Self::ClearMainLog),
            "update" if visit.is_post => return Some(Self::Update),
            _ => {}
        }
        let deed = match word {
            "start" => Deed::Start,
            "stop" => Deed::Stop,
            "restart" => Deed::Restart,
            "clearlog" => Deed::ClearLog,
            "signal" if visit.is_post => Deed::Signal(parameters.get("signal")?.to_owned()),
            _ => return None,
        };
        if let Some(name) = parameters.get("processname") {
            return Some(Self::One(deed, name.to_owned()));
        }
        let selected = parameters.all("selected").map(str::to_owned).collect();
        visit.is_post.then_some(Self::Selected(deed, selected))
    }
}

async fn carry_out(action: Action, shared: Rc<Shared>) -> Outcome {
    let now = || local_time::now().strftime("%a %b %e %H:%M:%S %Y").to_string();
    match action {
        Action::Refresh => Outcome::done(format!("Page refreshed at {}", now())),
        Action::StopAll => {
            obeyed(Command::Stop { target: Target::All, wait: true }, &shared).await;
            Outcome::done(format!("All stopped at {}", now()))
        }
        Action::RestartAll => {
            obeyed(Command::Stop { target: Target::All, wait: true }, &shared).await;
            obeyed(Command::Start { target: Target::All, wait: true }, &shared).await;
            Outcome::done(format!("All restarted at {}", now()))
        }
        Action::One(deed, name) => to_one(deed, name, shared).await,
        Action::Selected(deed, names) => to_selected(&deed, names, &shared).await,
        Action::ClearMainLog => match obeyed(Command::ClearMainLog, &shared).await {
            Reply::Fault(fault) => Outcome::failed(unexpected(fault)),
            _ => Outcome::done("Log cleared"),
        },
        Action::Update => update::apply(&shared).await,
    }
}

/// All at the same time; the message counts them.
async fn to_selected(deed: &Deed, names: Vec<String>, shared: &Rc<Shared>) -> Outcome {
    let count = names.len();
    let tasks: Vec<_> = names
        .into_iter()
        .map(|name| tokio::task::spawn_local(to_one(deed.clone(), name, Rc::clone(shared))))
        .collect();
    let mut failures = Vec::new();
    for task in tasks {
        match task.await {
            Ok(outcome) if outcome.failed => failures.push(outcome.text),
            Ok(_) => {}
            Err(_) => failures.push(String::from("lost")),
        }
    }
    let done = count - failures.len();
    let plural = |count: usize| if count == 1 { "" } else { "es" };
    let mut text = match (count, done) {
        (0, _) => return Outcome::failed("No process is selected"),
        (_, 0) => String::new(),
        _ => format!("{done} process{} {}", plural(done), deed.past()),
    };
    if let Some(first) = failures.first() {
        let more = failures.len() - 1;
        let and_more = if more == 0 { String::new() } else { format!(", and {more} more failed") };
        let separator = if text.is_empty() { "" } else { "; " };
        text = format!("{text}{separator}{first}{and_more}");
    }
    Outcome { text, failed: !failures.is_empty() }
}

async fn to_one(deed: Deed, name: String, shared: Rc<Shared>) -> Outcome {
    if !exists(&name, &shared).await {
        return Outcome::failed(format!("No such process named {name}"));
    }
    let target = Target::Named(name.clone());
    let reply = match &deed {
        Deed::Start => obeyed(Command::Start { target, wait: true }, &shared).await,
        Deed::Stop => obeyed(Command::Stop { target, wait: true }, &shared).await,
        Deed::Restart => {
            obeyed(Command::Stop { target: target.clone(), wait: true }, &shared).await;
            obeyed(Command::Start { target, wait: true }, &shared).await
        }
        Deed::ClearLog => obeyed(Command::ClearProcessLogs(name.clone()), &shared).await,
        Deed::Signal(signal) => obeyed(Command::Signal { target, signal: signal.clone() }, &shared).await,
    };
    match (reply, deed) {
        // Differs: restart-tells-failures
        (Reply::Fault(fault), Deed::Start | Deed::Restart) => {
            Outcome::failed(format!("ERROR: Process {name}: {}", why_not_started(fault)))
        }
        (Reply::Fault(fault), _) => Outcome::failed(unexpected(fault)),
        (_, Deed::ClearLog) => Outcome::done(format!("Log for {name} cleared")),
        (_, deed) => Outcome::done(format!("Process {name} {}", deed.past())),
    }
}

async fn exists(name: &str, shared: &Shared) -> bool {
    let Namespec::Process { group, process } = Namespec::parse(name) else { return false };
    present(shared).await.is_some_and(|view| view.process(group, process).is_some())
}

impl Deed {
    fn past(&self) -> &'static str {
        match self {
            Self::Start => "started",
            Self::Stop => "stopped",
            Self::Restart => "restarted",
            Self::ClearLog => "had their logs cleared",
            Self::Signal(_) => "signalled",
        }
    }
}

fn why_not_started(fault: Fault) -> String {
    match fault {
        Fault::NoFile(_) => String::from("no such file"),
        Fault::NotExecutable(_) => String::from("file not executable"),
        Fault::AlreadyStarted(_) => String::from("already started"),
        Fault::SpawnError(_) => String::from("spawn error"),
        Fault::AbnormalTermination(_) => String::from("abnormal termination"),
        fault => unexpected(fault),
    }
}

/// A fault that has no words of its own here.
pub(super) fn unexpected(fault: Fault) -> String {
    let fault = FaultValue::from(fault);
    format!("unexpected rpc fault [{}] {}", fault.code, fault.text)
}
