//! `/RPC2`: calls of Supervisor's API.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use http_body_util::{BodyExt as _, Limited};
use hyper::body::{Body as _, Incoming};
use hyper::header::CONTENT_LENGTH;
use hyper::{Method, Request, StatusCode};
use supervisor_config::python::repr::repr;
use supervisor_core::command::{Command, Fault, Reply};
use supervisor_core::effect::Level;
use supervisor_core::state::SupervisorState;
use supervisor_rpc::decode::{self, MethodCall};
use supervisor_rpc::fault::FaultValue;
use supervisor_rpc::method::{Call, Query, System};
use supervisor_rpc::value::Value;
use supervisor_rpc::{encode, reply};
use tokio::task::{spawn_local, yield_now};
use tokio::time::Instant;

use super::activity::Activity;
use super::answer::{self, Answer};
use super::aside::aside;
use super::auth::Access;
use super::body::AnswerBody;
use super::log_text::LogText;
use super::query::{self, Finding};
use super::server::Shared;
use super::{BODY_BYTES_MAX, REQUEST_TIME_MAX, origin};
use crate::view::View;

const XML: &str = "text/xml";
/// The most text of a log that is read at once instead of while it is sent.
const TEXT_AT_ONCE_BYTES_MAX: u64 = 256 << 10;
/// What who may only look is told.
const READ_ONLY: &str = "this user may look at everything and change nothing";
/// The most that the answers to one `system.multicall` may have together.
const MULTICALL_BYTES_MAX: u64 = 16 << 20;
/// How much of a body that makes no sense the main log shows.
const SHOWN_BYTES_MAX: usize = 4 << 10;

