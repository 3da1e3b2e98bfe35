//! `events`: what happens, as it happens.

use supervisor_rpc::decode;
use supervisor_rpc::encode;

use crate::people::seen;
use crate::server::{Server, client};

const EVENTS: &str = concat!(
    r#"{"serial": 4, "eventname": "PROCESS_STATE_STOPPED", "time": "T", "processname": "cat", "groupname": "web", "#,
    r#""from_state": "STOPPING", "pid": 7}"#,
    "\n",
    r#"{"dropped": 3}"#,
    "\n",
    r#"{"serial": 8, "eventname": "REMOTE_COMMUNICATION", "time": "T", "type": "t", "data": "\u001b]0;x\u0007"}"#,
    "\n"
);

/// A server whose stream of events has an end. It wants to be asked with this query; without one it has no stream.
fn server(query: Option<&'static str>) -> Server {
    Server::responding(move |request| {
        let (status, body) = match (decode::call(&request.body), query) {
            (Ok(_), _) => ("200 OK", encode::response(&Ok("3.0".into()))),
            (Err(_), None) => ("404 Not Found", String::new()),
            (Err(_), Some(query)) => {
                assert_eq!(request.line, format!("GET /events?{query} HTTP/1.1"));
                ("200 OK", EVENTS.to_owned())
            }
        };
        format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len())
            .into_bytes()
    })
}

#[test]
fn events_are_lines_for_people_and_json_for_programs() {
    let told = "T PROCESS_STATE_STOPPED web:cat from_state:STOPPING pid:7\n\
                3 events are missing here: they came faster than they were read\n\
                T REMOTE_COMMUNICATION type:t\n  \x1b]0;x\x07\n";
    let server = server(Some("events=PROCESS_STATE&group=web*"));
    let words = ["events", "process_state", "group=web*"];
    // A stream that ends is not all that happened.
    assert_eq!(server.run(&words), (told.to_owned(), 1));
    let (shown, _) = seen(&server, &words, &[]);
    // Nobody but supervisorctl drives the terminal.
    let told = told.replace('\x1b', "^[").replace('\x07', "^G");
    let end = "the server has ended the stream of events\n";
    assert_eq!(shown, format!("==> Press Ctrl-C to exit <==\n{told}{end}"));
    let output = client(&server.url(), &[&["--json"], &words[..]].concat(), "");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        EVENTS,
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn what_there_is_not_is_told() {
    let (shown, status) = server(None).run(&["events"]);
    assert!(shown.starts_with("Error: this server has no stream of events"), "{shown}");
    assert_eq!(status, 1);
    let (shown, status) = server(None).run(&["events", "TICK_6"]);
    assert!(shown.starts_with("Error: unknown event type \"TICK_6\""), "{shown}");
    assert_eq!(status, 1);
}
