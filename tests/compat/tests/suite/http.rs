//! HTTP servers: authentication, pages, log streams.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};

use supervisor_compat::{Address, HttpAnswer, World, compare};

const TALK: &str = "
[program:talk]
command=/bin/sh -c 'echo hello; while read line; do echo \"got $line\"; done'
startsecs=0
stdout_logfile=%(here)s/out.log
stderr_logfile=NONE
[program:idle]
command=/bin/cat
autostart=false
startsecs=0
[program:lost]
command=/no/such/program
autostart=false
";

fn head(answer: &HttpAnswer) -> String {
    format!("{} {}", answer.status, answer.header("content-type"))
}

#[test]
fn every_url_of_a_server_with_a_password_wants_it() {
    compare(|world| {
        let port = world.free_port();
        let inet = format!("[inet_http_server]\nport=127.0.0.1:{port}\nusername=me\npassword=se:cret\n");
        world.start(&format!("{inet}{TALK}"));
        let server = Address::Tcp(port);
        let good = ("Authorization", "Basic bWU6c2U6Y3JldA==");
        let bad = ("Authorization", "Basic bWU6d3Jvbmc=");
        let lower = ("authorization", "basic bWU6c2U6Y3JldA==");
        let other = ("Authorization", "Digest x");
        for path in ["/ok.html", "/", "/nosuch", "/logtail/talk", "/stylesheets/supervisor.css"] {
            let answer = world.http_at(&server, &format!("GET {path}"), &[], b"");
            let realm = answer.header("www-authenticate").to_owned();
            world.note(path, format!("{} {realm}", head(&answer)));
        }
        for header in [good, bad, lower, other] {
            let answer = world.http_at(&server, "GET /ok.html", &[header], b"");
            world.note(header.1, head(&answer));
        }
        let open = world.http("GET /ok.html", &[bad], b"");
        world.note("the other server is open", format!("{} {}", head(&open), open.text()));
        world.note_main_log(&["authentication", "interface"]);
    });
}

#[test]
fn a_password_may_be_kept_as_its_sha1() {
    compare(|world| {
        let digest = "{SHA}e5e9fa1ba31ecd1ae84f75caaa474f3a663f05f4";
        world.start(&format!("[unix_http_server]\nusername=me\npassword={digest}\n"));
        for (password, encoded) in [("secret", "bWU6c2VjcmV0"), ("wrong", "bWU6d3Jvbmc=")] {
            let header = format!("Basic {encoded}");
            let answer = world.http("GET /ok.html", &[("Authorization", &header)], b"");
            world.note(password, head(&answer));
        }
        for words in [["-p", "secret"], ["-p", "wrong"]] {
            let finished = world.ctl(&["-u", "me", words[0], words[1], "version"]);
            let first = finished.stdout.lines().next().unwrap_or_default().to_owned();
            world.note(words[1], format!("{first} {}", finished.ending));
        }
    });
}

#[test]
fn the_unix_socket_has_the_mode_and_owner_that_were_asked_for() {
    compare(|world| {
        world.start("[unix_http_server]\nchmod=0770\nchown=nobody:nogroup\n");
        world.await_file("s.sock");
        world.note("mode", world.mode("s.sock"));
        let metadata = std::fs::metadata(world.path("s.sock")).expect("the socket is there");
        let owner = std::os::unix::fs::MetadataExt::uid(&metadata);
        let group = std::os::unix::fs::MetadataExt::gid(&metadata);
        world.note("owner", format!("{owner} {group}"));
        world.note("nothing else", world.names(|name| name.starts_with("s.sock")).join(" "));
    });
}

#[test]
fn paths_answer_with_their_types_and_unknown_ones_with_404() {
    compare(|world| {
        world.start(TALK);
        world.await_running("talk");
        for request in [
            "GET /ok.html",
            "GET /index.html",
            "GET /tail.html?processname=talk",
            "GET /tail.html?processname=nosuch",
            "GET /tail.html",
            "GET /stylesheets/supervisor.css",
            "GET /images/icon.png",
            "GET /nosuch",
            "GET /logtail/nosuch",
            "GET /logtail/talk/stderr",
            "GET /logtail/talk/nosuch",
            "GET /../../etc/passwd",
        ] {
            let answer = world.http(request, &[], b"");
            world.note(request, head(&answer));
        }
        let answer = world.http("GET /ok.html", &[], b"");
        world.note("health", format!("{:?}", answer.text()));
    });
}

/// The visible facts of the status page: state cells, links and captions in their order.
fn facts_of(page: &str) -> String {
    let mut facts = String::new();
    for part in page.split('<') {
        let text = part.split_once('>').map_or("", |(_, text)| text).trim();
        if part.starts_with("span class=\"status") || part.starts_with("title") {
            let _ = writeln!(facts, "{text} ({})", part.split('"').nth(1).unwrap_or_default());
        } else if let Some(link) = part.strip_prefix("a href=\"")
            && (link.contains("action=") || link.contains("tail"))
        {
            let _ = writeln!(facts, "{text} -> {}", link.split('"').next().unwrap_or_default());
        }
    }
    facts
}

#[test]
fn the_status_page_shows_every_process_and_what_can_be_done() {
    compare(|world| {
        world.start(TALK);
        world.await_running("talk");
        let answer = world.http("GET /", &[], b"");
        world.note("facts", facts_of(&answer.text()));
        let message = world.http("GET /?message=%3Cb%3Ehello%20you", &[], b"");
        let shown = message
            .text()
            .lines()
            .find(|line| line.contains("status_msg"))
            .map(str::trim)
            .unwrap_or_default()
            .replace("&gt;", ">");
        world.note("message", shown);
        for id in ["wrapper", "header", "buttons", "footer"] {
            world.note(id, answer.text().contains(&format!("id=\"{id}\"")).to_string());
        }
    });
}

