//! The XML-RPC interface.

use supervisor_compat::{Part, Value, compare};

const SOME: &str = "
[program:cat]
command=/bin/cat
startsecs=0
stdout_logfile=%(here)s/cat.log
[program:idle]
command=/bin/cat
autostart=false
startsecs=0
[program:lost]
command=/no/such/program
autostart=false
[program:many]
command=/bin/cat
process_name=%(program_name)s_%(process_num)d
numprocs=2
startsecs=0
";

#[test]
fn the_methods_and_their_signatures_are_listed() {
    compare(|world| {
        world.start("");
        let methods = world.rpc("system.listMethods", &[]).expect("the list is there");
        world.note("methods", methods.to_string());
        for method in methods.elements() {
            let signature = world.rpc("system.methodSignature", std::slice::from_ref(method));
            world.note(method.text(), format!("{signature:?}"));
        }
        for method in ["nosuch", "supervisor.nosuch", "supervisor"] {
            let signature = world.rpc("system.methodSignature", &[method.into()]);
            let help = world.rpc("system.methodHelp", &[method.into()]);
            world.note(method, format!("{signature:?}\n{help:?}"));
        }
    });
}

#[test]
fn calls_that_make_no_sense_are_faults() {
    compare(|world| {
        world.start(SOME);
        for method in
            ["nosuch", "supervisor.nosuch", "supervisor._update", "a.b.c", "supervisor.supervisord.options"]
        {
            let answer = world.rpc(method, &[]).map_err(|fault| fault.to_string());
            world.note(method, format!("{answer:?}"));
        }
        world.note_rpc("getProcessInfo", &[]);
        world.note_rpc("getState", &[1.into()]);
        world.note_rpc("startProcess", &["cat".into(), true.into(), true.into()]);
        world.note_rpc("getProcessInfo", &["nosuch".into()]);
        world.note_rpc("getProcessInfo", &["many".into()]);
        world.note_rpc("getProcessInfo", &["many:*".into()]);
        world.note_rpc("getProcessInfo", &["".into()]);
    });
}

#[test]
fn the_daemon_tells_about_itself() {
    compare(|world| {
        world.start("[supervisord]\nidentifier=me & <you>\n");
        for method in ["getAPIVersion", "getVersion", "getSupervisorVersion", "getIdentification", "getState"]
        {
            world.note_rpc(method, &[]);
        }
    });
}

#[test]
fn every_process_is_described() {
    compare(|world| {
        world.start(SOME);
        world.await_running("cat");
        world.await_running("many:many_1");
        world.note_rpc("getAllProcessInfo", &[]);
        world.note_rpc("getProcessInfo", &["many:many_0".into()]);
    });
}

#[test]
fn starting_answers_with_faults_in_a_fixed_order() {
    compare(|world| {
        world.start(SOME);
        world.await_running("cat");
        for name in ["nosuch", "many", "many:nosuch", "nogroup:*", "lost", "cat", "idle", "idle"] {
            world.note_rpc("startProcess", &[name.into()]);
        }
        world.note_rpc("startProcess", &["many:*".into()]);
        world.note_rpc("startProcessGroup", &["many".into()]);
        world.note_rpc("startProcessGroup", &["nosuch".into()]);
        world.note_rpc("startProcess", &["cat".into(), false.into()]);
    });
}

#[test]
fn stopping_answers_for_one_for_a_group_and_for_all() {
    compare(|world| {
        world.start(SOME);
        world.await_running("cat");
        world.await_running("many:many_1");
        world.note_rpc("stopProcess", &["cat".into()]);
        world.note_rpc("stopProcess", &["cat".into()]);
        world.note_rpc("stopProcess", &["nosuch".into()]);
        world.note_rpc("stopProcess", &["idle".into(), false.into()]);
        let answer = world.rpc("supervisor.stopProcess", &["many:*".into()]).expect("the group is there");
        world.note("stopped", sorted(&answer));
        world.note_rpc("stopProcessGroup", &["many".into()]);
        world.note_rpc("stopProcessGroup", &["nosuch".into()]);
        let answer = world.rpc("supervisor.startAllProcesses", &[]).expect("it answers");
        world.note("started", sorted(&answer));
        let answer = world.rpc("supervisor.stopAllProcesses", &[]).expect("it answers");
        world.note("stopped", sorted(&answer));
    });
}

