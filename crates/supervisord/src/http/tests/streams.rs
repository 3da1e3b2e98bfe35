//! Logs that are followed, and how they end.

use std::fs::{self, File};
use std::io::Write as _;

use super::stage::Stage;

const LOGIN: &str = "Authorization: Basic dXNlcjpwYTpzcw==\r\n";

fn append(stage: &Stage, text: &str) {
    File::options().append(true).open(stage.log_path()).unwrap().write_all(text.as_bytes()).unwrap();
}

#[test]
fn a_followed_log_comes_with_its_last_bytes_first() {
    let stage = Stage::new().with_process(&("x".repeat(3000) + "end"));
    let mut client = stage.client();
    client.send("GET /logtail/web:cat HTTP/1.1\r\nHost: x\r\n\r\n");
    let head = client.answer_head();
    assert_eq!(head.status, "HTTP/1.1 200 OK");
    assert_eq!(head.header("content-type"), Some("text/plain;charset=utf-8"));
    assert_eq!(head.header("x-accel-buffering"), Some("no"));
    assert_eq!(head.header("transfer-encoding"), Some("chunked"));
    assert!(head.header("last-modified").unwrap().ends_with(" GMT"));
    assert_eq!(client.chunk().unwrap(), ("x".repeat(1021) + "end").into_bytes());
    append(&stage, "more");
    assert_eq!(client.chunk().unwrap(), b"more");
}