/// Answers a request for `/RPC2`.
pub(super) async fn answer(
    request: Request<Incoming>,
    access: Access,
    activity: &Activity,
    shared: &Rc<Shared>,
) -> Answer {
    if request.method() != Method::POST {
        // Compat: wrong-method-is-a-bad-request
        return answer::error(StatusCode::BAD_REQUEST);
    }
    if origin::is_cross_site(request.headers()) {
        return answer::last_error(StatusCode::FORBIDDEN);
    }
    let body = match body_of(request, shared).await {
        Ok(body) => body,
        Err(status) => return answer::last_error(status),
    };
    activity.arrived();
    let MethodCall { method, params } = match understood(body, shared).await {
        Ok(call) => call,
        Err(answer) => return answer,
    };
    shared.trace(|| format!("XML-RPC method called: {method}()"));
    if activity.is_piled_up() {
        // Many of them must not be answered in one go. What wakes this task meanwhile does not wake that one.
        let _ = spawn_local(yield_now()).await;
    }
    let call = match shared.api.typed(&method, params) {
        Ok(Call::Query(Query::AllProcessInfo)) => return all_process_info(&method, shared).await,
        Ok(Call::Query(query)) => {
            let outcome = answered(&query, shared).await.map_err(FaultValue::from);
            return told(&method, outcome, shared).await;
        }
        call => call,
    };
    // What has begun is finished, even if the client does not wait for the answer.
    match spawn_local(carry_out(method, call, access, Rc::clone(shared))).await {
        Ok(answer) => answer,
        Err(failure) => {
            shared.log(Level::Critical, format!("Handling an XML-RPC request failed: {failure}"));
            answer::error(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

/// What a body says, or the answer if it says nothing.
async fn understood(body: RequestBody, shared: &Shared) -> Result<MethodCall, Answer> {
    let bytes = body.bytes.clone();
    match aside(bytes.len() as u64, move || decode::call(&bytes)).await {
        Some(Ok(call)) => Ok(call),
        Some(Err(error)) => {
            let data = shown(&body.bytes);
            let complaint = error.complaint();
            shared.log(Level::Error, format!("XML-RPC request data {data} is invalid: {complaint}"));
            Err(answer::error(StatusCode::BAD_REQUEST))
        }
        None => Err(answer::error(StatusCode::INTERNAL_SERVER_ERROR)),
    }
}

/// A body, and the room that it takes.
pub(super) struct RequestBody {
    pub(super) bytes: hyper::body::Bytes,
    _room: tokio::sync::OwnedSemaphorePermit,
}

/// A body that is no larger is read whatever else is being read: there are so many connections at most.
const SMALL_BODY_BYTES: u64 = 64 << 10;

/// Reads the body of a request.
pub(super) async fn body_of(request: Request<Incoming>, shared: &Shared) -> Result<RequestBody, StatusCode> {
    // Compat: length-required
    if !request.headers().contains_key(CONTENT_LENGTH) {
        return Err(StatusCode::LENGTH_REQUIRED);
    }
    let length = request.body().size_hint().exact().unwrap_or(u64::MAX);
    // Differs: empty-calls-are-answered
    if length == 0 {
        return Err(StatusCode::BAD_REQUEST);
    }
    // Differs: large-calls-are-refused
    if length > BODY_BYTES_MAX as u64 {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    // Small calls need no room of their own, so that a few large ones that are slow to arrive do not keep them out.
    let kibibytes = if length <= SMALL_BODY_BYTES { 0 } else { length.div_ceil(1 << 10) };
    let kibibytes = u32::try_from(kibibytes).map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    let arrival = async {
        let room = Arc::clone(&shared.body_room).acquire_many_owned(kibibytes).await;
        let room = room.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
        let body = Limited::new(request.into_body(), BODY_BYTES_MAX).collect().await;
        let bytes = body.map_err(|_| StatusCode::BAD_REQUEST)?.to_bytes();
        Ok(RequestBody { bytes, _room: room })
    };
    let arrived = tokio::time::timeout(REQUEST_TIME_MAX, arrival).await;
    arrived.unwrap_or(Err(StatusCode::REQUEST_TIMEOUT))
}

/// What came instead of a call, as the reference shows it.
fn shown(bytes: &[u8]) -> String {
    // Differs: long-bodies-are-shown-in-part
    repr(&String::from_utf8_lossy(&bytes[..bytes.len().min(SHOWN_BYTES_MAX)]))
}

/// Does what a call says and makes the answer.
async fn carry_out(method: String, call: Result<Call, Fault>, access: Access, shared: Rc<Shared>) -> Answer {
    let outcome = match call {
        Ok(Call::System(System::Multicall(calls))) => {
            Ok(Finding::Value(multicall(calls, access, &shared).await))
        }
        Ok(call) => single(call, access, &shared).await,
        Err(fault) => Err(fault.into()),
    };
    told(&method, outcome, &shared).await
}

/// The answer that is kept for everybody who asks for the same.
async fn all_process_info(method: &str, shared: &Shared) -> Answer {
    match present(shared).await {
        Ok(view) => {
            shared.trace(|| format!("XML-RPC method {method}() returned successfully"));
            answer::ok(XML, AnswerBody::from(shared.all_info.body(&view, query::present_second())))
        }
        Err(fault) => told(method, Err(fault.into()), shared).await,
    }
}

/// The answer that tells what became of a call.
async fn told(method: &str, outcome: Result<Finding, FaultValue>, shared: &Shared) -> Answer {
    shared.trace(|| match &outcome {
        Ok(_) => format!("XML-RPC method {method}() returned successfully"),
        Err(fault) => format!("XML-RPC method {method}() returned fault: [{}] {}", fault.code, fault.text),
    });
    let outcome = match outcome {
        Ok(Finding::Text(text)) if text.size() > TEXT_AT_ONCE_BYTES_MAX => {
            return answer::ok(XML, AnswerBody::log_text(text));
        }
        Ok(Finding::Text(text)) => whole(text),
        Ok(Finding::Value(value)) => Ok(value),
        Err(fault) => Err(fault),
    };
    let bytes = outcome.as_ref().map_or(0, Value::size);
    match aside(bytes, move || encode::response(&outcome)).await {
        Some(text) => answer::ok(XML, AnswerBody::from(text)),
        None => answer::error(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

fn whole(text: LogText) -> Result<Value, FaultValue> {
    text.into_value().map_err(|_| Fault::Failed(None).into())
}

/// One after another, each finished before the next begins. Other clients have their turn in between.
async fn multicall(calls: Vec<Result<Call, Fault>>, access: Access, shared: &Shared) -> Value {
    let mut outcomes = Vec::with_capacity(calls.len());
    let mut room = MULTICALL_BYTES_MAX;
    let mut given_up = HashMap::new();
    for call in calls {
        yield_now().await;
        let outcome = match call {
            Ok(Call::Forward(namespace, call)) if access.may_change() => {
                one_of_many(&namespace, &call, &mut given_up, room, shared).await
            }
            Ok(Call::Cache(namespace, request)) if !shared.plugins.fits(&namespace, &request, room) => {
                Err(too_much())
            }
            Ok(call) => single(call, access, shared).await,
            Err(fault) => Err(fault.into()),
        };
        outcomes.push(match outcome {
            Ok(Finding::Value(value)) => fits(&mut room, value.size()).map(|()| value),
            Ok(Finding::Text(text)) => fits(&mut room, text.size()).and_then(|()| whole(text)),
            Err(fault) => Err(fault),
        });
    }
    reply::multicall(outcomes)
}

/// Passes a call on, unless an earlier one of the same `system.multicall` was not answered in time or was answered at
/// too great length: the client would wait as long for each, and may be gone, or see nothing of the answer.
async fn one_of_many(
    namespace: &str,
    call: &MethodCall,
    given_up: &mut HashMap<String, FaultValue>,
    room: u64,
    shared: &Shared,
) -> Result<Finding, FaultValue> {
    if let Some(fault) = given_up.get(namespace) {
        return Err(fault.clone());
    }
    let began = Instant::now();
    let outcome = forwarded(namespace, call, shared).await;
    let outcome = outcome.and_then(|value| if value.size() > room { Err(too_much()) } else { Ok(value) });
    let extension = shared.plugins.extension(namespace);
    if let Err(fault) = &outcome
        && (*fault == too_much() || extension.is_some_and(|extension| began.elapsed() >= extension.timeout()))
    {
        given_up.insert(namespace.to_owned(), fault.clone());
    }
    outcome.map(Finding::Value)
}

/// Takes that much of the room.
fn fits(room: &mut u64, bytes: u64) -> Result<(), FaultValue> {
    // Differs: multicall-of-large-answers
    *room = room.checked_sub(bytes).ok_or_else(too_much)?;
    Ok(())
}

fn too_much() -> FaultValue {
    Fault::Failed(Some(String::from("too much for one answer"))).into()
}

async fn single(call: Call, access: Access, shared: &Shared) -> Result<Finding, FaultValue> {
    match call {
        // Differs: readonly-user
        Call::Command(_) | Call::Kill(_) | Call::Cache(..) | Call::Forward(..) if !access.may_change() => {
            Err(Fault::Failed(Some(String::from(READ_ONLY))).into())
        }
        Call::Command(command) => reply::outcome(&obeyed(command, shared).await).map(Finding::Value),
        Call::Kill(command) => reply::killed(&obeyed(command, shared).await).map(Finding::Value),
        Call::Query(query) => Ok(answered(&query, shared).await?),
        Call::Cache(namespace, request) => {
            let answer = shared.plugins.cache(&namespace, request);
            answer.unwrap_or_else(|| Err(Fault::UnknownMethod.into())).map(Finding::Value)
        }
        Call::Forward(namespace, call) => forwarded(&namespace, &call, shared).await.map(Finding::Value),
        Call::System(system) => described(&system, shared).await.map(Finding::Value),
    }
}

/// The core itself refuses what may not be done on the way out.
pub(super) async fn obeyed(command: Command, shared: &Shared) -> Reply {
    tokio::select! {
        biased;
        reply = shared.engine().command(command) => reply,
        () = shared.stopped() => Reply::Fault(Fault::ShutdownState),
    }
}

async fn answered(query: &Query, shared: &Shared) -> Result<Finding, Fault> {
    query::answer(query, &*present(shared).await?, shared.version())
}

/// The present state of things, as long as there is one to tell of.
async fn present(shared: &Shared) -> Result<Arc<View>, Fault> {
    let view = tokio::select! {
        biased;
        view = shared.engine().view() => view,
        () = shared.stopped() => None,
    };
    // Compat: nothing-is-told-on-the-way-out
    view.filter(|view| view.state == SupervisorState::Running).ok_or(Fault::ShutdownState)
}

/// What the program of a namespace says to a call, while the daemon is at work.
async fn forwarded(namespace: &str, call: &MethodCall, shared: &Shared) -> Result<Value, FaultValue> {
    let view = shared.engine().view().await;
    let extension = shared.plugins.extension(namespace).ok_or(Fault::UnknownMethod)?;
    if view.is_none_or(|view| view.state != SupervisorState::Running) {
        return Err(Fault::ShutdownState.into());
    }
    tokio::select! {
        biased;
        answer = extension.call(call) => answer,
        () = shared.stopped() => Err(Fault::ShutdownState.into()),
    }
}

async fn described(system: &System, shared: &Shared) -> Result<Value, FaultValue> {
    let (method, question) = match system {
        System::ListMethods => return Ok(Value::from(listed(shared).await)),
        System::MethodHelp(method) => (method, "system.methodHelp"),
        System::MethodSignature(method) => (method, "system.methodSignature"),
        // Typing a multicall refuses one inside another.
        System::Multicall(_) => return Err(Fault::IncorrectParameters(None).into()),
    };
    let extension = shared.api.extension_of(method).and_then(|name| shared.plugins.extension(name));
    match (extension, system) {
        (Some(extension), _) => tokio::select! {
            biased;
            answer = extension.ask(question, method) => answer,
            () = shared.stopped() => Err(Fault::ShutdownState.into()),
        },
        (None, System::MethodHelp(_)) => Ok(shared.api.method_help(method)?),
        (None, _) => Ok(shared.api.method_signature(method)?),
    }
}

/// Our own methods, and those that extensions say they have. One that says nothing has none.
async fn listed(shared: &Shared) -> Vec<String> {
    let mut names = shared.api.list_methods();
    let extensions = shared.api.extensions().filter_map(|name| shared.plugins.extension(name).cloned());
    let asked: Vec<_> =
        extensions.map(|extension| spawn_local(async move { extension.methods().await })).collect();
    for methods in asked {
        let methods = tokio::select! {
            biased;
            methods = methods => methods,
            () = shared.stopped() => break,
        };
        match methods {
            Ok(Ok(methods)) => names.extend(methods),
            Ok(Err(fault)) => shared.log(Level::Warn, format!("methods are not listed: {}", fault.text)),
            Err(_) => {}
        }
    }
    names.sort();
    names.dedup();
    names
}
