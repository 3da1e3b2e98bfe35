//! Calls that others answer: well, badly, late, or not at all. And what plug-ins keep.

use std::io::{Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use supervisor_config::interface::{ExtensionAddress, ExtensionSpec, InterfaceKind};
use supervisor_core::command::{Command, Fault, Reply, Target};
use supervisor_core::state::SupervisorState;
use supervisor_rpc::decode;
use supervisor_rpc::encode;
use supervisor_rpc::fault::FaultValue;
use supervisor_rpc::value::Value;

use super::client::{Client, call, post};
use super::stage::{Stage, interface};

/// A stage with an extension `own` at a socket.
struct Theatre {
    stage: Stage,
    _directory: tempfile::TempDir,
    path: std::path::PathBuf,
}

impl Theatre {
    fn new() -> Self {
        Self::with_timeout(20)
    }

    /// For an extension that does not answer.
    fn impatient() -> Self {
        Self::with_timeout(1)
    }

    fn with_timeout(timeout_seconds: u64) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("own.sock");
        let address = ExtensionAddress::Unix(path.to_str().unwrap().to_owned());
        let own = InterfaceKind::Extension(ExtensionSpec { address, timeout_seconds });
        let stage = Stage::with_interfaces(vec![
            interface("supervisor", InterfaceKind::Supervisor),
            interface("own", own),
            interface("cache", InterfaceKind::Cache),
            interface("laforge", InterfaceKind::Laforge),
            interface("twiddler", InterfaceKind::Twiddler { whitelist: Vec::new() }),
        ]);
        Self { stage, _directory: directory, path }
    }

    /// Has `act` play the extension for each connection; the bodies of the requests come out.
    fn play(&self, act: impl Fn(UnixStream) + Send + 'static) -> Receiver<String> {
        let listener = UnixListener::bind(&self.path).unwrap();
        let (sender, bodies) = channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                if sender.send(read_body(&mut stream)).is_err() {
                    return;
                }
                act(stream);
            }
        });
        bodies
    }

    fn outcome(&self, method: &str, params: &[&str]) -> Result<Value, FaultValue> {
        outcome(&mut self.stage.client(), method, params)
    }

    fn complaint(&self, words: &str) -> Result<Value, FaultValue> {
        let text = format!("FAILED: own at unix://{} {words}", self.path.display());
        Err(FaultValue { code: 30, text })
    }
}

fn outcome(client: &mut Client, method: &str, params: &[&str]) -> Result<Value, FaultValue> {
    decode::response(client.call(method, params).as_bytes()).unwrap()
}

fn read_body(stream: &mut UnixStream) -> String {
    let mut text = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer).unwrap();
        text.extend_from_slice(&buffer[..read]);
        let shown = String::from_utf8_lossy(&text).into_owned();
        if read == 0 || shown.trim_end().ends_with("</methodCall>") {
            return shown.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default();
        }
    }
}

fn answer(outcome: &Result<Value, FaultValue>) -> impl Fn(UnixStream) + Send + 'static + use<> {
    let body = encode::response(outcome);
    move |mut stream| {
        let head = format!("HTTP/1.0 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
        let _ = stream.write_all((head + &body).as_bytes());
    }
}

