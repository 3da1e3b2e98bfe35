//! Requests that mean harm.

use super::client::{call, post};
use super::stage::Stage;

/// A call that would change something, inside of another request.
fn hidden() -> String {
    post(&call("supervisor.stopAllProcesses", &[]))
}

#[test]
fn no_request_can_be_hidden_in_another() {
    let chunk = format!("0\r\n\r\n{}", hidden());
    for head in [
        format!("Content-Length: {}\r\nTransfer-Encoding: chunked", chunk.len()),
        format!("Transfer-Encoding: chunked\r\nContent-Length: {}", chunk.len()),
        format!("Content-Length: {}\r\nContent-Length: 0", chunk.len()),
        "Content-Length: 0, 0x10".to_owned(),
        "Content-Length: +5".to_owned(),
        format!("Content-Length: {}\r\nTransfer-Encoding : chunked", chunk.len()),
        format!("Content-Length: {}\r\nTransfer-Encoding: xchunked", chunk.len()),
        format!("Content-Length:\r\n {}\r\nTransfer-Encoding:\r\n chunked", chunk.len()),
    ] {
        let stage = Stage::new();
        let mut client = stage.client();
        client.send(format!("POST /RPC2 HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n{chunk}"));
        let status = client.answer().status;
        assert!(status.starts_with("HTTP/1.1 4") || status.starts_with("HTTP/1.1 501"), "{head}: {status}");
        client.shut_down_writing();
        assert!(client.is_closed(), "{head}");
        assert!(stage.state.lock().unwrap().commands.is_empty(), "{head}");
    }
}

#[test]
fn methods_are_names_in_a_table_and_lead_nowhere_else() {
    let stage = Stage::new();
    let mut client = stage.client();
    for method in [
        "supervisor.supervisord.options.warnings.linecache.os.system",
        "supervisor.supervisord.options.execve",
        "supervisor.__init__",
        "supervisor._update",
        "supervisor.startProcess.__call__",
        "system.namespaces",
        "supervisor",
        ".getState",
        "supervisor..getState",
    ] {
        client.send(post(&call(method, &["<string>touch x</string>"])));
        let answer = client.answer();
        assert!(answer.body.contains("UNKNOWN_METHOD"), "{method}: {}", answer.body);
    }
    assert!(stage.state.lock().unwrap().commands.is_empty());
}
