//! Calls: what reaches the engine, and what comes back.

use std::fs;

use supervisor_config::settings::MainLog;
use supervisor_core::command::{BatchEntry, Command, Fault, Reply, Target};
use supervisor_core::effect::Level;
use supervisor_core::state::SupervisorState;
use supervisor_rpc::decode;
use supervisor_rpc::fault::FaultValue;
use supervisor_rpc::value::Value;

use super::client::{Client, call, post};
use super::stage::Stage;

fn outcome(client: &mut Client, method: &str, params: &[&str]) -> Result<Value, FaultValue> {
    decode::response(client.call(method, params).as_bytes()).unwrap()
}

fn fault(code: i64, text: &str) -> Result<Value, FaultValue> {
    Err(FaultValue { code, text: text.to_owned() })
}

#[test]
fn an_answer_looks_as_it_always_did() {
    let stage = Stage::new();
    let answer = stage.client().post(&call("supervisor.getState", &[]));
    assert_eq!(answer.header("content-type"), Some("text/xml"));
    assert_eq!(answer.header("content-length"), Some("279"));
    assert!(
        answer
            .body
            .starts_with("<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value><struct>")
    );
}

#[test]
fn any_path_that_begins_like_rpc2_will_do() {
    let stage = Stage::new();
    let mut client = stage.client();
    for path in ["/RPC2/", "/RPC2x?y=1", "/%52PC2"] {
        client.send(post(&call("supervisor.getPID", &[])).replace("/RPC2", path));
        assert!(client.answer().body.contains("<int>4711</int>"), "{path}");
    }
}

#[test]
fn questions_are_answered_from_the_picture() {
    let stage = Stage::new().with_process("");
    let mut client = stage.client();
    assert_eq!(outcome(&mut client, "supervisor.getAPIVersion", &[]), Ok("3.0".into()));
    assert_eq!(outcome(&mut client, "supervisor.getSupervisorVersion", &[]), Ok("4.3.0".into()));
    assert_eq!(outcome(&mut client, "supervisor.getIdentification", &[]), Ok("supervisor".into()));
    let info = outcome(&mut client, "supervisor.getProcessInfo", &["web:cat"]).unwrap();
    assert_eq!(info.get("statename"), Some(&"RUNNING".into()));
    assert!(info.get("description").and_then(Value::as_str).unwrap().starts_with("pid 7, uptime "));
    let all = outcome(&mut client, "supervisor.getAllProcessInfo", &[]).unwrap();
    assert_eq!(all.as_array().unwrap().len(), 1);
    for name in ["cat", "web", "web:*", "web:", ""] {
        let expected = fault(10, &format!("BAD_NAME: {name}"));
        assert_eq!(outcome(&mut client, "supervisor.getProcessInfo", &[name]), expected);
    }
}

#[test]
fn commands_reach_the_engine_and_its_reply_comes_back() {
    let stage = Stage::new();
    let mut client = stage.client();
    assert_eq!(outcome(&mut client, "supervisor.startProcess", &["web:cat"]), Ok(Value::Bool(true)));
    let start = Command::Start { target: Target::Named("web:cat".into()), wait: true };
    assert_eq!(stage.state.lock().unwrap().commands, [start]);
    stage.state.lock().unwrap().reply = Some(Reply::Fault(Fault::NotRunning("x".into())));
    assert_eq!(outcome(&mut client, "supervisor.stopProcess", &["x"]), fault(70, "NOT_RUNNING: x"));
    let entry = BatchEntry { name: "cat".into(), group: "web".into(), outcome: Ok(()) };
    stage.state.lock().unwrap().reply = Some(Reply::Batch(vec![entry]));
    let batch = outcome(&mut client, "supervisor.stopAllProcesses", &[]).unwrap();
    assert_eq!(batch.as_array().unwrap()[0].get("status"), Some(&Value::Int(80)));
}

#[test]
fn a_call_that_waits_keeps_only_its_own_client_waiting() {
    let stage = Stage::new();
    stage.state.lock().unwrap().reply = None;
    let mut waiting = stage.client();
    waiting.send(post(&call("supervisor.startProcess", &["a"])));
    assert_eq!(outcome(&mut stage.client(), "supervisor.getPID", &[]), Ok(Value::Int(4711)));
    let reply = loop {
        if let Some(reply) = stage.state.lock().unwrap().waiting.pop() {
            break reply;
        }
        std::thread::yield_now();
    };
    reply.send(Reply::Done).unwrap();
    assert!(waiting.answer().body.contains("<boolean>1</boolean>"));
}