fn say(text: &'static str) -> impl Fn(UnixStream) + Send + 'static {
    move |mut stream| drop(stream.write_all(text.as_bytes()))
}

#[test]
fn a_call_is_passed_on_and_its_answer_comes_back() {
    let theatre = Theatre::new();
    let value = Value::Struct(vec![("x".into(), Value::from(vec![1, 2])), ("y".into(), Value::Double(0.5))]);
    let bodies = theatre.play(answer(&Ok(value.clone())));
    assert_eq!(theatre.outcome("own.anything", &["<int>7</int>", "text"]), Ok(value));
    let passed = decode::call(bodies.recv().unwrap().as_bytes()).unwrap();
    assert_eq!((passed.method.as_str(), passed.params), ("own.anything", vec![7.into(), "text".into()]));
}

#[test]
fn a_fault_keeps_its_code_and_its_text() {
    let theatre = Theatre::new();
    let fault = FaultValue { code: 4711, text: "OUT_OF_PAPER: tray 2".into() };
    let _bodies = theatre.play(answer(&Err(fault.clone())));
    assert_eq!(theatre.outcome("own.print", &[]), Err(fault));
}

#[test]
fn what_is_private_or_no_method_is_not_passed_on() {
    let theatre = Theatre::new();
    let unknown = Err(FaultValue { code: 1, text: "UNKNOWN_METHOD".into() });
    for method in ["own._private", "own.a.b", "own.", "other.x"] {
        assert_eq!(theatre.outcome(method, &[]), unknown, "{method}");
    }
}

#[test]
fn who_cannot_be_reached_is_told_at_once() {
    let theatre = Theatre::new();
    assert_eq!(
        theatre.outcome("own.x", &[]),
        theatre.complaint("cannot be reached: No such file or directory")
    );
    drop(UnixListener::bind(&theatre.path).unwrap());
    assert_eq!(theatre.outcome("own.x", &[]), theatre.complaint("cannot be reached: Connection refused"));
}

#[test]
fn whatever_it_says_instead_of_an_answer_is_a_fault() {
    let answers = [
        ("", "ended the connection without an answer"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<method", "ended the connection without an answer"),
        ("garbage\r\n\r\n", "does not speak HTTP"),
        ("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", "answered with the HTTP status 500"),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            "did not answer in XML-RPC: malformed XML: text outside the root",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n<methodResponse/>",
            "did not answer in XML-RPC: neither a value nor a fault",
        ),
    ];
    for (text, words) in answers {
        let theatre = Theatre::new();
        let _bodies = theatre.play(say(text));
        assert_eq!(theatre.outcome("own.x", &[]), theatre.complaint(words), "{text:?}");
    }
}

#[test]
fn an_answer_without_an_end_is_cut() {
    let theatre = Theatre::new();
    let _bodies = theatre.play(|mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n<methodResponse>");
        while stream.write_all(&[b' '; 64 << 10]).is_ok() {}
    });
    assert_eq!(theatre.outcome("own.x", &[]), theatre.complaint("answered with more than 16777216 bytes"));
}

#[test]
fn who_never_answers_delays_nobody_else() {
    let theatre = Theatre::impatient();
    let (keep, _kept) = channel();
    let bodies = theatre.play(move |stream| drop(keep.send(stream)));
    let mut waiting = theatre.stage.client();
    waiting.send(post(&call("own.x", &[])));
    bodies.recv().unwrap();
    // The call is there, and everybody else is served meanwhile.
    assert_eq!(theatre.outcome("supervisor.getPID", &[]), Ok(4711.into()));
    let late = decode::response(waiting.answer().body.as_bytes()).unwrap();
    assert_eq!(late, theatre.complaint("has not answered within 1 seconds"));
}

#[test]
fn many_calls_at_once_wait_for_one_answer_only() {
    let theatre = Theatre::impatient();
    let (keep, _kept) = channel();
    let bodies = theatre.play(move |stream| drop(keep.send(stream)));
    let member =
        |name: &str, value: &str| format!("<member><name>{name}</name><value>{value}</value></member>");
    let calls = format!("<value><struct>{}</struct></value>", member("methodName", "own.x")).repeat(1000);
    let array = format!("<array><data>{calls}</data></array>");
    let late = theatre.outcome("system.multicall", &[&array]).unwrap();
    assert_eq!(late.as_array().unwrap().len(), 1000);
    assert_eq!(bodies.try_iter().count(), 1);
}

#[test]
fn a_call_goes_on_to_its_end_without_its_caller() {
    let theatre = Theatre::impatient();
    let (keep, kept) = channel();
    let bodies = theatre.play(move |stream| drop(keep.send(stream)));
    let mut leaving = theatre.stage.client();
    leaving.send(post(&call("own.x", &[])));
    bodies.recv().unwrap();
    drop(leaving);
    // In the end the daemon hangs up, as it does on every call.
    let mut stream = kept.recv().unwrap();
    assert_eq!(stream.read(&mut [0; 16]).unwrap(), 0);
    assert_eq!(theatre.outcome("supervisor.getPID", &[]), Ok(4711.into()));
}

#[test]
fn its_methods_are_listed_among_ours() {
    let theatre = Theatre::new();
    let names = Value::from(vec![
        "own.b",
        "own.a",
        "own._p",
        "own.a.b",
        "own.",
        "other.x",
        "system.listMethods",
        "ownx.y",
    ]);
    let bodies = theatre.play(answer(&Ok(names)));
    let listed = theatre.outcome("system.listMethods", &[]).unwrap();
    let listed: Vec<&str> = listed.as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(listed.is_sorted());
    let own: Vec<_> =
        listed.iter().filter(|name| name.starts_with("own") || name.starts_with("other")).collect();
    assert_eq!(own, [&"own.a", &"own.b"]);
    assert_eq!(listed.iter().filter(|name| **name == "system.listMethods").count(), 1);
    assert!(bodies.recv().unwrap().contains("system.listMethods"));
}