/// Results of a batch come as processes finish.
fn sorted(answer: &Value) -> String {
    let mut lines: Vec<_> = answer.elements().iter().map(ToString::to_string).collect();
    lines.sort_unstable();
    lines.join("\n")
}

#[test]
fn signals_are_checked_and_sent() {
    compare(|world| {
        world.start(SOME);
        world.await_running("cat");
        world.await_running("many:many_1");
        for signal in ["CONT", "sigcont", " CONT ", "18", "NOPE", "999", ""] {
            world.note_rpc("signalProcess", &["cat".into(), signal.into()]);
        }
        world.note_rpc("signalProcess", &["cat".into(), 18.into()]);
        world.note_rpc("signalProcess", &["idle".into(), "CONT".into()]);
        world.note_rpc("signalProcess", &["nosuch".into(), "NOPE".into()]);
        world.note_rpc("signalProcessGroup", &["many".into(), "CONT".into()]);
        world.note_rpc("signalProcessGroup", &["nosuch".into(), "CONT".into()]);
        world.note_rpc("signalAllProcesses", &["NOPE".into()]);
        world.note_rpc("signalAllProcesses", &["CONT".into()]);
    });
}

#[test]
fn logs_are_read_by_offset_and_length() {
    compare(|world| {
        world.write("cat.log", "abcdefghij");
        world.start(SOME);
        world.await_running("cat");
        for (offset, length) in
            [(0, 0), (0, 3), (3, 0), (5, 100), (100, 0), (-3, 0), (-100, 0), (-3, 2), (0, -1), (10, 5)]
        {
            world.note_rpc("readProcessStdoutLog", &["cat".into(), offset.into(), length.into()]);
        }
        for (offset, length) in
            [(0, 3), (0, 10), (8, 10), (9, 5), (10, 5), (-3, 2), (0, 0), (100, 3), (0, -1)]
        {
            world.note_rpc("tailProcessStdoutLog", &["cat".into(), offset.into(), length.into()]);
        }
        world.note_rpc("readProcessLog", &["cat".into(), 0.into(), 0.into()]);
        world.note_rpc("tailProcessLog", &["cat".into(), 0.into(), 4.into()]);
        world.note_rpc("readProcessStderrLog", &["cat".into(), 0.into(), 0.into()]);
        world.note_rpc("readProcessStdoutLog", &["nosuch".into(), 0.into(), 0.into()]);
        world.note_rpc("tailProcessStderrLog", &["nosuch".into(), 0.into(), 0.into()]);
        std::fs::remove_file(world.path("cat.log")).expect("the log is there");
        world.note_rpc("readProcessStdoutLog", &["cat".into(), 0.into(), 0.into()]);
        world.note_rpc("tailProcessStdoutLog", &["cat".into(), 0.into(), 5.into()]);
    });
}

#[test]
fn groups_are_added_and_removed() {
    compare(|world| {
        world.start(SOME);
        world.await_running("cat");
        world.await_running("many:many_1");
        world.configure(&SOME.replace("program:idle", "program:fresh"));
        world.note_rpc("addProcessGroup", &["fresh".into()]);
        world.note_rpc("reloadConfig", &[]);
        world.note_rpc("addProcessGroup", &["fresh".into()]);
        world.note_rpc("addProcessGroup", &["fresh".into()]);
        world.note_rpc("addProcessGroup", &["nosuch".into()]);
        world.note_rpc("removeProcessGroup", &["cat".into()]);
        world.note_rpc("removeProcessGroup", &["idle".into()]);
        world.note_rpc("removeProcessGroup", &["idle".into()]);
        world.note_rpc("removeProcessGroup", &["many:many_0".into()]);
        world.note_ctl(&["status"]);
    });
}

#[test]
fn several_calls_travel_in_one() {
    compare(|world| {
        world.start(SOME);
        world.await_running("cat");
        let call = |method: &str, params: Vec<Value>| {
            Value::from([("methodName", Value::from(method)), ("params", Value::from(params))])
        };
        let calls = vec![
            call("supervisor.getAPIVersion", vec![]),
            call("supervisor.stopProcess", vec!["cat".into()]),
            call("supervisor.stopProcess", vec!["cat".into()]),
            call("supervisor.startProcess", vec!["cat".into()]),
            call("nosuch.method", vec![]),
            call("supervisor.getState", vec![1.into()]),
            call("system.multicall", vec![Value::from(Vec::new())]),
            Value::from([("params", Value::from(Vec::new()))]),
            Value::from([("methodName", Value::from("supervisor.getVersion"))]),
        ];
        let answer = world.rpc("system.multicall", &[calls.into()]);
        world.note("multicall", answer.map_or_else(|fault| fault.to_string(), |value| value.to_string()));
        let answer = world.rpc("system.multicall", &[Value::from(Vec::new())]);
        world.note("nothing", answer.map_or_else(|fault| fault.to_string(), |value| value.to_string()));
    });
}

