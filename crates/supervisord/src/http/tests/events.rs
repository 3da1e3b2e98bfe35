//! The stream of events.

use std::sync::Arc;
use std::thread;

use supervisor_core::event::Event;

use super::client::Client;
use super::stage::Stage;
use crate::engine::watch::Happened;

/// Puts an event where the engine would, once there are so many watchers.
fn tell(stage: &Stage, watchers: usize, serial: u64, event: Event) {
    let happened = Happened::new(serial, 0, Arc::new(event));
    loop {
        let state = stage.state.lock().unwrap();
        if state.watchers.len() == watchers {
            for (filter, mailbox) in &state.watchers {
                if filter.passes(&happened.event) {
                    mailbox.put(&happened);
                }
            }
            return;
        }
        drop(state);
        thread::yield_now();
    }
}

fn follow(stage: &Stage, query: &str, accept: &str) -> Client {
    let mut client = stage.client();
    client.send(format!("GET /events{query} HTTP/1.1\r\nHost: x\r\nAccept: {accept}\r\n\r\n"));
    client
}

#[test]
fn events_come_as_lines_of_json_to_those_who_asked_for_them() {
    let stage = Stage::new();
    let mut all = follow(&stage, "", "*/*");
    let mut some = follow(&stage, "?events=process_group&group=w*", "*/*");
    let head = all.answer_head();
    assert_eq!(head.status, "HTTP/1.1 200 OK");
    assert_eq!(head.header("content-type"), Some("application/x-ndjson"));
    assert_eq!(head.header("x-accel-buffering"), Some("no"));
    assert_eq!(some.answer_head().status, "HTTP/1.1 200 OK");
    for (serial, event) in [
        (0, Event::SupervisorRunning),
        (1, Event::ProcessGroupAdded("db".into())),
        (2, Event::ProcessGroupAdded("web".into())),
    ] {
        tell(&stage, 2, serial, event);
    }
    let object = |serial, eventname, more| {
        format!(
            "{{\"serial\": {serial}, \"eventname\": \"{eventname}\", \"time\": \"1970-01-01T00:00:00.000Z\"{more}}}\n"
        )
    };
    let web = object(2, "PROCESS_GROUP_ADDED", ", \"groupname\": \"web\"");
    assert_eq!(String::from_utf8(some.chunk().unwrap()).unwrap(), web);
    let mut seen = String::new();
    while !seen.ends_with(&web) {
        seen += std::str::from_utf8(&all.chunk().unwrap()).unwrap();
    }
    let first = object(0, "SUPERVISOR_STATE_CHANGE_RUNNING", "");
    assert_eq!(seen, first + &object(1, "PROCESS_GROUP_ADDED", ", \"groupname\": \"db\"") + &web);
}

#[test]
fn a_browser_gets_server_sent_events() {
    let stage = Stage::new();
    let mut client = follow(&stage, "", "text/event-stream");
    assert_eq!(client.answer_head().header("content-type"), Some("text/event-stream"));
    tell(&stage, 1, 5, Event::SupervisorStopping);
    let text = String::from_utf8(client.chunk().unwrap()).unwrap();
    assert!(text.starts_with("id: 5\nevent: SUPERVISOR_STATE_CHANGE_STOPPING\ndata: {"), "{text}");
}

#[test]
fn a_watcher_that_leaves_is_forgotten_and_the_end_of_the_servers_ends_the_stream() {
    let mut stage = Stage::new();
    let mut stays = follow(&stage, "", "*/*");
    let mut leaves = follow(&stage, "", "*/*");
    assert_eq!(stays.answer_head().status, "HTTP/1.1 200 OK");
    assert_eq!(leaves.answer_head().status, "HTTP/1.1 200 OK");
    drop(leaves);
    tell(&stage, 1, 0, Event::SupervisorRunning);
    assert!(stays.chunk().is_some());
    stage.stop();
    assert!(stays.read_to_close().is_empty(), "nothing follows");
}

#[test]
fn what_is_wrong_with_a_query_is_said() {
    let stage = Stage::new();
    let mut client = stage.client();
    let answer = client.get("/events?events=PROCESS_STATE_EXITE");
    assert_eq!(answer.status, "HTTP/1.1 400 Bad Request");
    assert_eq!(
        answer.body,
        "unknown event type \"PROCESS_STATE_EXITE\": did you mean `PROCESS_STATE_EXITED`?\n"
    );
    assert_eq!(client.get("/eventsX").status, "HTTP/1.1 404 Not Found");
    let mut stranger = stage.inet_client();
    assert_eq!(stranger.get("/events").status, "HTTP/1.1 401 Unauthorized");
}