#[test]
fn an_extension_that_does_not_answer_keeps_no_method_of_ours_from_the_list() {
    let theatre = Theatre::new();
    let listed = theatre.outcome("system.listMethods", &[]).unwrap();
    assert!(listed.as_array().unwrap().contains(&"supervisor.getPID".into()));
    theatre.stage.wait_for_line(&["methods are not listed: FAILED: own at", "No such file"]);
}

#[test]
fn it_explains_its_methods_itself() {
    let theatre = Theatre::new();
    let bodies = theatre.play(answer(&Ok("what it does".into())));
    for question in ["system.methodHelp", "system.methodSignature"] {
        assert_eq!(theatre.outcome(question, &["own.x"]), Ok("what it does".into()));
        let asked = decode::call(bodies.recv().unwrap().as_bytes()).unwrap();
        assert_eq!((asked.method.as_str(), asked.params), (question, vec!["own.x".into()]));
    }
    let Ok(Value::String(help)) = theatre.outcome("system.methodHelp", &["cache.store"]) else { panic!() };
    assert!(help.contains("@param string key"));
}

#[test]
fn on_the_way_out_nothing_is_passed_on() {
    let theatre = Theatre::new();
    let _bodies = theatre.play(answer(&Ok(1.into())));
    theatre.stage.change_view(|view| view.state = SupervisorState::Shutdown);
    let refused = Err(FaultValue { code: 6, text: "SHUTDOWN_STATE".into() });
    assert_eq!(theatre.outcome("own.x", &[]), refused);
    assert_eq!(theatre.outcome("twiddler.getGroupNames", &[]), refused);
}

#[test]
fn a_cache_is_one_for_all_servers() {
    let theatre = Theatre::new();
    assert_eq!(theatre.outcome("cache.store", &["k", "<int>1</int>"]), Ok(true.into()));
    let request = post(&call("cache.fetch", &["k"]))
        .replace("Host: x", "Host: x\r\nAuthorization: Basic dXNlcjpwYTpzcw==");
    let mut other = theatre.stage.inet_client();
    other.send(request);
    assert_eq!(decode::response(other.answer().body.as_bytes()).unwrap(), Ok(1.into()));
}

#[test]
fn a_signal_of_laforge_has_its_own_faults() {
    let theatre = Theatre::new();
    let reply = |reply| theatre.stage.state.lock().unwrap().reply = Some(reply);
    assert_eq!(theatre.outcome("laforge.killProcess", &["cat", "HUP"]), Ok(true.into()));
    let signal = Command::Signal { target: Target::Named("cat".into()), signal: "HUP".into() };
    assert_eq!(theatre.stage.state.lock().unwrap().commands, [signal]);
    reply(Reply::Fault(Fault::BadSignal("X".into())));
    let fault = |code, text: &str| Err(FaultValue { code, text: text.into() });
    assert_eq!(theatre.outcome("laforge.killProcess", &["cat", "X"]), fault(3, "BAD_ARGUMENTS: X"));
    reply(Reply::Fault(Fault::NotRunning("cat".into())));
    assert_eq!(theatre.outcome("laforge.killProcess", &["cat", "HUP"]), fault(70, "NOT_RUNNING"));
}

#[test]
fn groups_are_told_with_those_that_have_no_process() {
    let theatre = Theatre::new();
    theatre.stage.change_view(|view| view.groups = ["b".to_owned(), "a".to_owned()].into());
    assert_eq!(theatre.outcome("twiddler.getGroupNames", &[]), Ok(Value::from(vec!["b", "a"])));
}

#[test]
fn an_extension_whose_answer_did_not_fit_is_asked_nothing_more_in_that_multicall() {
    let theatre = Theatre::new();
    let bodies = theatre.play(answer(&Ok(Value::from("x".repeat(9 << 20)))));
    let calls =
        "<value><struct><member><name>methodName</name><value>own.x</value></member></struct></value>";
    let calls = format!("<array><data>{}</data></array>", calls.repeat(5));
    let answers = theatre.outcome("system.multicall", &[&calls]).unwrap();
    let too_much = FaultValue { code: 30, text: "FAILED: too much for one answer".into() }.to_value();
    assert_eq!(answers.as_array().unwrap()[1..], vec![too_much; 4]);
    assert_eq!(bodies.try_iter().count(), 2);
}
