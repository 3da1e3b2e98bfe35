//! Answers for programs.

use serde_json::{Value, json};
use supervisor_rpc::fault::Code;

use crate::server::{Outcome, Server, client, fault};
use crate::{changes, infos, structure};

fn answer(method: &str, params: &[supervisor_rpc::value::Value]) -> Outcome {
    match method {
        "getAllProcessInfo" => infos(),
        "getProcessInfo" if params[0].as_str() == Some("cat") => {
            Ok(infos()?.as_array().expect("all")[0].clone())
        }
        "getAllConfigInfo" => Ok(vec![structure(&[
            ("name", "a".into()),
            ("group", "web".into()),
            ("inuse", true.into()),
            ("autostart", false.into()),
            ("group_prio", 1.into()),
            ("process_prio", 2.into()),
        ])]
        .into()),
        "getPID" => Ok(42.into()),
        "getSupervisorVersion" => Ok("4.3.0".into()),
        "reloadConfig" => changes([&["new"], &[], &["old"]]),
        "readLog" | "readProcessStdoutLog" => Ok("one\n\"two\"\n".into()),
        _ => fault(Code::BadName, "x"),
    }
}

/// The answer, what standard error says, and the exit status.
fn run(words: &[&str]) -> (Value, String, i32) {
    let server = Server::answering(answer);
    let output = client(&server.url(), &[&["--json"], words].concat(), "");
    let value = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    let errors = String::from_utf8(output.stderr).expect("text");
    (value, errors, output.status.code().expect("an exit"))
}

#[test]
fn status_takes_the_option_behind_the_action_too() {
    let server = Server::answering(answer);
    let [behind, before] =
        [&["status", "--json", "cat"], &["--json", "status", "cat"]].map(|words| server.run(words));
    assert_eq!(behind, before);
    assert!(behind.0.contains("\"statename\""), "{}", behind.0);
}

#[test]
fn every_reading_action_answers_in_json() {
    for (words, expected) in [
        (&["pid"][..], json!(42)),
        (&["pid", "cat"], json!({ "cat": 7 })),
        (&["pid", "all"], json!({ "cat": 7, "web:a": 7, "web:b": 7 })),
        (&["version"], json!("4.3.0")),
        (&["reread"], json!({ "added": ["new"], "changed": [], "removed": ["old"] })),
        (&["tail", "cat"], json!("one\n\"two\"\n")),
        (&["maintail"], json!("one\n\"two\"\n")),
        (
            &["avail"],
            json!([{
                "namespec": "web:a", "group": "web", "name": "a", "inuse": true, "autostart": false,
                "group_prio": 1, "process_prio": 2,
            }]),
        ),
    ] {
        assert_eq!(run(words), (expected, String::new(), 0), "{words:?}");
    }
}

#[test]
fn status_has_what_the_api_has_and_the_usual_exit_status() {
    let (value, _, status) = run(&["status", "web:*"]);
    assert_eq!(status, 3);
    assert_eq!(value.as_array().map(Vec::len), Some(2));
    assert_eq!(
        value[1],
        json!({
            "namespec": "web:b", "group": "web", "name": "b", "state": 0, "statename": "STOPPED",
            "description": "as it is", "pid": 7, "start": 0, "stop": 0, "now": 0, "exitstatus": 0,
            "spawnerr": "", "stdout_logfile": "", "stderr_logfile": "",
        })
    );
}

#[test]
fn what_goes_wrong_is_not_part_of_the_answer() {
    assert_eq!(run(&["status", "nope"]), (json!([]), "nope: ERROR (no such process)\n".to_owned(), 4));
    assert_eq!(run(&["pid", "nope"]), (json!({}), "No such process nope\n".to_owned(), 1));
    assert_eq!(run(&["start", "x"]), (Value::Null, "Error: start does not print JSON\n".to_owned(), 2));
    assert_eq!(run(&["tail", "-f", "x"]).2, 2);
}
