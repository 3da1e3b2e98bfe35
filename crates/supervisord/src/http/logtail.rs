//! `/logtail` and `/mainlogtail`: logs that are followed as they grow.

use std::path::Path;
use std::rc::Rc;
use std::time::SystemTime;

use hyper::header::{HeaderName, HeaderValue, LAST_MODIFIED};
use hyper::{Method, Request, StatusCode};
use jiff::Timestamp;
use supervisor_config::settings::MainLog;
use supervisor_core::effect::Level;
use supervisor_core::name::Namespec;

use super::answer::{self, Answer};
use super::body::AnswerBody;
use super::follow::{FIRST_BYTES, Follower};
use super::parameters::Parameters;
use super::server::Shared;

const TEXT: &str = "text/plain;charset=utf-8";
/// Tells a proxy to pass on what comes at once.
pub(super) const UNBUFFERED: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));

/// `/logtail/NAME`, `/logtail/NAME/stdout`, `/logtail/NAME/stderr`; anything may follow `logtail` before the
/// slash.
pub(super) async fn of_process<B>(request: &Request<B>, path: &str, shared: &Rc<Shared>) -> Answer {
    if request.method() != Method::GET {
        return answer::error(StatusCode::BAD_REQUEST);
    }
    let Some(log) = log_of_process(path, shared).await else {
        return answer::error(StatusCode::NOT_FOUND);
    };
    let mut answer = follow(Path::new(&log), request, shared);
    if answer.status() == StatusCode::OK {
        answer.headers_mut().insert(UNBUFFERED.0, UNBUFFERED.1);
    }
    answer
}

/// `/mainlogtail`.
pub(super) async fn of_daemon<B>(request: &Request<B>, shared: &Rc<Shared>) -> Answer {
    if request.method() != Method::GET {
        return answer::error(StatusCode::BAD_REQUEST);
    }
    match shared.engine().view().await.map(|view| view.main_log.clone()) {
        Some(MainLog::File(path)) => follow(Path::new(&path), request, shared),
        Some(MainLog::Syslog) | None => answer::error(StatusCode::NOT_FOUND),
    }
}

async fn log_of_process(path: &str, shared: &Shared) -> Option<String> {
    let (_, name_and_channel) = path.trim_start_matches('/').split_once('/')?;
    let (name, channel) = name_and_channel.split_once('/').unwrap_or((name_and_channel, "stdout"));
    let Namespec::Process { group, process } = Namespec::parse(name) else { return None };
    let view = shared.engine().view().await?;
    let process = view.process(group, process)?;
    match channel {
        "stdout" => process.stdout_logfile.clone(),
        "stderr" => process.stderr_logfile.clone(),
        _ => None,
    }
}

fn follow<B>(path: &Path, request: &Request<B>, shared: &Rc<Shared>) -> Answer {
    let follower = match Follower::new(path, first_bytes(request), &shared.changes) {
        Ok(follower) => follower,
        Err(error) => {
            if error.kind() == std::io::ErrorKind::NotFound {
                return answer::error(StatusCode::NOT_FOUND);
            }
            shared.log(Level::Error, format!("{} cannot be followed: {error}", path.display()));
            return answer::error(StatusCode::INTERNAL_SERVER_ERROR);
        }
    };
    let modified = follower.modified().and_then(http_date);
    let mut answer = answer::ok(TEXT, AnswerBody::follower(follower));
    if let Some(modified) = modified {
        answer.headers_mut().insert(LAST_MODIFIED, modified);
    }
    answer
}

/// How much of what is there already a client wants: `?bytes=N`.
// Differs: longer-beginnings
fn first_bytes<B>(request: &Request<B>) -> u64 {
    let wanted =
        Parameters::new(request.uri().query(), b"").get("bytes").and_then(|bytes| bytes.parse().ok());
    wanted.unwrap_or(FIRST_BYTES)
}

fn http_date(time: SystemTime) -> Option<HeaderValue> {
    let time = Timestamp::try_from(time).ok()?;
    HeaderValue::try_from(time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()).ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn dates_are_those_of_http() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        assert_eq!(http_date(time).unwrap(), "Sun, 06 Nov 1994 08:49:37 GMT");
    }
}
