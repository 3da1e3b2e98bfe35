//! The actions of public extensions, which are built in. What is expected is what the packages print with
//! Supervisor 4.3.0, unless an entry of COMPAT.md says otherwise.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

use supervisor_rpc::fault::Code;
use supervisor_rpc::value::Value;

use crate::people::seen;
use crate::server::{Outcome, Server, client, fault};
use crate::{info, infos};

/// Runs the client with a configuration that has this besides where the server is.
pub(crate) fn configured(server: &Server, text: &str, words: &[&str]) -> Output {
    let path = server.file("extended.conf");
    fs::write(&path, format!("[supervisorctl]\nserverurl={}\n{text}", server.url())).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_supervisorctl"));
    command.args(["-c", &path]).args(words).output().expect("the client")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A server that keeps values.
fn cache() -> Server {
    let values: Mutex<BTreeMap<String, Value>> = Mutex::default();
    Server::answering(move |method, params| {
        let mut values = values.lock().expect("nobody fails");
        let key = params.first().and_then(Value::as_str).unwrap_or_default().to_owned();
        match method {
            "cache.store" => drop(values.insert(key, params[1].clone())),
            "cache.delete" => drop(values.remove(&key)),
            "cache.clear" => values.clear(),
            "cache.fetch" => {
                return values.get(&key).cloned().map_or_else(|| fault(Code::BadName, &key), Ok);
            }
            "cache.getKeys" => return Ok(values.keys().cloned().collect::<Vec<_>>().into()),
            "cache.getCount" => return Ok(i32::try_from(values.len()).expect("few").into()),
            _ => return fault(Code::UnknownMethod, method),
        }
        Ok(true.into())
    })
}

#[test]
fn values_of_the_cache_are_stored_and_shown_in_python_s_notation() {
    let server = cache();
    for (words, expected) in [
        (&["cache_count"][..], "0\n"),
        (&["cache_store", "a", "'bar baz'"], ""),
        (&["cache_store", "k2", "\"it's\""], ""),
        (&["cache_fetch", "a"], "'bar baz'\n"),
        (&["cache_fetch", "k2"], "\"it's\"\n"),
        (&["cache_keys"], "['a', 'k2']\n"),
        (&["--json", "cache_keys"], "[\"a\",\"k2\"]\n"),
        (&["cache_delete", "nope"], ""),
        (&["cache_delete", "a"], ""),
        (&["cache_count"], "1\n"),
        (&["cache_clear"], ""),
        (&["cache_keys"], "[]\n"),
    ] {
        assert_eq!(server.run(words), (expected.to_owned(), 0), "{words:?}");
    }
}

#[test]
fn a_wrong_number_of_words_gets_the_help() {
    let server = cache();
    for (words, expected) in [
        (
            &["cache_store", "a", "b", "c"][..],
            "cache_store <key> <value>\tStore <value> in the cache at <key>.\n",
        ),
        (&["cache_fetch"], "cache_fetch <key>\tFetch the item cached at <key>.\n"),
        (&["cache_keys", "x"], "cache_keys\tList the keys of all items in the cache.\n"),
        (&["cache_fetch", "nope"], "error: BAD_NAME: nope\n"),
        (&["cache_fetch", "'a"], "error: can't parse command \"'a\": No closing quotation\n"),
    ] {
        assert_eq!(server.run(words), (expected.to_owned(), 1), "{words:?}");
    }
}

#[test]
fn a_server_without_cache_is_told_how_to_have_one() {
    let server = Server::answering(|method, _| fault(Code::UnknownMethod, method));
    let (shown, status) = server.run(&["cache_keys"]);
    assert!(shown.starts_with("error: the server has no cache; ") && shown.contains("[rpcinterface:cache]"));
    assert_eq!(status, 1);
}

#[test]
fn kill_sends_signals_and_says_so_for_each_name() {
    let server = Server::answering(|method, params| {
        let words: Vec<&str> = params.iter().filter_map(Value::as_str).collect();
        match (method, words.as_slice()) {
            ("signalProcess", ["cat" | "web:a", "HUP"]) => Ok(true.into()),
            ("signalProcess", ["cat", _]) => fault(Code::BadSignal, "FOO"),
            ("signalProcess", ["bad", _]) => fault(Code::NotRunning, "bad"),
            _ => fault(Code::BadName, "x"),
        }
    });
    for (words, expected, status) in [
        (
            &["HUP", "cat", "nope:x", "web:a"][..],
            "cat: signal sent\nnope:x: ERROR (no such process)\nweb:a: signal sent\n",
            1,
        ),
        (&["FOO", "cat"], "cat: ERROR (signal not defined)\n", 1),
        (&["0", "bad"], "bad: ERROR (not running)\n", 7),
        (&["HUP", "cat"], "cat: signal sent\n", 0),
    ] {
        assert_eq!(server.run(&[&["kill"], words].concat()), (expected.to_owned(), status), "{words:?}");
    }
    let (shown, status) = server.run(&["kill"]);
    assert!(
        shown.starts_with("Error: kill requires a signal and process name\nkill <signal> <name>\t\tSend")
    );
    assert_eq!(status, 1);
    assert!(server.run(&["kill", "HUP"]).0.starts_with("Error: kill requires a process name\nkill <signal>"));
}

/// A server with processes that change their state at the second look.
fn moving() -> (Server, Arc<Mutex<Vec<String>>>) {
    let calls: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = Arc::clone(&calls);
    let server = Server::answering(move |method, params| {
        let mut calls = calls.lock().expect("nobody fails");
        let name = params.first().and_then(Value::as_str).unwrap_or_default().to_owned();
        let looks = calls.iter().filter(|call| *call == "getAllProcessInfo").count();
        calls.push(format!("{method} {name}").trim_end().to_owned());
        match (method, name.as_str()) {
            ("getAllProcessInfo", _) if looks < 2 => infos(),
            ("getAllProcessInfo", _) => Ok(Value::Array(vec![
                info("cat", "cat", 0, "STOPPED"),
                info("web", "a", 0, "STOPPED"),
                info("web", "b", 0, "STOPPED"),
            ])),
            ("stopProcess", "web:b") => fault(Code::NotRunning, "web:b"),
            ("startProcess", "cat:cat" | "cat") => fault(Code::NoFile, "/nope"),
            _ => Ok(true.into()),
        }
    });
    (server, seen)
}

fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}

