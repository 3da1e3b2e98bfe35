//! What servers do not put up with, and how they end.

use supervisor_core::command::Reply;

use super::client::{call, post};
use super::stage::Stage;

#[test]
fn heads_have_a_limit() {
    let stage = Stage::new();
    let mut client = stage.client();
    client.send(format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(70_000)));
    assert_eq!(client.answer_head().status, "HTTP/1.1 431 Request Header Fields Too Large");
    let mut client = stage.client();
    client.send(format!("GET / HTTP/1.1\r\n{}\r\n", "X: y\r\n".repeat(200)));
    assert_eq!(client.answer_head().status, "HTTP/1.1 431 Request Header Fields Too Large");
}

#[test]
fn an_answer_that_is_ready_is_sent_before_the_servers_stop() {
    for _ in 0..20 {
        let mut stage = Stage::new();
        let mut client = stage.client();
        stage.state.lock().unwrap().reply = None;
        client.send(post(&call("supervisor.shutdown", &[])));
        let reply = loop {
            if let Some(reply) = stage.state.lock().unwrap().waiting.pop() {
                break reply;
            }
            std::thread::yield_now();
        };
        reply.send(Reply::Done).unwrap();
        stage.stop();
        assert!(client.answer().body.contains("<boolean>1</boolean>"));
        assert!(client.is_closed());
    }
}

#[test]
fn whoever_still_waits_for_the_engine_is_told_that_it_ends() {
    let mut stage = Stage::new();
    let mut client = stage.client();
    stage.state.lock().unwrap().reply = None;
    client.send(post(&call("supervisor.startProcess", &["a"])));
    while stage.state.lock().unwrap().waiting.is_empty() {
        std::thread::yield_now();
    }
    stage.stop();
    assert!(client.answer().body.contains("SHUTDOWN_STATE"));
}

#[test]
fn stopping_closes_everything_and_removes_the_socket() {
    let mut stage = Stage::new();
    let mut idle = stage.client();
    assert_eq!(idle.get("/ok.html").body, "OK");
    let mut silent = stage.inet_client();
    let mut half = stage.client();
    half.send("GET /ok.html HTT");
    stage.stop();
    assert!(idle.is_closed());
    assert!(silent.is_closed());
    half.shut_down_writing();
    assert!(half.is_closed());
    assert!(!stage.socket_path().exists());
    assert!(std::net::TcpStream::connect(stage.port).is_err());
}

#[test]
fn a_socket_that_somebody_else_has_put_there_stays() {
    let mut stage = Stage::new();
    std::fs::remove_file(stage.socket_path()).unwrap();
    std::fs::write(stage.socket_path(), "theirs").unwrap();
    stage.stop();
    assert_eq!(std::fs::read_to_string(stage.socket_path()).unwrap(), "theirs");
}

#[test]
fn streams_leave_places_for_whoever_controls() {
    let stage = Stage::new();
    let mut streams = Vec::new();
    let refusal = loop {
        let mut client = stage.client();
        client.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
        match client.answer_head().status.as_str() {
            "HTTP/1.1 200 OK" => streams.push(client),
            status => break status.to_owned(),
        }
    };
    assert_eq!(refusal, "HTTP/1.1 503 Service Unavailable");
    let refused = stage.client().get("/events");
    assert!(refused.body.contains(&format!("there are {} streams", streams.len())), "{}", refused.body);
    let told = stage.lines().into_iter().filter(|(_, line)| line.starts_with("HTTP streams are refused"));
    assert_eq!(told.count(), 1);
    let mut others: Vec<_> = streams.iter().map(|_| stage.client()).collect();
    for client in &mut others {
        assert_eq!(client.get("/ok.html").body, "OK");
    }
    streams.pop();
    loop {
        let mut client = stage.client();
        client.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
        if client.answer_head().status == "HTTP/1.1 200 OK" {
            break;
        }
    }
}
