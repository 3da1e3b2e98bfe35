//! `/events`: what happens, as it happens, one line of JSON for each event, or as server-sent events.

mod json;
mod stream;

use std::rc::Rc;

use hyper::body::Incoming;
use hyper::header::{ACCEPT, CACHE_CONTROL, HeaderMap, HeaderValue};
use hyper::{Method, Request, StatusCode};
use supervisor_config::listener::event_type;
use supervisor_core::subscription::Subscriptions;

pub(super) use self::stream::EventStream;
use self::stream::Form;
use super::answer::{self, Answer};
use super::body::AnswerBody;
use super::logtail::UNBUFFERED;
use super::route::unescaped;
use super::server::Shared;
use crate::engine::watch::Filter;

const LINES: &str = "application/x-ndjson";
const SERVER_SENT: &str = "text/event-stream";

/// `/events?events=TYPE,TYPE&process=PATTERN&group=PATTERN`. The stream has no end.
// Differs: event-stream
pub(super) fn answer(request: &Request<Incoming>, shared: &Rc<Shared>) -> Answer {
    if request.method() != Method::GET {
        return answer::error(StatusCode::BAD_REQUEST);
    }
    let filter = match filter(request.uri().query().unwrap_or_default()) {
        Ok(filter) => filter,
        Err(complaint) => return answer::refusal(StatusCode::BAD_REQUEST, &complaint),
    };
    let (form, content_type) = match wants_server_sent_events(request.headers()) {
        true => (Form::ServerSent, SERVER_SENT),
        false => (Form::Lines, LINES),
    };
    let stream = EventStream::new(shared.engine().events(filter), form);
    let mut answer = answer::ok(content_type, AnswerBody::events(stream));
    answer.headers_mut().insert(UNBUFFERED.0, UNBUFFERED.1);
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

fn wants_server_sent_events(headers: &HeaderMap) -> bool {
    headers.get_all(ACCEPT).iter().any(|value| {
        value.to_str().is_ok_and(|value| {
            value.split(',').any(|form| form.split(';').next().unwrap_or_default().trim() == SERVER_SENT)
        })
    })
}

/// What the query asks for; an error says what is wrong with it.
fn filter(query: &str) -> Result<Filter, String> {
    let (mut types, mut processes, mut groups) = (Vec::new(), Vec::new(), Vec::new());
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let value = unescaped(&value.replace('+', " "));
        match name {
            "events" => {
                for value in value.split(',').map(str::trim) {
                    types.push(event_type(value)?);
                }
            }
            "process" => processes.extend(patterns(name, &value)?),
            "group" => groups.extend(patterns(name, &value)?),
            _ => {
                return Err(format!(
                    "unknown parameter \"{}\": there are events, process and group",
                    unescaped(name)
                ));
            }
        }
    }
    if types.is_empty() {
        types.push("EVENT".to_owned());
    }
    Ok(Filter { types: Subscriptions::new(types), processes, groups })
}

/// An empty one fits nothing: whoever writes it would wait for ever.
fn patterns(name: &str, value: &str) -> Result<Vec<String>, String> {
    let patterns: Vec<_> = value.split(',').map(|pattern| pattern.trim().to_owned()).collect();
    if patterns.iter().any(String::is_empty) {
        return Err(format!("\"{name}={value}\" has an empty pattern: leave {name} out for all of them"));
    }
    Ok(patterns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_names_types_and_patterns() {
        let asked = filter("events=tick_5,%20PROCESS_STATE&process=a*&events=EVENT&group=x+y,z").unwrap();
        assert_eq!(asked.types.types(), ["EVENT", "PROCESS_STATE", "TICK_5"]);
        assert_eq!(asked.processes, ["a*"]);
        assert_eq!(asked.groups, ["x y", "z"]);
        assert_eq!(filter("").unwrap().types.types(), ["EVENT"]);
    }

    #[test]
    fn what_a_query_has_wrong_is_said() {
        let complaint = filter("events=TICK_5,TICK_6").unwrap_err();
        assert!(complaint.starts_with("unknown event type \"TICK_6\""), "{complaint}");
        assert!(filter("events=").unwrap_err().starts_with("unknown event type \"\""));
        assert_eq!(
            filter("process=a,").unwrap_err(),
            "\"process=a,\" has an empty pattern: leave process out for all of them"
        );
        assert!(filter("group").is_err());
        assert_eq!(
            filter("event=TICK_5").unwrap_err(),
            "unknown parameter \"event\": there are events, process and group"
        );
    }

    #[test]
    fn server_sent_events_are_for_those_who_accept_them() {
        let wants = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, HeaderValue::from_static(value));
            wants_server_sent_events(&headers)
        };
        assert!(wants("text/event-stream"));
        assert!(wants("text/html, text/event-stream;q=0.5"));
        assert!(!wants("*/*"));
        assert!(!wants_server_sent_events(&HeaderMap::new()));
    }
}