/// Where an action of the page leads: the message it comes back with.
fn message_of(world: &World, query: &str) -> String {
    let answer = world.http(&format!("GET /index.html?{query}"), &[], b"");
    let location = answer.header("location").to_owned();
    let message = location.split("message=").nth(1).unwrap_or("none").replace("%20", " ").replace("%3A", ":");
    let redirected = (300..400).contains(&answer.status);
    // Actions on everything end with the time.
    format!("{redirected} {}", message.split(" at ").next().unwrap_or_default())
}

#[test]
fn actions_of_the_page_redirect_to_their_message() {
    compare(|world| {
        world.start(TALK);
        world.await_running("talk");
        for query in [
            "processname=idle&action=start",
            "processname=idle&action=start",
            "processname=idle&action=stop",
            "processname=idle&action=stop",
            "processname=lost&action=start",
            "processname=talk&action=restart",
            "processname=talk&action=clearlog",
            "processname=nosuch&action=start",
            "action=refresh",
            "action=stopall",
            "action=restartall",
        ] {
            world.note(query, message_of(world, query));
        }
        world.note_ctl(&["status"]);
    });
}

#[test]
fn the_tail_page_shows_the_log() {
    compare(|world| {
        world.start(&TALK.replace("echo hello", "echo \"<hello>\""));
        let _ = world.await_text("out.log", "hello");
        world.await_running("talk");
        let answer = world.http("GET /tail.html?processname=talk&limit=2000", &[], b"").text();
        let log = answer.split("<pre>").nth(1).and_then(|rest| rest.split("</pre>").next()).unwrap_or("none");
        world.note("log", log.trim().replace("&gt;", ">"));
        world.note("title", answer.contains("Supervisor tail of process talk").to_string());
    });
}

#[test]
fn a_log_stream_begins_with_the_last_kilobyte_and_goes_on() {
    compare(|world| {
        world.write("out.log", "x".repeat(3000));
        world.start(TALK);
        let _ = world.await_text("out.log", "hello\n");
        let mut stream = world.http_stream("GET /logtail/talk");
        stream.await_text("hello\n");
        let length = stream.answer().body.len();
        let buffering = stream.answer().header("x-accel-buffering").to_owned();
        let coding = stream.answer().header("transfer-encoding").to_owned();
        world.note("beginning", format!("{} {length} {buffering} {coding}", head(stream.answer())));
        world
            .rpc("supervisor.sendProcessStdin", &["talk".into(), "more\n".into()])
            .expect("the process runs");
        stream.await_text("got more\n");
        world.note("addition", (stream.answer().body.len() - length).to_string());
        let main = world.http_stream("GET /mainlogtail");
        world.note("main log", head(main.answer()));
    });
}

#[test]
fn a_log_stream_follows_a_cleared_log() {
    compare(|world| {
        world.start(TALK);
        let _ = world.await_text("out.log", "hello\n");
        let mut stream = world.http_stream("GET /logtail/talk/stdout");
        stream.await_text("hello\n");
        world.note_rpc("clearProcessLogs", &["talk".into()]);
        world
            .rpc("supervisor.sendProcessStdin", &["talk".into(), "more\n".into()])
            .expect("the process runs");
        stream.await_text("got more\n");
        world.note("stream", stream.answer().text());
    });
}

#[test]
fn children_are_told_where_the_server_is() {
    compare(|world| {
        let port = world.free_port();
        let probe = world.probe();
        let program = format!("[program:probe]\ncommand={probe} %(here)s/facts\nstartsecs=0\n");
        world.configure_without_control(&format!("[inet_http_server]\nport=*:{port}\n{program}"));
        world.launch(&[] as &[&str]);
        let found = world.await_probe("facts").variable("SUPERVISOR_SERVER_URL").unwrap_or("none").to_owned();
        world.note("inet", found);
        world.stop();
        std::fs::remove_file(world.path("facts")).expect("it was written");
        world.start(&format!("[inet_http_server]\nport=*:{port}\n{program}"));
        let found = world.await_probe("facts").variable("SUPERVISOR_SERVER_URL").unwrap_or("none").to_owned();
        world.note("unix", found);
    });
}

#[test]
fn who_follows_a_log_and_has_nothing_more_to_say_gets_what_is_there() {
    compare(|world| {
        world.start(
            "[program:talk]\ncommand=/bin/sh -c 'echo one; echo two; exec cat'\nstartsecs=0\nstdout_logfile=%(here)s/out\n",
        );
        let _ = world.await_text("out", "two\n");
        let mut client = std::os::unix::net::UnixStream::connect(world.path("s.sock")).expect("it listens");
        client.write_all(b"GET /logtail/talk HTTP/1.1\r\nHost: x\r\n\r\n").expect("it reads");
        client.shutdown(std::net::Shutdown::Write).expect("it is open");
        let mut answer = String::new();
        // The end comes by itself: whoever is gone does not keep his place.
        client.read_to_string(&mut answer).expect("it is text");
        let body =
            answer.split_once("\r\n\r\n").map_or("", |(_, body)| body).trim_end_matches(['0', '\r', '\n']);
        world.note("text", body);
    });
}