#[test]
fn a_multicall_goes_on_when_its_client_has_left() {
    let stage = Stage::new();
    stage.state.lock().unwrap().reply = None;
    let one = "<value><struct><member><name>methodName</name><value>supervisor.clearLog</value></member></struct></value>";
    let calls = format!("<array><data>{one}{one}</data></array>");
    let mut client = stage.client();
    client.send(post(&call("system.multicall", &[&calls])));
    let reply = loop {
        if let Some(reply) = stage.state.lock().unwrap().waiting.pop() {
            break reply;
        }
        std::thread::yield_now();
    };
    drop(client);
    reply.send(Reply::Done).unwrap();
    while stage.state.lock().unwrap().commands.len() < 2 {
        std::thread::yield_now();
    }
}

#[test]
fn on_the_way_out_nothing_is_told() {
    let stage = Stage::new();
    stage.change_view(|view| view.state = SupervisorState::Restarting);
    let mut client = stage.client();
    let refused = fault(6, "SHUTDOWN_STATE");
    assert_eq!(outcome(&mut client, "supervisor.getState", &[]), refused);
    assert_eq!(outcome(&mut client, "supervisor.getAPIVersion", &[]), refused);
    assert!(outcome(&mut client, "system.listMethods", &[]).is_ok());
    assert_eq!(outcome(&mut client, "supervisor.nope", &[]), fault(1, "UNKNOWN_METHOD"));
    assert_eq!(
        outcome(&mut client, "supervisor.sendRemoteCommEvent", &["a", "b"]),
        Ok(Value::Bool(true)),
        "the core decides about commands"
    );
}

#[test]
fn a_multicall_answers_each_call_bare() {
    let stage = Stage::new().with_process("hello");
    let member =
        |name: &str, value: &str| format!("<member><name>{name}</name><value>{value}</value></member>");
    let log = "<array><data><value>web:cat</value><value><int>0</int></value><value><int>0</int></value></data></array>";
    let calls = [
        member("methodName", "supervisor.getPID"),
        member("methodName", "nope"),
        member("methodName", "supervisor.readProcessLog") + &member("params", log),
    ]
    .map(|members| format!("<value><struct>{members}</struct></value>"))
    .concat();
    let calls = format!("<array><data>{calls}</data></array>");
    let answer = outcome(&mut stage.client(), "system.multicall", &[&calls]).unwrap();
    let unknown = FaultValue { code: 1, text: "UNKNOWN_METHOD".into() }.to_value();
    assert_eq!(answer, Value::Array(vec![Value::Int(4711), unknown, "hello".into()]));
}

#[test]
fn the_answers_of_a_multicall_have_a_limit_together() {
    const CALLS: usize = 17;
    let stage = Stage::new();
    stage.change_view(|view| view.identifier = "x".repeat(1 << 20).into());
    let call = "<value><struct><member><name>methodName</name><value>supervisor.getIdentification</value></member>\
        </struct></value>";
    let calls = format!("<array><data>{}</data></array>", call.repeat(CALLS));
    let answer = outcome(&mut stage.client(), "system.multicall", &[&calls]).unwrap();
    let answers = answer.as_array().unwrap();
    assert_eq!(answers.len(), CALLS);
    assert_eq!(answers[0].as_str().map(str::len), Some(1 << 20));
    let too_much = FaultValue { code: 30, text: "FAILED: too much for one answer".into() }.to_value();
    assert_eq!(answers[CALLS - 1], too_much);
}

#[test]
fn a_client_that_has_asked_everything_still_gets_its_answer() {
    let stage = Stage::new();
    stage.state.lock().unwrap().reply = None;
    let mut client = stage.client();
    client.send(post(&call("supervisor.startProcess", &["a"])));
    client.shut_down_writing();
    let reply = loop {
        if let Some(reply) = stage.state.lock().unwrap().waiting.pop() {
            break reply;
        }
        std::thread::yield_now();
    };
    // By the time that another is answered, the end of the first has been read.
    assert_eq!(stage.client().get("/ok.html").body, "OK");
    reply.send(Reply::Done).unwrap();
    assert!(client.answer().body.contains("<boolean>1</boolean>"));
    assert!(client.is_closed());
}

