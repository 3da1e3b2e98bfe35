//! Answers, and the small page that errors come with.

use hyper::header::{
    CONNECTION, CONTENT_TYPE, HeaderValue, SERVER, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use hyper::{Response, StatusCode};

use super::body::AnswerBody;

/// What goes back to a client.
pub(super) type Answer = Response<AnswerBody>;

// Differs: server-header
const SERVER_NAME: HeaderValue = HeaderValue::from_static("Supervisor");

/// An answer that worked.
pub(super) fn ok(content_type: &'static str, body: AnswerBody) -> Answer {
    let mut answer = Answer::new(body);
    answer.headers_mut().insert(SERVER, SERVER_NAME);
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    // Logs are whatever programs write: no browser shall take them for a page or a script.
    answer.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer
}

/// The error page of that status.
pub(super) fn error(status: StatusCode) -> Answer {
    let reason = status.canonical_reason().unwrap_or("Unknown");
    let page = format!(
        "<head>\r\n<title>Error response</title>\r\n</head>\r\n<body>\r\n<h1>Error response</h1>\r\n\
         <p>Error code {}.\r\n<p>Message: {reason}.\r\n</body>\r\n",
        status.as_u16()
    );
    let mut answer = ok("text/html", AnswerBody::from(page));
    *answer.status_mut() = status;
    answer
}

/// An error in words.
pub(super) fn refusal(status: StatusCode, complaint: &str) -> Answer {
    let mut answer = ok("text/plain;charset=utf-8", AnswerBody::from(format!("{complaint}\n")));
    *answer.status_mut() = status;
    answer
}

/// The error page of that status, after which the connection ends: the rest of the request is not read.
pub(super) fn last_error(status: StatusCode) -> Answer {
    let mut answer = error(status);
    answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    answer
}

/// Asks who it is.
pub(super) fn unauthorized() -> Answer {
    // Differs: refused-connections-close
    let mut answer = last_error(StatusCode::UNAUTHORIZED);
    answer.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"default\""));
    answer
}