#[test]
fn names_and_channels_are_those_of_the_url() {
    let stage = Stage::new().with_process("text");
    for path in
        ["/logtail/web%3Acat", "/logtail/web:cat/stdout", "/logtailXX/web:cat", "/logtail/web:cat;x?y"]
    {
        let mut client = stage.client();
        client.send(format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"));
        assert_eq!(client.answer_head().status, "HTTP/1.1 200 OK", "{path}");
        assert_eq!(client.chunk().unwrap(), b"text");
    }
    let mut client = stage.client();
    for path in ["cat", "web", "web:*", "web:cat/", "web:cat/stderr", "web:cat/stdout/x", "web:cat/nope"] {
        assert_eq!(client.get(&format!("/logtail/{path}")).status, "HTTP/1.1 404 Not Found", "{path}");
    }
    fs::remove_file(stage.log_path()).unwrap();
    assert_eq!(client.get("/logtail/web:cat").status, "HTTP/1.1 404 Not Found");
}

#[test]
fn what_is_no_file_is_not_followed() {
    let stage = Stage::new().with_process("");
    fs::remove_file(stage.log_path()).unwrap();
    std::os::unix::fs::symlink("/dev/null", stage.log_path()).unwrap();
    assert_eq!(stage.client().get("/logtail/web:cat").status, "HTTP/1.1 404 Not Found");
}

#[test]
fn a_follower_that_goes_away_is_noticed_though_nothing_is_written() {
    let stage = Stage::new().with_process("text");
    let mut client = stage.client();
    client.send("GET /logtail/web:cat HTTP/1.1\r\nHost: x\r\n\r\n");
    client.answer_head();
    assert_eq!(client.chunk().unwrap(), b"text");
    drop(client);
    stage.wait_for_line(&["GET /logtail/web:cat HTTP/1.1\" 200 "]);
}

#[test]
fn a_follower_that_has_said_more_and_goes_away_is_noticed_too() {
    let stage = Stage::new().with_process("text");
    let mut client = stage.client();
    client.send("GET /logtail/web:cat HTTP/1.1\r\nHost: x\r\n\r\nGET /ok.html HTTP/1.1\r\n\r\n");
    client.answer_head();
    assert_eq!(client.chunk().unwrap(), b"text");
    drop(client);
    stage.wait_for_line(&["GET /logtail/web:cat HTTP/1.1\" 200 "]);
}

#[test]
fn who_has_nothing_more_to_say_is_sent_all_that_is_there() {
    // More than sockets hold.
    let text = "0123456789abcde\n".repeat(100_000);
    let stage = Stage::new().with_process(&text);
    for mut client in [stage.client(), stage.inet_client()] {
        client.send(format!("GET /logtail/web:cat?bytes=1600000 HTTP/1.0\r\n{LOGIN}\r\n"));
        client.shut_down_writing();
        client.answer_head();
        assert!(client.read_to_close() == text.as_bytes());
    }
}

#[test]
fn an_empty_log_sends_its_headers_at_once() {
    let stage = Stage::new().with_process("");
    let mut client = stage.client();
    client.send("GET /logtail/web:cat HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(client.answer_head().status, "HTTP/1.1 200 OK");
    append(&stage, "first");
    assert_eq!(client.chunk().unwrap(), b"first");
}

#[test]
fn old_clients_are_sent_everything_at_once_and_unchunked() {
    let stage = Stage::new().with_process("one");
    let mut client = stage.client();
    client.send("GET /logtail/web:cat HTTP/1.0\r\n\r\n");
    assert_eq!(client.answer_head().header("transfer-encoding"), None);
    assert_eq!(client.take(3), b"one");
    append(&stage, "two");
    assert_eq!(client.take(3), b"two");
}

#[test]
fn the_main_log_is_followed_through_a_rotation() {
    let stage = Stage::new();
    let path = stage.directory.path().join("main.log");
    assert_eq!(stage.client().get("/mainlogtail").status, "HTTP/1.1 404 Not Found");
    fs::write(&path, "one ").unwrap();
    let mut client = stage.client();
    client.send("GET /mainlogtail/x HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(client.answer_head().header("x-accel-buffering"), None);
    assert_eq!(client.chunk().unwrap(), b"one ");
    let mut old = File::options().append(true).open(&path).unwrap();
    old.write_all(b"two ").unwrap();
    fs::rename(&path, path.with_extension("log.1")).unwrap();
    fs::write(&path, "three ").unwrap();
    assert_eq!(client.chunks(10), "two three ");
}

#[test]
fn a_truncated_log_says_so() {
    let stage = Stage::new().with_process("one two three");
    let mut client = stage.client();
    client.send("GET /logtail/web:cat HTTP/1.1\r\nHost: x\r\n\r\n");
    client.answer_head();
    assert_eq!(client.chunk().unwrap(), b"one two three");
    File::options().write(true).open(stage.log_path()).unwrap().set_len(0).unwrap();
    assert_eq!(client.chunk().unwrap(), b"==> File truncated <==\n");
    append(&stage, "four");
    assert_eq!(client.chunk().unwrap(), b"four");
}

#[test]
fn two_clients_may_follow_one_log() {
    let stage = Stage::new().with_process("one");
    let mut clients = [stage.client(), stage.client()];
    for client in &mut clients {
        client.send("GET /logtail/web:cat HTTP/1.1\r\nHost: x\r\n\r\n");
        client.answer_head();
        assert_eq!(client.chunk().unwrap(), b"one");
    }
    let [first, mut second] = clients;
    append(&stage, "two");
    assert_eq!(second.chunk().unwrap(), b"two");
    drop(first);
    append(&stage, "three");
    assert_eq!(second.chunk().unwrap(), b"three");
}

#[test]
fn a_client_that_reads_slowly_gets_everything_in_the_end() {
    let stage = Stage::new().with_process("");
    let mut client = stage.client();
    client.send("GET /logtail/web:cat HTTP/1.1\r\nHost: x\r\n\r\n");
    client.answer_head();
    let line = "0123456789abcde\n";
    let mut expected = String::new();
    for _ in 0..40 {
        let block = line.repeat(8192);
        append(&stage, &block);
        expected += &block;
    }
    // More than sockets and buffers hold; the rest waited in the file.
    assert!(client.chunks(expected.len()) == expected);
}

#[test]
fn a_stream_is_cut_when_the_servers_stop() {
    let mut stage = Stage::new().with_process("text");
    let mut client = stage.client();
    client.send("GET /logtail/web:cat HTTP/1.1\r\nHost: x\r\n\r\n");
    client.answer_head();
    assert_eq!(client.chunk().unwrap(), b"text");
    stage.stop();
    assert_eq!(client.read_to_close(), b"", "no final chunk");
    stage.wait_for_line(&["GET /logtail/web:cat HTTP/1.1\" 200 "]);
}
