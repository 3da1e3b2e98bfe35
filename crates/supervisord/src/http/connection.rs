//! One client from its first request to its last.

use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;

use hyper::body::{Body as _, Incoming};
use hyper::header::{AUTHORIZATION, CONNECTION};
use hyper::server::conn::http1::Builder;
use hyper::service::service_fn;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use supervisor_core::effect::Level;

use super::access::{AccessLine, Peer};
use super::activity::Activity;
use super::answer::{self, Answer};
use super::auth::{Login, Verdict};
use super::body::Cut;
use super::server::Shared;
use super::wire::{Stream, Wire, poll_abandoned};
use super::{HEAD_BYTES_MAX, route, streams};

/// Serves a client until it leaves, is dismissed, or the servers stop.
pub(super) async fn serve(
    stream: Stream,
    peer: Peer,
    login: Option<Rc<Login>>,
    activity: &Rc<Activity>,
    shared: Rc<Shared>,
) {
    let stream = Rc::new(RefCell::new(stream));
    let wire = Wire::new(Rc::clone(&stream), Rc::clone(activity), Rc::clone(&shared));
    let service = service_fn(|request| {
        activity.begin_request();
        answer(request, peer, login.clone(), Rc::clone(activity), Rc::clone(&shared))
    });
    let connection = Builder::new()
        .title_case_headers(true)
        .max_header_size(HEAD_BYTES_MAX)
        .max_buf_size(HEAD_BYTES_MAX)
        .header_read_timeout(None)
        .serve_connection(TokioIo::new(wire), service);
    let mut connection = pin!(connection);
    tokio::select! {
        // An answer without an end begins in the first, and is watched in the second from then on.
        biased;
        // A client that breaks off is no news.
        _ = connection.as_mut() => return,
        () = poll_fn(|context| poll_abandoned(&stream, activity, context)) => return,
        () = activity.dismissed() => return,
        () = shared.stopped() => {}
    }
    if !activity.is_streaming() {
        connection.as_mut().graceful_shutdown();
        let _ = connection.await;
    }
}

async fn answer(
    request: Request<Incoming>,
    peer: Peer,
    login: Option<Rc<Login>>,
    activity: Rc<Activity>,
    shared: Rc<Shared>,
) -> Result<Answer, Cut> {
    let (method, uri, version) = (request.method().clone(), request.uri().clone(), request.version());
    let authorization = request.headers().get(AUTHORIZATION);
    let verdict = shared.doorkeeper.judge(login.as_ref(), peer, authorization).await;
    if request.body().is_end_stream() {
        activity.arrived();
    }
    let answer = match verdict {
        Verdict::Granted(access) => {
            streams::admit(route::answer(request, access, &activity, &shared).await, &shared)
        }
        Verdict::Denied => answer::unauthorized(),
        Verdict::TooMany => answer::last_error(StatusCode::TOO_MANY_REQUESTS),
        Verdict::Malformed => answer::last_error(StatusCode::BAD_REQUEST),
    };
    if answer.headers().contains_key(CONNECTION) {
        activity.refuse();
    }
    if shared.wants(Level::Trace) {
        activity.report_later(AccessLine::new(peer, &method, &uri, version, answer.status()));
    }
    Ok(answer.map(|body| body.reporting_to(activity)))
}
