//! Every address by every method, and what is not quite one of them: statuses, types, where actions lead.

use supervisor_compat::{Address, HttpAnswer, Part, World, compare};

const PROGRAMS: &str = "
[program:run]
command=/bin/sh -c 'echo out; echo err >&2; exec cat'
startsecs=0
stdout_logfile=%(here)s/run.log
stderr_logfile=%(here)s/run.err
[program:both]
command=/bin/cat
startsecs=0
redirect_stderr=true
[program:none]
command=/bin/cat
startsecs=0
stdout_logfile=NONE
stderr_logfile=NONE
[program:many]
command=/bin/cat
process_name=%(process_num)d_of_%(program_name)s
numprocs=2
startsecs=0
[program:unfit]
command=/etc/passwd
autostart=false
[program:end]
command=/bin/true
autostart=false
startretries=0
";

fn start(world: &mut World) {
    world.start(PROGRAMS);
    for name in ["run", "both", "none", "many:1_of_many"] {
        world.await_running(name);
    }
    let _ = world.await_text("run.log", "out");
    let _ = world.await_text("run.err", "err");
}

fn head(answer: &HttpAnswer) -> String {
    let headers = ["content-type", "transfer-encoding", "x-accel-buffering", "www-authenticate"];
    format!("{} {}", answer.status, headers.map(|name| answer.header(name)).join(" | "))
}

#[test]
fn every_address_answers_every_method_alike() {
    compare(|world| {
        start(world);
        for path in ["/logtail/run", "/mainlogtail", "/RPC2", "/images/icon.png", "/ok.html", "/", "/nope"] {
            for method in ["POST", "PUT", "DELETE", "OPTIONS", "BREW", "get"] {
                // What these do with a body is told elsewhere.
                if method == "POST" && path == "/RPC2" {
                    continue;
                }
                let body: &[u8] = if matches!(method, "POST" | "PUT") { b"x=y" } else { b"" };
                let request = format!("{method} {path}");
                let answer = world.http(&request, &[], body);
                world.note(&request, format!("{} {}", answer.status, answer.header("content-type")));
            }
        }
        for path in ["/logtail/run", "/mainlogtail", "/RPC2", "/images/icon.png", "/nope"] {
            let status = world.http_head(&format!("HEAD {path}"));
            world.note(&format!("HEAD {path}"), status.to_string());
        }
    });
}

#[test]
fn spellings_of_addresses_lead_to_the_same_place() {
    compare(|world| {
        start(world);
        for path in [
            "/index%2ehtml",
            "/%69ndex.html",
            "/tail%2Ehtml?processname=run",
            "/ok.html?",
            "/ok.html#x",
            "/favicon.ico",
            "/images/../index.html",
            "/images/%2e%2e/index.html",
            "/images/..%2findex.html",
            "/images/nope.gif",
            "/RPC2",
            "/RPC2/x",
            "/RPC2foo",
        ] {
            world.note(path, head(&world.http(&format!("GET {path}"), &[], b"")));
        }
        for path in ["/images", "/stylesheets"] {
            let status = world.http(&format!("GET {path}"), &[], b"").status.to_string();
            world.differs("assets-have-tags", Part::Daemon, status, ["301", "404"]);
        }
        for name in ["rule.gif", "supervisor.gif", "state0.gif", "state1.gif", "state2.gif", "state3.gif"] {
            let request = format!("GET /images/{name}");
            world.note(name, head(&world.http(&request, &[], b"")));
        }
    });
}

#[test]
fn logs_are_found_by_their_names_and_channels() {
    compare(|world| {
        start(world);
        for path in [
            "run",
            "run/stdout",
            "run/stderr",
            "run:run",
            "run%3Arun",
            "run%3Arun%2Fstderr",
            "many:0_of_many",
            "both/stderr",
            "both",
            "none",
            "none/stderr",
            "end",
            "many",
            "many:*",
            "run/",
            "run/x",
            "run/stdout/x",
            "",
        ] {
            let stream = world.http_stream(&format!("GET /logtail/{path}"));
            world.note(path, head(stream.answer()));
        }
        for path in ["/logtailfoo/run", "/mainlogtailfoo", "/mainlogtail/x"] {
            world.note(path, head(world.http_stream(&format!("GET {path}")).answer()));
        }
        let mut stream = world.http_stream("GET /logtail/run/stderr");
        stream.await_text("err\n");
        world.note("stderr", stream.answer().text());
    });
}

