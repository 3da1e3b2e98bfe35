//! Why a process is as it is.

use supervisor_rpc::fault::Code;
use supervisor_rpc::value::Value;

use crate::people::seen;
use crate::server::{Outcome, Server, client, fault};
use crate::structure;

fn cat() -> Value {
    structure(&[
        ("group", "cat".into()),
        ("name", "cat".into()),
        ("state", 200.into()),
        ("start", 100.into()),
        ("stop", 101.into()),
        ("now", 161.into()),
        ("exitstatus", (-1).into()),
        ("stderr_logfile", "/var/log/cat".into()),
    ])
}

fn answer(method: &str, params: &[Value]) -> Outcome {
    match method {
        "getProcessInfo" if params[0].as_str() == Some("cat") => Ok(cat()),
        "readLog" => {
            Ok("2026-11-22 12:00:01,001 WARN exited: cat (terminated by SIGSEGV; not expected)\n".into())
        }
        "readProcessStderrLog" => Ok("oh\nno\n".into()),
        "getAllProcessInfo" => Ok(vec![cat()].into()),
        "getAllListenerInfo" => {
            let listener = structure(&[("name", "cat".into()), ("statename", "UNKNOWN".into())]);
            Ok(vec![structure(&[("name", "cat".into()), ("listeners", vec![listener].into())])].into())
        }
        _ => fault(Code::BadName, "x"),
    }
}

#[test]
fn a_process_is_explained_by_its_state_its_end_and_its_last_words() {
    let server = Server::answering(answer);
    let (shown, status) = server.run(&["explain", "cat"]);
    for part in [
        "cat is FATAL: ",
        "as a listener  UNKNOWN (it gets no more events",
        "last end       1 minute ago\n",
        "it ended with  terminated by SIGSEGV; not expected\n",
        "WARN exited: cat (terminated by SIGSEGV; not expected)\n",
        "the end of its stderr:\n  oh\n  no\n",
    ] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    assert_eq!(status, 0);
    for many in ["all", "cat:*", "c*"] {
        assert_eq!(server.run(&["explain", many]), (shown.clone(), 0), "{many}");
    }
    assert_eq!(server.run(&["explain", "x:*"]).1, 1);
    assert_eq!(server.run(&["explain", "x"]), ("x: ERROR (no such process)\n".to_owned(), 1));
    assert!(seen(&server, &["explain", "cat"], &[]).0.starts_with("cat is \x1b[31mFATAL\x1b[0m: "));
}

#[test]
fn a_program_gets_the_explanation_in_json() {
    let server = Server::answering(answer);
    let output = client(&server.url(), &["--json", "explain", "cat"], "");
    let value: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(value[0]["process"]["statename"], "FATAL");
    assert_eq!(value[0]["last_end"], "terminated by SIGSEGV; not expected");
    assert_eq!(value[0]["lines"], serde_json::json!(["oh", "no"]));
}