#[test]
fn quickstop_asks_all_at_once_and_waits_for_their_states() {
    let (server, calls) = moving();
    let (shown, status) = server.run(&["quickstop", "web:", "c?t:*"]);
    assert_eq!(sorted(&shown), ["cat:cat: STOPPED", "web:a: STOPPED", "web:b ERROR(NOT_RUNNING)"]);
    assert_eq!(status, 0);
    let calls = calls.lock().unwrap();
    assert_eq!(calls.iter().filter(|call| call.starts_with("stopProcess")).count(), 3, "{calls:?}");
    assert_eq!(calls.last().map(String::as_str), Some("getAllProcessInfo"));
}

#[test]
fn quick_actions_without_a_match_say_so() {
    let (server, _) = moving();
    let nothing = ("No process matched given expression.\n".to_owned(), 0);
    for words in [&["quickstop"][..], &["quickstart", "nope"], &["mstop"], &["mstart", "nope*"]] {
        assert_eq!(server.run(words), nothing, "{words:?}");
    }
}

#[test]
fn quickstart_tells_of_those_that_refuse_and_of_those_that_take_too_long() {
    let (server, _) = moving();
    let quick =
        "[ctlplugin:q]\nsupervisor.ctl_factory=supervisor_quick:make_quick_controllerplugin\nretries=1\n";
    let output = configured(&server, quick, &["quickstart", "all"]);
    let shown = text(&output.stdout);
    assert_eq!(sorted(&shown), ["cat:cat ERROR(NO_FILE)", "web:a: RUNNING", "web:b: STOPPED"]);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn mstart_is_about_names_and_match_group_about_group_and_name() {
    let (server, _) = moving();
    let (shown, status) = server.run(&["mstart", "[ab]", "ca*"]);
    assert_eq!(sorted(&shown), ["cat: ERROR (no such file)", "web:a: started", "web:b: started"]);
    assert_eq!(status, 1);
    assert_eq!(server.run(&["mstop", "web:*"]).0, "No process matched given expression.\n");
    let wildcards = "[ctlplugin:w]\nmatch_group=1\n\
                     supervisor.ctl_factory=supervisorwildcards.controllerplugin:make_wildcards_controllerplugin\n";
    let output = configured(&server, wildcards, &["mstop", "web:*"]);
    let shown = text(&output.stdout);
    assert_eq!(sorted(&shown), ["web:a: stopped", "web:b: ERROR (not running)"]);
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn mrestart_stops_and_starts_each() {
    let (server, calls) = moving();
    assert_eq!(server.run(&["mrestart", "a"]), ("web:a: stopped\nweb:a: started\n".to_owned(), 0));
    assert_eq!(calls.lock().unwrap()[1..], ["stopProcess web:a", "startProcess web:a"]);
}

#[test]
fn serialrestart_takes_one_process_after_another() {
    let (server, calls) = moving();
    let (shown, status) = server.run(&["serialrestart", "nope", "web:*", "web:a"]);
    assert_eq!(
        shown,
        "No such process nope\nweb:a: stopped\nweb:a: started\nweb:b: ERROR (not running)\nweb:b: started\n"
    );
    assert_eq!(status, 0);
    let restarts: Vec<String> =
        calls.lock().unwrap().iter().filter(|call| call.contains("Process web")).cloned().collect();
    assert_eq!(
        restarts,
        ["stopProcess web:a", "startProcess web:a", "stopProcess web:b", "startProcess web:b"]
    );
    let (shown, status) = server.run(&["serialrestart"]);
    assert!(
        shown.starts_with("Error: serialrestart requires a process name\nserialrestart <name>"),
        "{shown}"
    );
    assert_eq!(status, 1);
}

const WILDCARDS: &str = "[ctlplugin:w]\n\
    supervisor.ctl_factory=supervisorwildcards.controllerplugin:make_wildcards_controllerplugin\n";

#[test]
fn help_lists_what_the_configuration_names_and_knows_all() {
    let server = Server::answering(|_, _| infos());
    let plain = server.run(&["help"]).0;
    assert!(!plain.contains("mstart"), "{plain}");
    let listed = text(&configured(&server, WILDCARDS, &["help"]).stdout);
    assert_eq!(
        listed,
        format!(
            "{plain}\nw commands (type help <topic>):\n===============================\nmrestart  mstart  mstop\n\n"
        )
    );
    assert!(server.run(&["help", "quickstart"]).0.starts_with("quickstart <pattern> [...]\t"));
    assert!(seen(&server, &["help"], &[]).0.contains("serialrestart"));
}

#[test]
fn what_cannot_be_had_costs_its_own_actions_only() {
    let server = Server::answering(|method, _| match method {
        "getSupervisorVersion" => Ok("4.3.0".into()),
        _ => infos(),
    });
    let unknown = "[ctlplugin:x]\nsupervisor.ctl_factory=nosuch:make\n";
    let output = configured(&server, unknown, &["version"]);
    assert_eq!((text(&output.stdout).as_str(), output.status.code()), ("4.3.0\n", Some(0)));
    let warning = text(&output.stderr);
    assert!(
        warning.starts_with("Warning: nosuch:make cannot be resolved within [ctlplugin:x] (line 4 of "),
        "{warning}"
    );
    assert_eq!(warning.lines().count(), 1, "{warning}");
    let output = configured(&server, unknown, &["xstart"]);
    assert_eq!(
        (text(&output.stdout).as_str(), output.status.code()),
        ("*** Unknown syntax: xstart\n", Some(2))
    );
    let errors = text(&output.stderr);
    assert!(errors.contains("\nError: nosuch:make cannot be resolved within [ctlplugin:x]\n"), "{errors}");
    assert!(errors.contains("= help: Python code cannot be loaded: write `command=`"), "{errors}");
}

#[test]
fn extensions_do_not_get_in_the_way_of_a_shell_without_a_terminal() {
    let server = Server::answering(|_, _| -> Outcome { Ok(Value::Array(vec![])) });
    let output = client(&server.url(), &[], "mstop x\n");
    assert_eq!(text(&output.stdout), "supervisor> No process matched given expression.\nsupervisor> \n");
}
