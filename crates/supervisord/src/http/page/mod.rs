//! Pages for people, their parts, and what they are made of.
//!
//! Every page works by itself: links, forms, a full reload. Scripts bring it to life: they replace parts with
//! what the [server sends](live) when something changes. The table of processes is the reference's, with more
//! in it, so what reads that goes on working.

mod action;
mod asset;
mod configuration;
mod document;
mod happening;
mod live;
mod log_page;
mod process_page;
mod processes;
mod row;
mod status_page;
mod text_file;
mod update;
pub(super) mod usage;

use std::rc::Rc;
use std::sync::Arc;

use hyper::body::Incoming;
use hyper::header::{ACCEPT, ALLOW, CONTENT_LENGTH, HeaderValue};
use hyper::{Method, Request, StatusCode};
use supervisor_core::state::SupervisorState;

use super::activity::Activity;
use super::answer::{self, Answer};
use super::auth::Access;
use super::body::AnswerBody;
use super::parameters::Parameters;
use super::server::Shared;
use super::{origin, xmlrpc};
use crate::view::View;

pub(super) use self::live::Live;
pub(super) use self::text_file::TextFile;

/// The pages, by what they show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Page {
    /// All processes.
    Status,
    /// A process's log.
    Tail,
    /// One process: what it uses, how it ended, its options.
    Process,
    /// The daemon's own log.
    MainLog,
    /// What the configuration on disk would change.
    Configuration,
    /// What happened, as a part of other pages.
    Timeline,
    /// A log as plain text.
    Text,
    /// News as they come.
    Live,
    /// For those who ask whether we are well.
    Health,
}

/// Who asks for a page, and how.
struct Visit {
    page: Page,
    parameters: Parameters,
    access: Access,
    /// A script asks, not a person.
    wants_json: bool,
    is_post: bool,
}

impl Page {
    fn of(path: &str) -> Option<Self> {
        Some(match path {
            "" | "index.html" => Self::Status,
            "tail.html" => Self::Tail,
            "process.html" => Self::Process,
            "mainlog.html" => Self::MainLog,
            "configuration.html" => Self::Configuration,
            "timeline.html" => Self::Timeline,
            "log.txt" => Self::Text,
            "live" => Self::Live,
            "ok.html" => Self::Health,
            _ => return None,
        })
    }

    /// Where it is, seen from any page.
    const fn url(self) -> &'static str {
        match self {
            Self::Status => "index.html",
            Self::Tail => "tail.html",
            Self::Process => "process.html",
            Self::MainLog => "mainlog.html",
            Self::Configuration => "configuration.html",
            Self::Timeline => "timeline.html",
            Self::Text => "log.txt",
            Self::Live => "live",
            Self::Health => "ok.html",
        }
    }

    /// Whether something can be done there.
    const fn takes_actions(self) -> bool {
        matches!(self, Self::Status | Self::Process | Self::MainLog | Self::Configuration)
    }
}

/// Answers a request for a page or a part of one. The path has no leading slash.
pub(super) async fn answer(
    request: Request<Incoming>,
    path: &str,
    access: Access,
    activity: &Activity,
    shared: &Rc<Shared>,
) -> Answer {
    let method = request.method().clone();
    if let Some(asset) = asset::find(path) {
        return match method {
            Method::GET | Method::HEAD => asset.answer(&request),
            // Compat: wrong-method-is-a-bad-request
            _ => wrong_method("GET, HEAD"),
        };
    }
    let Some(page) = Page::of(path) else {
        return match method {
            Method::GET | Method::HEAD => answer::error(StatusCode::NOT_FOUND),
            _ => answer::error(StatusCode::BAD_REQUEST),
        };
    };
    // Differs: head-of-pages
    if !matches!(method, Method::GET | Method::HEAD | Method::POST) {
        return wrong_method("GET, HEAD, POST");
    }
    let is_foreign = origin::is_foreign(request.headers());
    let visit = visit(request, page, access, shared).await;
    activity.arrived();
    match visit {
        Ok(visit) if method == Method::HEAD => show(&visit, shared).await,
        Ok(visit) => match visit.parameters.get("action").filter(|_| page.takes_actions()) {
            Some(_) if is_foreign || !access.may_change() => answer::error(StatusCode::FORBIDDEN),
            Some(word) => action::answer(word, &visit, shared).await,
            None => show(&visit, shared).await,
        },
        Err(answer) => *answer,
    }
}

/// Reads what the visitor sends along.
async fn visit(
    request: Request<Incoming>,
    page: Page,
    access: Access,
    shared: &Rc<Shared>,
) -> Result<Visit, Box<Answer>> {
    let wants_json =
        request.headers().get(ACCEPT).is_some_and(|accepted| accepted.as_bytes() == b"application/json");
    let is_post = request.method() == Method::POST;
    let query = request.uri().query().map(str::to_owned);
    let is_empty = request.headers().get(CONTENT_LENGTH).is_some_and(|length| length.as_bytes() == b"0");
    let form = if is_post && !is_empty {
        let body = xmlrpc::body_of(request, shared).await;
        body.map_err(|status| Box::new(answer::last_error(status)))?.bytes
    } else {
        hyper::body::Bytes::new()
    };
    Ok(Visit { page, parameters: Parameters::new(query.as_deref(), &form), access, wants_json, is_post })
}

async fn show(visit: &Visit, shared: &Rc<Shared>) -> Answer {
    match visit.page {
        Page::Health => return answer::ok("text/plain", AnswerBody::from(String::from("OK"))),
        Page::Live => return live::answer(visit, shared).await,
        Page::Text => return text_file::answer(visit, shared).await,
        _ => {}
    }
    let Some(view) = present(shared).await else {
        // Compat: nothing-is-told-on-the-way-out
        return answer::error(StatusCode::INTERNAL_SERVER_ERROR);
    };
    match visit.page {
        Page::Tail => log_page::of_process(visit, &view),
        Page::Process => process_page::answer(visit, &view, shared).await,
        Page::MainLog => log_page::of_daemon(visit, &view, shared).await,
        Page::Configuration => configuration::answer(visit, &view, shared).await,
        Page::Timeline => happening::answer(visit, &view, shared).await,
        _ => status_page::answer(visit, &view, shared).await,
    }
}

/// How things are; nothing on the way out.
async fn present(shared: &Shared) -> Option<Arc<View>> {
    let view = tokio::select! {
        biased;
        view = shared.engine().view() => view,
        () = shared.stopped() => None,
    };
    view.filter(|view| view.state == SupervisorState::Running)
}

fn wrong_method(allowed: &'static str) -> Answer {
    // Compat: wrong-method-is-a-bad-request
    let mut answer = answer::error(StatusCode::BAD_REQUEST);
    answer.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    answer
}
