//! Which request gets which answer, and what becomes of the connection.

use supervisor_core::effect::Level;

use super::client::{call, post};
use super::stage::Stage;

const LOGIN: &str = "Authorization: Basic dXNlcjpwYTpzcw==\r\n";

#[test]
fn a_health_check_is_answered() {
    let stage = Stage::new();
    let mut client = stage.client();
    for path in ["/ok.html", "/ok.html?x=1", "//ok.html", "/ok%2ehtml"] {
        let answer = client.get(path);
        assert_eq!((answer.status.as_str(), answer.body.as_str()), ("HTTP/1.1 200 OK", "OK"), "{path}");
        assert_eq!(answer.header("content-type"), Some("text/plain"));
        assert!(answer.header("date").unwrap().ends_with(" GMT"));
    }
}

#[test]
fn the_error_page_is_the_one_clients_know() {
    let stage = Stage::new();
    let answer = stage.client().get("/nope");
    assert_eq!(answer.status, "HTTP/1.1 404 Not Found");
    assert_eq!(answer.header("content-type"), Some("text/html"));
    assert_eq!(answer.header("content-length"), Some("134"));
    assert_eq!(
        answer.body,
        "<head>\r\n<title>Error response</title>\r\n</head>\r\n<body>\r\n<h1>Error response</h1>\r\n\
         <p>Error code 404.\r\n<p>Message: Not Found.\r\n</body>\r\n"
    );
}

