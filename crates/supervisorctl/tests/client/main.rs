//! The client as a whole, against a server that says what a test wants.

mod events;
mod explain;
mod extensions;
mod interrupt;
mod json;
mod logs;
mod people;
mod program;
mod server;
mod terminal;

use std::fs;
use std::process::Stdio;
use std::sync::atomic::Ordering;
use std::sync::mpsc;

use supervisor_rpc::fault::{Code, FaultValue};
use supervisor_rpc::value::Value;

use crate::server::{Outcome, Server, client, command, fault};

fn structure(members: &[(&str, Value)]) -> Value {
    Value::Struct(members.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
}

fn info(group: &str, name: &str, state: i32, statename: &str) -> Value {
    structure(&[
        ("group", group.into()),
        ("name", name.into()),
        ("state", state.into()),
        ("statename", statename.into()),
        ("description", "as it is".into()),
        ("pid", 7.into()),
    ])
}

fn infos() -> Outcome {
    Ok(Value::Array(vec![
        info("cat", "cat", 20, "RUNNING"),
        info("web", "a", 20, "RUNNING"),
        info("web", "b", 0, "STOPPED"),
    ]))
}

fn batch_line(name: &str, status: Code, description: &str) -> Value {
    structure(&[
        ("name", name.into()),
        ("group", "web".into()),
        ("status", status.number().into()),
        ("description", description.into()),
    ])
}

#[test]
fn status_shows_a_table_and_tells_of_processes_at_rest() {
    let server = Server::answering(|_, _| infos());
    let (shown, status) = server.run(&["status"]);
    assert_eq!(
        shown,
        "cat                              RUNNING   as it is\n\
         web:a                            RUNNING   as it is\n\
         web:b                            STOPPED   as it is\n"
    );
    assert_eq!(status, 3);
    assert_eq!(server.run(&["status", "cat"]).1, 0);
    assert_eq!(server.run(&["status", "nope:*", "cat"]).1, 4);
}

#[test]
fn unknown_names_stand_before_the_table() {
    let server = Server::answering(|_, _| infos());
    let (shown, status) = server.run(&["status", "cat", "nope", "no:*"]);
    assert_eq!(
        shown,
        "nope: ERROR (no such process)\nno: ERROR (no such group)\n\
         cat                              RUNNING   as it is\n"
    );
    assert_eq!(status, 4);
}

#[test]
fn status_takes_wildcards_and_states() {
    let server = Server::answering(|_, _| infos());
    let names = |words: &[&str]| {
        let (shown, status) = server.run(&[&["status"], words].concat());
        let names: Vec<_> =
            shown.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect();
        (names.join(" "), status)
    };
    assert_eq!(names(&["*a*"]), ("cat web:a".to_owned(), 0));
    assert_eq!(names(&["*:b", "cat"]), ("web:b cat".to_owned(), 3));
    assert_eq!(names(&["--state=RUNNING", "web*"]), ("web:a".to_owned(), 0));
    assert_eq!(names(&["--state=FATAL"]), (String::new(), 0));
    assert_eq!(names(&["--state=DEAD"]).1, 2);
    assert_eq!(server.run(&["status", "x*"]), ("x*: ERROR (no such process)\n".to_owned(), 4));
}

#[test]
fn the_last_problem_decides_the_exit_status() {
    let server = Server::answering(|_, params| match params[0].as_str() {
        Some("nofile") => fault(Code::NoFile, "x"),
        Some("quick") => fault(Code::SpawnError, "quick"),
        Some("on") => fault(Code::AlreadyStarted, "on"),
        _ => Ok(true.into()),
    });
    let (shown, status) = server.run(&["start", "nofile", "quick", "on", "fine"]);
    assert_eq!(
        shown,
        "nofile: ERROR (no such file)\nquick: ERROR (spawn error)\non: ERROR (already started)\nfine: started\n"
    );
    assert_eq!(status, 7);
    assert_eq!(server.run(&["start", "quick", "nofile"]).1, 1);
}

#[test]
fn a_fault_without_words_ends_the_action() {
    let server = Server::answering(|_, _| Err(FaultValue::new(Code::ShutdownState, None)));
    assert_eq!(server.run(&["start", "a", "b"]), ("error: SHUTDOWN_STATE\n".to_owned(), 1));
}

#[test]
fn groups_have_a_line_for_each_process() {
    let server = Server::answering(|method, _| match method {
        "stopProcessGroup" => Ok(Value::Array(vec![
            batch_line("b", Code::Failed, "FAILED: why"),
            batch_line("a", Code::Success, "OK"),
        ])),
        "startProcessGroup" => fault(Code::BadName, "web"),
        _ => panic!("{method} was called"),
    });
    assert_eq!(server.run(&["stop", "web:*"]), ("FAILED: why\nweb:a: stopped\n".to_owned(), 1));
    assert_eq!(server.run(&["start", "web:"]), ("web: ERROR (no such group)\n".to_owned(), 2));
}

#[test]
fn restart_stops_everything_before_it_starts_anything() {
    let server = Server::answering(|method, _| match method {
        "stopProcess" => fault(Code::NotRunning, "x"),
        _ => Ok(true.into()),
    });
    let (shown, status) = server.run(&["restart", "a", "b"]);
    assert_eq!(shown, "a: ERROR (not running)\nb: ERROR (not running)\na: started\nb: started\n");
    assert_eq!(status, 0);
}

#[test]
fn clearing_a_group_clears_each_process_of_it() {
    let server = Server::answering(|method, params| match method {
        "getAllProcessInfo" => infos(),
        "clearProcessLogs" if params[0].as_str() == Some("web:b") => fault(Code::Failed, "web:b"),
        _ => Ok(true.into()),
    });
    assert_eq!(server.run(&["clear", "web:*"]), ("web:a: cleared\nweb:b: ERROR (failed)\n".to_owned(), 1));
    assert_eq!(server.run(&["clear", "no:*"]), ("no: ERROR (no such group)\n".to_owned(), 1));
}

#[test]
fn authentication_is_asked_for_in_one_line() {
    let server = Server::responding(|_| b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n".to_vec());
    for action in ["status", "add"] {
        let words = [action, "x"];
        assert_eq!(server.run(&words), ("Server requires authentication\n".to_owned(), 1), "{action}");
    }
}

#[test]
fn credentials_go_with_every_request_if_they_are_complete() {
    let (sender, headers) = mpsc::channel();
    let server = Server::responding(move |request| {
        let header = request.headers.iter().find(|header| header.starts_with("authorization"));
        sender.send(header.cloned()).expect("somebody listens");
        b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n".to_vec()
    });
    server.run(&["-u", "user", "-p", "pa:ss", "version"]);
    // `dXNlcjpwYTpzcw==` in lower case.
    assert_eq!(headers.recv().unwrap().as_deref(), Some("authorization: basic dxnlcjpwytpzcw=="));
    server.run(&["-u", "user", "version"]);
    assert_eq!(headers.recv().unwrap(), None);
}

#[test]
fn an_error_of_the_server_is_a_plain_line() {
    let server =
        Server::responding(|_| b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n".to_vec());
    assert_eq!(server.run(&["status"]), ("error: 500 Internal Server Error\n".to_owned(), 1));
}

#[test]
fn all_calls_of_one_action_have_one_connection_and_the_next_action_has_another() {
    let (server, connections) = Server::staying(|method| match method {
        "supervisor.reloadConfig" => {
            let three = [vec!["a", "b", "c"], vec![], vec![]];
            Ok(Value::Array(vec![Value::Array(three.map(Value::from).to_vec())]))
        }
        "supervisor.getAllProcessInfo" => infos(),
        "supervisor.getPID" => Ok(7.into()),
        _ => Ok(true.into()),
    });
    let (shown, status) = server.run(&["update"]);
    assert_eq!(shown, "a: added process group\nb: added process group\nc: added process group\n");
    assert_eq!((status, connections.load(Ordering::SeqCst)), (0, 1));
    // A status, and two actions; between them a user may think for hours.
    client(&server.url(), &["-i"], "pid\npid\n");
    assert_eq!(connections.load(Ordering::SeqCst), 4);
}

#[test]
fn an_answer_that_breaks_off_is_an_error() {
    for answer in [
        "",
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<?xml",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
    ] {
        let server = Server::responding(move |_| answer.as_bytes().to_vec());
        let (shown, status) = server.run(&["status"]);
        assert!(shown.starts_with("error: ") && shown.lines().count() == 1, "{shown}");
        assert_eq!(status, 1);
    }
}

#[test]
fn a_server_that_is_not_there_has_a_line_and_a_status() {
    let server = Server::responding(|_| Vec::new());
    let missing = format!("unix://{}", server.file("missing"));
    let run = |words: &[&str]| {
        let output = client(&missing, words, "");
        (String::from_utf8(output.stdout).unwrap(), output.status.code().unwrap())
    };
    assert_eq!(run(&["status"]), (format!("{missing} no such file\n"), 4));
    assert_eq!(run(&["stop", "x"]), (format!("{missing} no such file\n"), 7));
    assert_eq!(run(&["shutdown"]), (format!("ERROR: {missing} no such file (already shut down?)\n"), 1));
    assert_eq!(run(&["update"]), (format!("error: {missing} no such file\n"), 1));
}

#[test]
fn another_protocol_is_refused_when_it_is_used() {
    let output = client("https://localhost", &["status"], "");
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "error: Unknown protocol for serverurl https://localhost\n"
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn another_api_is_not_spoken_to() {
    let respond = |body: String| {
        move |_: &server::Request| {
            format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len())
                .into_bytes()
        }
    };
    let old = Server::responding(respond(supervisor_rpc::encode::response(&Ok("2.0".into()))));
    let (shown, status) = old.run(&["pid"]);
    assert!(shown.ends_with("API version 3.0, but the remote version is 2.0.\n"), "{shown}");
    assert_eq!(status, 5);
    let unknown = FaultValue::new(Code::UnknownMethod, None);
    let without = Server::responding(respond(supervisor_rpc::encode::response(&Err(unknown))));
    let (shown, status) = without.run(&["pid"]);
    assert!(shown.contains("Please check that the [rpcinterface:supervisor] section is enabled"), "{shown}");
    assert_eq!(status, 3);
    assert_eq!(without.run(&["status"]).1, 4);
}

fn changes(groups: [&[&str]; 3]) -> Outcome {
    Ok(Value::Array(vec![Value::Array(groups.map(|names| Value::from(names.to_vec())).to_vec())]))
}

#[test]
fn update_removes_then_changes_then_adds() {
    let server = Server::answering(|method, _| match method {
        "reloadConfig" => changes([&["new"], &["other"], &["old", "stuck"]]),
        "stopProcessGroup" => Ok(Value::Array(vec![])),
        _ => Ok(true.into()),
    });
    let (shown, status) = server.run(&["update"]);
    assert_eq!(
        shown,
        "old: stopped\nold: removed process group\nstuck: stopped\nstuck: removed process group\n\
         other: stopped\nother: updated process group\nnew: added process group\n"
    );
    assert_eq!(status, 0);
}

#[test]
fn update_keeps_a_group_that_cannot_be_stopped() {
    let server = Server::answering(|method, _| match method {
        "reloadConfig" => changes([&[], &[], &["web"]]),
        "stopProcessGroup" => Ok(Value::Array(vec![batch_line("a", Code::Failed, "FAILED: no")])),
        _ => panic!("{method} was called"),
    });
    assert_eq!(server.run(&["update"]), ("web: stopped\nweb: has problems; not removing\n".to_owned(), 1));
}

#[test]
fn update_names_unknown_groups_in_the_order_given() {
    let server = Server::answering(|method, _| match method {
        "reloadConfig" => changes([&["new"], &[], &[]]),
        "getAllProcessInfo" => infos(),
        _ => Ok(true.into()),
    });
    let (shown, status) = server.run(&["update", "z", "new", "a", "web", "z"]);
    assert_eq!(shown, "ERROR: no such group: z\nERROR: no such group: a\nnew: added process group\n");
    assert_eq!(status, 1);
}

#[test]
fn a_broken_configuration_is_told_alike_by_update_and_reread() {
    let server = Server::answering(|_, _| fault(Code::CantReread, "two\nlines"));
    for action in ["update", "reread"] {
        let expected = ("ERROR: CANT_REREAD: two\nlines\n".to_owned(), 1);
        assert_eq!(server.run(&[action]), expected, "{action}");
    }
}

#[test]
fn a_log_is_read_from_its_end() {
    let server = Server::answering(|method, params| {
        let numbers: Vec<_> = params.iter().filter_map(Value::as_int).collect();
        Ok(Value::from(format!("{method} {numbers:?}")))
    });
    for (words, expected) in [
        (&["tail", "cat"][..], "readProcessStdoutLog [-1600, 0]\n"),
        (&["tail", "-5", "cat", "stderr"], "readProcessStderrLog [-5, 0]\n"),
        (&["tail", "--5", "cat"], "readProcessStdoutLog [5, 0]\n"),
        (&["maintail", "-0"], "readLog [0, 0]\n"),
    ] {
        assert_eq!(server.run(words), (expected.to_owned(), 0));
    }
}

#[test]
fn following_shows_bytes_as_they_are_until_the_server_ends_it() {
    let server = Server::responding(|request| {
        if request.line.starts_with("POST") {
            let body = supervisor_rpc::encode::response(&Ok("3.0".into()));
            return format!(
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            )
            .into_bytes();
        }
        assert_eq!(request.line, "GET /logtail/web:a/stdout HTTP/1.1");
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na\xffb\r\n2\r\n\x1b\n\r\n".to_vec()
    });
    let output = client(&server.url(), &["tail", "-f", "web:a"], "");
    assert_eq!(output.stdout, b"==> Press Ctrl-C to exit <==\na\xffb\x1b\n");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn following_what_does_not_exist_fails() {
    let server = Server::answering(|_, _| Ok(true.into()));
    let output = client(&server.url(), &["tail", "-f", "nope", "stderr"], "");
    assert_eq!(output.stdout, b"==> Press Ctrl-C to exit <==\n");
    let complaint = format!("{}/logtail/nope/stderr Cannot read, status code 404\n", server.url());
    assert_eq!(String::from_utf8(output.stderr).unwrap(), complaint);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn fg_passes_lines_on_until_the_process_is_gone() {
    let (sender, sent) = mpsc::channel();
    let server = Server::answering(move |method, params| match method {
        "getProcessInfo" => Ok(info("cat", "cat", 20, "RUNNING")),
        "sendProcessStdin" => {
            let chars = params[1].as_str().expect("text").to_owned();
            let is_last = chars == "two\n";
            sender.send(chars).expect("somebody listens");
            if is_last { fault(Code::NotRunning, "cat") } else { Ok(true.into()) }
        }
        _ => panic!("{method} was called"),
    });
    let output = client(&server.url(), &["fg", "cat"], "one\ntwo\nthree\n");
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "==> Press Ctrl-C to exit <==\nProcess got killed\nExiting foreground\n"
    );
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(sent.try_iter().collect::<Vec<_>>(), ["one\n", "two\n"]);
}

#[test]
fn fg_wants_one_process_that_runs() {
    let server = Server::answering(|_, params| match params[0].as_str() {
        Some("off") => Ok(info("off", "off", 0, "STOPPED")),
        Some("odd") => fault(Code::Failed, "odd"),
        _ => fault(Code::BadName, "x"),
    });
    let expected = |text: &str, status| (text.to_owned(), status);
    assert_eq!(server.run(&["fg", "off"]), expected("ERROR: process not running\n", 1));
    assert_eq!(server.run(&["fg", "nope"]), expected("ERROR: bad process name supplied\n", 1));
    assert_eq!(server.run(&["fg", "odd"]), expected("ERROR: <Fault 30: 'FAILED: odd'>\n", 0));
    assert_eq!(server.run(&["fg", "a", "b"]), expected("ERROR: too many process names supplied\n", 1));
}

#[test]
fn the_shell_prompts_without_a_terminal_and_ends_with_its_input() {
    let server = Server::answering(|method, _| match method {
        "getAllProcessInfo" => Ok(Value::Array(vec![info("cat", "cat", 0, "STOPPED")])),
        "getSupervisorVersion" => Ok("4.3.0".into()),
        _ => Ok(true.into()),
    });
    let status = "cat                              STOPPED   as it is\n";
    let shell = |input: &str| {
        let output = client(&server.url(), &[], input);
        assert_eq!(output.status.code(), Some(0));
        String::from_utf8(output.stdout).unwrap()
    };
    let prompt = "supervisor> ";
    assert_eq!(
        shell("version\n\nnope"),
        format!("{status}{prompt}4.3.0\n{prompt}{prompt}*** Unknown syntax: nope\n{prompt}\n")
    );
    assert_eq!(shell("quit now\nversion\n"), format!("{status}{prompt}\n"));
    let question = "Really shut the remote supervisord process down y/N? ";
    assert_eq!(shell("shutdown\nno\n"), format!("{status}{prompt}{question}{prompt}\n"));
    assert_eq!(shell("shutdown\nYes\n"), format!("{status}{prompt}{question}Shut down\n{prompt}\n"));
}

#[test]
fn the_shell_makes_the_history_file_that_the_command_line_names() {
    let server = Server::answering(|_, _| Ok(Value::Array(vec![])));
    let path = server.file("history");
    client(&server.url(), &["-r", &path], "");
    assert!(fs::exists(path).unwrap());
}

#[test]
fn open_shows_the_status_of_another_server_and_forgets_its_exit_status() {
    let here = Server::answering(|_, _| infos());
    let there = Server::answering(|_, _| Ok(Value::Array(vec![info("x", "x", 200, "FATAL")])));
    let expected = "x                                FATAL     as it is\n";
    assert_eq!(here.run(&["open", &there.url()]), (expected.to_owned(), 0));
    assert_eq!(here.run(&["open", "foo"]), ("ERROR: url must be http:// or unix://\n".to_owned(), 1));
}

#[test]
fn a_reader_that_has_gone_away_does_not_stop_the_work() {
    let (sender, started) = mpsc::channel();
    let server = Server::answering(move |_, params| {
        sender.send(params[0].clone()).expect("somebody listens");
        Ok(true.into())
    });
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = command(&server.folder, &server.url())
        .args(["start", "a", "b"])
        .stdin(Stdio::null())
        .stdout(writer)
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(0));
    assert_eq!(started.try_iter().count(), 2);
}