#[test]
fn answers_are_written_as_the_reference_writes_them() {
    compare(|world| {
        world.start(SOME);
        world.await_running("cat");
        for body in [
            "<?xml version='1.0'?><methodCall><methodName>supervisor.getState</methodName></methodCall>",
            "<?xml version='1.0'?>\n<methodCall>\n<methodName>supervisor.getProcessInfo</methodName>\n<params>\n<param>\n\
                <value>nosuch &lt;&amp;&gt; \u{e9}</value>\n</param>\n</params>\n</methodCall>\n",
            "<methodCall><methodName>supervisor.reloadConfig</methodName><params/></methodCall>",
        ] {
            let answer = world.http("POST /RPC2", &[("Content-Type", "text/plain")], body.as_bytes());
            let head = format!("{} {}", answer.status, answer.header("content-type"));
            world.note("raw", format!("{head}\n{}", answer.text()));
        }
    });
}

#[test]
fn requests_that_are_no_calls_are_refused() {
    compare(|world| {
        world.start("");
        world.await_file("s.sock");
        for body in [
            "not xml",
            "<methodCall></methodCall>",
            "<methodCall><methodName></methodName></methodCall>",
            "<methodCall><methodName>supervisor.getState</methodName><params><param><value><int>x</int></value></param>\
                </params></methodCall>",
        ] {
            let answer = world.http("POST /RPC2", &[], body.as_bytes());
            world.note(body, format!("{} {}", answer.status, answer.header("content-type")));
        }
        let answer = world.http("GET /RPC2", &[], b"");
        world.note("GET", answer.status.to_string());
        let answer = world.http("POST /RPC2", &[], b"");
        world.note("no length", answer.status.to_string());
        let answer = world.http("POST /elsewhere", &[], b"x");
        world.note("elsewhere", answer.status.to_string());
    });
}

#[test]
fn without_the_interface_only_system_methods_exist() {
    compare(|world| {
        world.configure_without_control(
            "[unix_http_server]\nfile=%(here)s/s.sock\n[supervisorctl]\nserverurl=unix://%(here)s/s.sock\n",
        );
        world.launch(&[] as &[&str]);
        world.await_file("s.sock");
        let methods = world.rpc("system.listMethods", &[]).expect("the list is there");
        world.note("methods", methods.to_string());
        world.note_rpc("getState", &[]);
        world.note_ctl(&["status"]);
        world.note_ctl(&["start", "x"]);
    });
}

#[test]
fn starting_what_is_stopping_is_a_clear_answer() {
    compare(|world| {
        let script = world.script("stubborn", "trap '' TERM; touch ready; while :; do sleep 0.05; done");
        let options = "directory=%(here)s\nstopwaitsecs=2\nstartsecs=0\n";
        world.start(&format!("[program:stubborn]\ncommand={}\n{options}", script.display()));
        world.await_file("ready");
        world.await_running("stubborn");
        world.note_rpc("stopProcess", &["stubborn".into(), false.into()]);
        world.await_state("stubborn", "STOPPING");
        world.note_rpc("stopProcess", &["stubborn".into()]);
        let answer = world.rpc("supervisor.startProcess", &["stubborn".into()]);
        let answer = answer.map_or_else(|fault| fault.to_string(), |value| value.to_string());
        let reference = "fault 40 ABNORMAL_TERMINATION: stubborn";
        world.differs("start-while-stopping", Part::Daemon, answer, [reference, "true"]);
    });
}

#[test]
fn remote_events_are_accepted_in_any_state() {
    compare(|world| {
        world.start("");
        world.note_rpc("sendRemoteCommEvent", &["kind".into(), "data".into()]);
        world.note_rpc("sendRemoteCommEvent", &[1.into(), 2.into()]);
    });
}