#[test]
fn what_cannot_be_asked_is_a_bad_request() {
    let stage = Stage::new();
    let mut client = stage.client();
    for (request, status) in [
        ("GET /RPC2 HTTP/1.1\r\nHost: x\r\n\r\n", "400 Bad Request"),
        ("PUT /nope HTTP/1.1\r\nHost: x\r\n\r\n", "400 Bad Request"),
        ("POST /nope HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab", "400 Bad Request"),
        ("POST //RPC2 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab", "400 Bad Request"),
        ("POST /mainlogtail HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", "400 Bad Request"),
        ("POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n<foo", "400 Bad Request"),
        ("GET /logtail HTTP/1.1\r\nHost: x\r\n\r\n", "404 Not Found"),
        ("GET /logtail/ HTTP/1.1\r\nHost: x\r\n\r\n", "404 Not Found"),
    ] {
        client.send(request);
        assert_eq!(client.answer().status, format!("HTTP/1.1 {status}"), "{request}");
    }
    client.send("HEAD /RPC2 HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(client.answer_head().status, "HTTP/1.1 400 Bad Request");
}

#[test]
fn a_call_must_say_how_long_it_is() {
    let stage = Stage::new();
    for (header, status) in [
        ("", "411 Length Required"),
        ("Transfer-Encoding: chunked\r\n", "411 Length Required"),
        ("Content-Length: 0\r\n", "400 Bad Request"),
        ("Content-Length: 16777217\r\n", "413 Payload Too Large"),
        ("Content-Length: x\r\n", "400 Bad Request"),
    ] {
        let mut client = stage.client();
        client.send(format!("POST /RPC2 HTTP/1.1\r\nHost: x\r\n{header}\r\n"));
        assert_eq!(client.answer().status, format!("HTTP/1.1 {status}"), "{header}");
        client.shut_down_writing();
        assert!(client.is_closed());
    }
}

#[test]
fn who_wants_to_be_told_to_continue_is_told() {
    let stage = Stage::new();
    let mut client = stage.client();
    let body = super::client::call("supervisor.getState", &[]);
    let length = body.len();
    client.send(format!("POST /RPC2 HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: {length}\r\n\r\n"));
    assert_eq!(client.answer_head().status, "HTTP/1.1 100 Continue");
    client.send(body);
    assert_eq!(client.answer().status, "HTTP/1.1 200 OK");
}

#[test]
fn what_is_no_request_gets_an_answer() {
    let stage = Stage::new();
    for request in ["NONSENSE\r\n\r\n".as_bytes(), b"POST /RPC2 HTTP/1.1\r\nContent-Length: 1\r\n\r\n\xff"] {
        let mut client = stage.client();
        client.send(request);
        assert_eq!(client.answer().status, "HTTP/1.1 400 Bad Request");
    }
}

#[test]
fn a_large_body_is_refused_and_the_refusal_arrives() {
    let stage = Stage::new();
    let mut client = stage.inet_client();
    client.send(format!("POST /RPC2 HTTP/1.1\r\nHost: x\r\n{LOGIN}Content-Length: 100000000\r\n\r\n"));
    client.send(vec![b'x'; 500_000]);
    assert_eq!(client.answer().status, "HTTP/1.1 413 Payload Too Large");
}

#[test]
fn bodies_that_are_no_calls_are_complained_about() {
    let stage = Stage::new();
    let mut client = stage.client();
    client.post("<foo");
    client.post("<methodCall></methodCall>");
    let complaints: Vec<_> = stage.lines().into_iter().filter(|(level, _)| *level == Level::Error).collect();
    assert_eq!(
        complaints,
        [
            (Level::Error, String::from("XML-RPC request data '<foo' is invalid: unmarshallable")),
            (
                Level::Error,
                String::from("XML-RPC request data '<methodCall></methodCall>' is invalid: no method name")
            ),
        ]
    );
}

#[test]
fn every_url_of_a_closed_server_wants_a_login() {
    let stage = Stage::new();
    for path in ["/ok.html", "/RPC2", "/nope"] {
        let mut client = stage.inet_client();
        let answer = client.get(path);
        assert_eq!(answer.status, "HTTP/1.1 401 Unauthorized");
        assert_eq!(answer.header("www-authenticate"), Some("Basic realm=\"default\""));
        assert_eq!(answer.header("connection"), Some("close"));
        assert_eq!(answer.body.len(), 137);
        client.shut_down_writing();
        assert!(client.is_closed());
    }
    let mut client = stage.inet_client();
    client.send(format!("GET /ok.html HTTP/1.1\r\nHost: x\r\n{LOGIN}\r\n"));
    assert_eq!(client.answer().body, "OK");
    let mut client = stage.inet_client();
    client.send("GET /ok.html HTTP/1.1\r\nHost: x\r\nAuthorization: Basic !\r\n\r\n");
    assert_eq!(client.answer().status, "HTTP/1.1 400 Bad Request");
}

#[test]
fn an_open_server_does_not_look_at_logins() {
    let stage = Stage::new();
    let mut client = stage.client();
    client.send("GET /ok.html HTTP/1.1\r\nHost: x\r\nAuthorization: Basic !\r\n\r\n");
    assert_eq!(client.answer().body, "OK");
}

#[test]
fn another_sites_page_cannot_call() {
    let stage = Stage::new();
    let mut client = stage.client();
    let body = call("supervisor.shutdown", &[]);
    client.send(post(&body).replace("Host: x\r\n", "Host: x\r\nOrigin: http://evil.example\r\n"));
    assert_eq!(client.answer().status, "HTTP/1.1 403 Forbidden");
    assert!(stage.state.lock().unwrap().commands.is_empty());
}

#[test]
fn a_connection_is_kept_as_its_version_has_it() {
    let stage = Stage::new();
    let mut client = stage.client();
    client.send("GET /ok.html HTTP/1.0\r\n\r\n");
    assert!(client.answer().status.ends_with("200 OK"));
    assert!(client.is_closed());

    let mut client = stage.client();
    client.send("GET /ok.html HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
    assert_eq!(client.answer().header("connection").map(str::to_lowercase), Some("keep-alive".into()));
    client.send("GET /ok.html HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert_eq!(client.answer().body, "OK");
    assert!(client.is_closed());
}

#[test]
fn requests_may_be_sent_before_the_answers_are_read() {
    let stage = Stage::new();
    let mut client = stage.client();
    let body = call("supervisor.getPID", &[]);
    client.send([post(&body), post("<foo"), post(&body)].concat());
    assert!(client.answer().body.contains("<int>4711</int>"));
    assert_eq!(client.answer().status, "HTTP/1.1 400 Bad Request");
    assert!(client.answer().body.contains("<int>4711</int>"));
}

#[test]
fn malformed_requests_are_refused() {
    let stage = Stage::new();
    for request in ["nonsense\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/1.1\r\nno colon\r\n\r\n"] {
        let mut client = stage.client();
        client.send(request);
        assert_eq!(client.answer_head().status, "HTTP/1.1 400 Bad Request", "{request:?}");
    }
}

#[test]
fn answered_requests_leave_a_line_with_the_size_of_the_whole_answer() {
    let stage = Stage::new();
    let mut client = stage.client();
    client.send("GET /ok.html?x HTTP/1.1\r\nHost: x\r\n\r\n");
    let answer = client.answer();
    let size = answer.head.len() + answer.body.len();
    let (level, line) = stage.wait_for_line(&["/ok.html"]);
    assert_eq!(level, Level::Trace);
    assert!(line.starts_with("localhost:0 - - ["), "{line}");
    assert!(line.ends_with(&format!("] \"GET /ok.html?x HTTP/1.1\" 200 {size}")), "{line}");

    let mut client = stage.inet_client();
    client.get("/nope");
    let (_, line) = stage.wait_for_line(&["/nope"]);
    assert!(line.starts_with("127.0.0.1:") && line.contains(" 401 "), "{line}");
}
