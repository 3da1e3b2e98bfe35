//! Which URL is what.

use std::rc::Rc;

use hyper::Request;
use hyper::body::Incoming;

use super::activity::Activity;
use super::answer::Answer;
use super::auth::Access;
use super::server::Shared;
use super::{events, logtail, page, xmlrpc};

/// Answers a request from somebody who may ask.
pub(super) async fn answer(
    request: Request<Incoming>,
    access: Access,
    activity: &Activity,
    shared: &Rc<Shared>,
) -> Answer {
    let path = decoded(request.uri().path());
    // Compat: url-prefixes
    if path.starts_with("/RPC2") {
        xmlrpc::answer(request, access, activity, shared).await
    } else if path.starts_with("/logtail") {
        logtail::of_process(&request, &path, shared).await
    } else if path.starts_with("/mainlogtail") {
        logtail::of_daemon(&request, shared).await
    } else if path == "/events" {
        events::answer(&request, shared)
    } else {
        // So that calls do not carry about what only pages need.
        Box::pin(page::answer(request, path.trim_start_matches('/'), access, activity, shared)).await
    }
}

/// The path without its parameters (from `;` on), percent-decoded once.
// Differs: paths-are-decoded-once
fn decoded(path: &str) -> String {
    unescaped(path.split(';').next().unwrap_or_default())
}

/// Percent-decoded once.
pub(super) fn unescaped(text: &str) -> String {
    String::from_utf8_lossy(&percent_decoded(text.as_bytes())).into_owned()
}

/// Each `%` and two hexadecimal digits as the byte that they stand for; anything else as it is.
pub(super) fn percent_decoded(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        let escaped = (byte == b'%').then(|| after.get(..2)).flatten().and_then(hexadecimal);
        bytes.push(escaped.unwrap_or(byte));
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    bytes
}

fn hexadecimal(digits: &[u8]) -> Option<u8> {
    let mut digits = digits.iter().map(|&digit| char::from(digit).to_digit(16));
    digits
        .try_fold(0, |number, digit| Some(number * 16 + digit?))
        .and_then(|number| u8::try_from(number).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_decoded_once() {
        assert_eq!(decoded("/a%3Ab"), "/a:b");
        assert_eq!(decoded("/a%253Ab"), "/a%3Ab");
        assert_eq!(decoded("/100%"), "/100%");
        assert_eq!(decoded("/%zz%4"), "/%zz%4");
        assert_eq!(decoded("/%+1"), "/%+1");
        assert_eq!(decoded("/a;b%41/c"), "/a");
        assert_eq!(decoded("/%FF"), "/\u{fffd}");
    }
}