#[test]
fn a_log_stream_outlives_the_process_and_its_group() {
    compare(|world| {
        start(world);
        let mut stream = world.http_stream("GET /logtail/run");
        stream.await_text("out\n");
        world.note_ctl(&["stop", "run"]);
        world.note_ctl(&["start", "run"]);
        stream.await_text("out\nout\n");
        world.note_ctl(&["stop", "run"]);
        world.note_ctl(&["remove", "run"]);
        world.write("run.log", "out\nout\nby hand\n");
        stream.await_text("by hand\n");
        let gone = world.http_stream("GET /logtail/run").answer().status;
        world.note("gone", gone.to_string());
    });
}

/// Where an action leads: what stands behind the question mark.
fn message(answer: &HttpAnswer) -> String {
    let location = answer.header("location");
    let query = location.split_once('?').map_or("none", |(_, query)| query);
    // Some end with the time.
    query.split("%20at%20").next().unwrap_or_default().to_owned()
}

#[test]
fn actions_answer_in_the_same_words() {
    compare(|world| {
        start(world);
        for query in [
            "processname=unfit&action=start",
            "processname=end&action=start",
            "processname=none&action=clearlog",
            "processname=both&action=clearlog",
            "processname=run:run&action=stop",
            "processname=run&action=stop",
            "processname=run&action=%73tart",
            "processname=run&action=restart",
            "processname=many&action=stop",
            "processname=many:&action=restart",
            "processname=many:*&action=clearlog",
            "processname=x:y:z&action=start",
            "processname=%20run&action=start",
            "processname=&action=refresh",
            "action=refresh&message=x",
            "action=refresh&processname=nosuch",
            "action=stopall&processname=nosuch",
            "processname=%C3%BC%FF&action=start",
        ] {
            let answer = world.http(&format!("GET /index.html?{query}"), &[], b"");
            world.note(query, message(&answer));
        }
        world.note_ctl(&["status"]);
    });
}

#[test]
fn logs_that_are_not_there_are_told_of_in_the_page() {
    compare(|world| {
        start(world);
        for query in [
            "processname=none",
            "processname=nosuch:x",
            "processname=both&limit=99999999",
            "processname=%3Ci%3E",
        ] {
            let page = world.http(&format!("GET /tail.html?{query}"), &[], b"");
            let text = page.text();
            let log = text.split("<pre>").nth(1).and_then(|rest| rest.split("</pre>").next());
            let log = log.unwrap_or("none").trim().replace("&gt;", ">");
            world.note(query, format!("{} {log}", page.status));
        }
        let posted = world.http("POST /tail.html", &[], b"processname=run").text();
        world.note("by a form", posted.contains("Supervisor tail of process run").to_string());
    });
}

#[test]
fn logins_are_read_alike() {
    compare(|world| {
        let port = world.free_port();
        world.start(&format!("[inet_http_server]\nport=127.0.0.1:{port}\nusername=me\npassword=se:cret\n"));
        let server = Address::Tcp(port);
        for (what, header) in [
            ("good", "Basic bWU6c2U6Y3JldA=="),
            ("blanks", "Basic   bWU6c2U6Y3JldA=="),
            ("capitals", "BASIC bWU6c2U6Y3JldA=="),
            ("another case of the name", "Basic TUU6c2U6Y3JldA=="),
            ("no password", "Basic bWU6"),
            ("another scheme", "Bearer x"),
            ("a scheme alone", "Basic"),
        ] {
            let answer = world.http_at(&server, "GET /ok.html", &[("Authorization", header)], b"");
            world.note(what, head(&answer));
        }
        for header in ["Basic bWU=", "Basic "] {
            let answer = world.http_at(&server, "GET /ok.html", &[("Authorization", header)], b"");
            world.differs(
                "malformed-requests-are-answered",
                Part::Daemon,
                answer.status.to_string(),
                ["500", "401"],
            );
        }
    });
}

#[test]
fn requests_are_in_the_log_at_trace() {
    compare(|world| {
        world.configure("");
        world.launch(&["-e", "trace"]);
        world.await_file("s.sock");
        let _ = world.http("GET /ok.html?x=1", &[], b"");
        world.await_log("GET /ok.html?x=1");
        let lines = world.main_log();
        let line =
            lines.iter().find(|line| line.message.contains("GET /ok.html?x=1")).expect("it was awaited");
        let message = &line.message;
        let (peer, rest) = message.split_once('[').expect("a time");
        let request = rest.split_once("] ").expect("a request").1;
        // The answers have different lengths.
        let request = request.rsplit_once(' ').expect("a length").0;
        world.note("line", format!("{} {peer} {request}", line.level));
    });
}