#[test]
fn logs_are_read_by_offset_and_length() {
    let stage = Stage::new().with_process("abcdefghij");
    let mut client = stage.client();
    let mut read = |method: &str, offset: &str, length: &str| {
        let (offset, length) = (format!("<int>{offset}</int>"), format!("<int>{length}</int>"));
        outcome(&mut client, &format!("supervisor.{method}"), &["web:cat", &offset, &length])
    };
    assert_eq!(read("readProcessStdoutLog", "2", "3"), Ok("cde".into()));
    assert_eq!(read("readProcessLog", "-3", "0"), Ok("hij".into()));
    assert_eq!(read("readProcessLog", "0", "-1"), fault(3, "BAD_ARGUMENTS"));
    assert_eq!(read("readProcessStderrLog", "0", "0"), fault(20, "NO_FILE"));
    let tail = Value::Array(vec!["fghij".into(), Value::Int(10), Value::Bool(false)]);
    assert_eq!(read("tailProcessStdoutLog", "9", "5"), Ok(tail));
    let nothing = Value::Array(vec!["".into(), Value::Int(0), Value::Bool(false)]);
    assert_eq!(read("tailProcessStderrLog", "9", "5"), Ok(nothing.clone()));

    fs::remove_file(stage.log_path()).unwrap();
    let path = stage.log_path().display().to_string();
    assert_eq!(read("readProcessLog", "0", "0"), fault(20, &format!("NO_FILE: {path}")));
    assert_eq!(read("tailProcessLog", "0", "0"), Ok(nothing));
    nix_fifo(&stage.log_path());
    assert_eq!(read("readProcessLog", "0", "0"), fault(30, "FAILED"));
}

/// A pipe where a log should be.
fn nix_fifo(path: &std::path::Path) {
    assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn the_main_log_is_read_unless_it_is_syslog() {
    let stage = Stage::new();
    let mut client = stage.client();
    let params = ["<int>-4</int>", "<int>0</int>"];
    let path = stage.directory.path().join("main.log");
    let missing = fault(20, &format!("NO_FILE: {}", path.display()));
    assert_eq!(outcome(&mut client, "supervisor.readLog", &params), missing);
    fs::write(&path, "one two").unwrap();
    assert_eq!(outcome(&mut client, "supervisor.readMainLog", &params), Ok(" two".into()));
    stage.change_view(|view| view.main_log = MainLog::Syslog);
    assert_eq!(outcome(&mut client, "supervisor.readLog", &params), fault(20, "NO_FILE: syslog"));
}

#[test]
fn a_large_log_is_sent_while_it_is_read() {
    let text = "0123456789abcde\n".repeat(200_000);
    let stage = Stage::new().with_process(&text);
    let mut client = stage.client();
    let params = ["web:cat", "<int>0</int>", "<int>0</int>"];
    client.send(post(&call("supervisor.readProcessLog", &params)));
    let answer = client.answer();
    assert_eq!(answer.header("transfer-encoding"), Some("chunked"));
    assert!(decode::response(answer.body.as_bytes()).unwrap() == Ok(Value::String(text)));
    assert_eq!(
        outcome(&mut client, "supervisor.getPID", &[]),
        Ok(Value::Int(4711)),
        "the connection goes on"
    );
}

#[test]
fn calls_leave_their_lines() {
    let stage = Stage::new();
    let mut client = stage.client();
    client.call("supervisor.getPID", &[]);
    client.call("nope", &[]);
    let lines: Vec<_> = stage.lines().into_iter().filter(|(_, line)| line.starts_with("XML")).collect();
    let expected = [
        "XML-RPC method called: supervisor.getPID()",
        "XML-RPC method supervisor.getPID() returned successfully",
        "XML-RPC method called: nope()",
        "XML-RPC method nope() returned fault: [1] UNKNOWN_METHOD",
    ];
    assert_eq!(lines, expected.map(|line| (Level::Trace, line.to_owned())));
}
