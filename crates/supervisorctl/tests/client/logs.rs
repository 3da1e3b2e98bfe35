//! Logs of several processes, and lines of logs.

use supervisor_rpc::decode;
use supervisor_rpc::encode;
use supervisor_rpc::value::Value;

use crate::infos;
use crate::people::seen;
use crate::server::{Server, client, fault};

/// A server where each log says where it is from, in two lines and a bit.
fn server() -> Server {
    Server::responding(|request| {
        let body = match decode::call(&request.body) {
            Ok(call) => {
                let outcome = match call.method.as_str() {
                    "supervisor.getVersion" => Ok("3.0".into()),
                    "supervisor.getAllProcessInfo" => infos(),
                    "supervisor.readProcessStderrLog" => Ok(Value::from("one\ntwo\nthree\n")),
                    _ => fault(supervisor_rpc::fault::Code::BadName, "x"),
                };
                encode::response(&outcome)
            }
            Err(_) => {
                let path = request.line.split(' ').nth(1).unwrap_or_default();
                format!("{path}\nand\nmore")
            }
        };
        format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len())
            .into_bytes()
    })
}

/// What is shown, sorted, as logs come in any order.
fn sorted(shown: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = shown.lines().collect();
    lines.sort_unstable();
    lines
}

#[test]
fn several_logs_are_followed_at_once() {
    let server = server();
    let (shown, status) = server.run(&["tail", "-f", "cat", "web:b"]);
    assert_eq!(status, 0);
    assert_eq!(
        sorted(&shown),
        [
            "==> Press Ctrl-C to exit <==",
            "cat   | /logtail/cat/stdout",
            "cat   | and",
            "cat   | more",
            "web:b | /logtail/web:b/stdout",
            "web:b | and",
            "web:b | more",
        ]
    );
    let (shown, _) = server.run(&["tail", "-f", "web:*", "cat", "web:a", "stderr"]);
    assert_eq!(shown.matches("/stderr").count(), 3, "{shown}");
}

#[test]
fn prefixes_have_colours_where_somebody_sees_them() {
    let server = server();
    let (shown, _) = seen(&server, &["tail", "-f", "cat", "web:b"], &[]);
    assert!(shown.contains("\x1b[36mcat   | \x1b[0mand\n\x1b[36mcat   | \x1b[0mmore\n"), "{shown}");
    assert!(!seen(&server, &["tail", "-f", "cat", "web:b"], &[("NO_COLOR", "1")]).0.contains('\x1b'));
}

#[test]
fn words_that_name_no_processes_mean_what_they_always_meant() {
    let server = server();
    assert_eq!(server.run(&["tail", "-f", "cat", "foo"]), ("Error: bad channel 'foo'\n".to_owned(), 1));
    let (shown, status) = server.run(&["tail", "-f", "a", "b", "c"]);
    assert!(shown.starts_with("Error: too many arguments\ntail [-f] <name>"), "{shown}");
    assert_eq!(status, 1);
    assert!(server.run(&["tail", "-f", "web:a"]).0.ends_with("/logtail/web:a/stdout\nand\nmore"));
}

#[test]
fn a_log_can_be_read_by_lines() {
    let server = server();
    let lines = |count, name, channel| server.run(&["tail", "-n", count, name, channel]);
    assert_eq!(lines("2", "cat", "stderr"), ("two\nthree\n".to_owned(), 0));
    assert_eq!(lines("9", "cat", "STDERR").0, "one\ntwo\nthree\n");
    assert_eq!(lines("2", "cat", "stdout"), ("cat: ERROR (no such process name)\n".to_owned(), 1));
    assert!(lines("x", "cat", "stdout").0.starts_with("Error: too many arguments\n"));
    let output = client(&server.url(), &["--json", "tail", "-n", "1", "cat", "stderr"], "");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "\"three\\n\"\n");
}

#[test]
fn help_tells_people_of_more_forms_than_scripts() {
    let server = server();
    assert!(seen(&server, &["help", "tail"], &[]).0.contains("tail -n 20 <name>"));
    assert!(!server.run(&["help", "tail"]).0.contains("-n"));
}
