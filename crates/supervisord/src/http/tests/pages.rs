//! Pages: who may see and do what, what is sent again, what comes by itself.

use supervisor_core::command::{Changes, Command, Reply, Target};
use supervisor_core::spec::{GroupKind, GroupSpec, ProcessSpec};
use supervisor_core::state::{ProcessState, SupervisorState};

use super::client::{Answer, Client, call};
use super::stage::Stage;

/// `guest:look`.
const GUEST: &str = "Authorization: Basic Z3Vlc3Q6bG9vaw==\r\n";
/// `user:pa:ss`.
const USER: &str = "Authorization: Basic dXNlcjpwYTpzcw==\r\n";

/// A request with further headers.
fn ask(client: &mut Client, line: &str, headers: &str, body: &str) -> Answer {
    let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    client.send(format!("{line} HTTP/1.1\r\nHost: here\r\n{headers}{length}\r\n{body}"));
    client.answer()
}

fn location(answer: &Answer) -> &str {
    answer.header("location").unwrap_or("nowhere")
}

#[test]
fn a_page_brings_a_policy_and_is_not_kept() {
    let stage = Stage::new().with_process("text");
    let answer = stage.client().get("/");
    assert_eq!(answer.status, "HTTP/1.1 200 OK");
    assert!(
        answer
            .header("content-security-policy")
            .unwrap()
            .starts_with("default-src 'none'; script-src 'self'")
    );
    assert_eq!(answer.header("x-frame-options"), Some("DENY"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(answer.header("cache-control"), Some("no-cache"));
    assert!(!answer.body.contains("style="), "the policy forbids styles in elements");
}

#[test]
fn what_others_write_is_text() {
    let stage = Stage::new().with_process("<script>alert(1)</script>");
    stage.change_view(|view| {
        let mut process = supervisor_process(view);
        process.name = String::from("<b>\"'&");
        view.processes = [std::sync::Arc::new(process)].into();
    });
    let mut client = stage.client();
    for page in [
        "/?message=%3Cscript%3E",
        "/tail.html?processname=web:%3Cb%3E%22'%26",
        "/process.html?processname=%3Cb%3E",
    ] {
        let body = client.get(page).body;
        assert!(
            !body.contains("<script>") && !body.contains("<b>\"") && !body.contains("<b>&quot;"),
            "{body}"
        );
    }
}

fn supervisor_process(view: &crate::view::View) -> crate::view::ProcessView {
    crate::view::ProcessView::clone(&view.processes[0])
}

#[test]
fn another_sites_page_can_do_nothing() {
    let stage = Stage::new().with_process("");
    let mut client = stage.client();
    let stop = "GET /?action=stop&processname=web:cat";
    for headers in [
        "Sec-Fetch-Site: cross-site\r\n",
        "Sec-Fetch-Site: same-site\r\n",
        "Origin: http://evil.example\r\n",
        "Origin: null\r\n",
        "Referer: http://evil.example/page\r\n",
    ] {
        assert_eq!(ask(&mut client, stop, headers, "").status, "HTTP/1.1 403 Forbidden", "{headers}");
    }
    assert!(stage.state.lock().unwrap().commands.is_empty());
    for headers in
        ["", "Sec-Fetch-Site: same-origin\r\n", "Sec-Fetch-Site: none\r\n", "Referer: http://here/\r\n"]
    {
        let answer = ask(&mut client, stop, headers, "");
        assert_eq!(location(&answer), "./?message=Process%20web%3Acat%20stopped", "{headers}");
    }
    let page = ask(&mut client, "GET /", "Sec-Fetch-Site: cross-site\r\n", "");
    assert_eq!(page.status, "HTTP/1.1 200 OK", "a link from elsewhere may lead here");
}

#[test]
fn who_may_only_look_sees_everything_and_changes_nothing() {
    let stage = Stage::new().with_process("text");
    let mut client = stage.inet_client();
    let page = ask(&mut client, "GET /", GUEST, "");
    assert!(page.body.contains("read only") && !page.body.contains("action=stop"), "{}", page.body);
    assert!(ask(&mut client, "GET /", USER, "").body.contains("action=stop"));
    for (line, body) in [
        ("GET /?action=stop&processname=web:cat", ""),
        ("POST /", "action=stopall"),
        ("POST /configuration.html", "action=update"),
        ("POST /process.html", "action=signal&signal=HUP&processname=web:cat"),
    ] {
        assert_eq!(ask(&mut client, line, GUEST, body).status, "HTTP/1.1 403 Forbidden", "{line}");
    }
    let rpc = |client: &mut Client, method: &str, params: &[&str]| {
        ask(client, "POST /RPC2", GUEST, &call(method, params)).body
    };
    assert!(rpc(&mut client, "supervisor.getAllProcessInfo", &[]).contains("cat"));
    let refused = rpc(&mut client, "supervisor.stopAllProcesses", &[]);
    assert!(refused.contains("FAILED: this user may look at everything and change nothing"), "{refused}");
    let calls = "<array><data><value><struct><member><name>methodName</name><value>supervisor.shutdown</value>\
        </member></struct></value></data></array>";
    assert!(rpc(&mut client, "system.multicall", &[calls]).contains("change nothing"));
    assert!(stage.state.lock().unwrap().commands.is_empty());
}

#[test]
fn many_are_acted_on_at_the_same_time_and_counted() {
    let stage = Stage::new().with_process("");
    let mut client = stage.client();
    let body = "action=signal&signal=HUP&selected=web%3Acat&selected=nosuch";
    let answer = ask(&mut client, "POST /index.html", "Accept: application/json\r\n", body);
    assert_eq!(
        answer.body,
        r#"{"failed":true,"message":"1 process signalled; No such process named nosuch"}"#
    );
    let signal = Command::Signal { target: Target::Named("web:cat".into()), signal: "HUP".into() };
    assert_eq!(stage.state.lock().unwrap().commands, [signal]);
    let by_link = ask(&mut client, "GET /?action=signal&signal=KILL&processname=web:cat", "", "");
    assert_eq!(by_link.status, "HTTP/1.1 400 Bad Request", "what is ours needs a form");
}

#[test]
fn an_update_does_what_the_changes_say() {
    let stage = Stage::new().with_process("");
    let changes = Changes { added: vec!["new".into()], changed: vec![], removed: vec!["old".into()] };
    stage.state.lock().unwrap().reply = Some(Reply::Changes(changes));
    let answer = ask(&mut stage.client(), "POST /configuration.html", "", "action=update");
    assert_eq!(location(&answer), "configuration.html?message=old%20removed%2C%20new%20added");
    let commands = stage.state.lock().unwrap().commands.clone();
    assert!(commands.contains(&Command::AddGroup("new".into())));
    assert!(commands.contains(&Command::RemoveGroup("old".into())));
    assert!(!commands.contains(&Command::AddGroup("old".into())));
}

#[test]
fn options_are_shown_without_secrets() {
    let stage = Stage::new().with_process("");
    stage.change_view(|view| {
        let process = ProcessSpec {
            environment: vec![("API_TOKEN".into(), "geheim".into())],
            ..ProcessSpec::new("cat", "cat --password=geheim")
        };
        let processes = vec![process.into()];
        view.configured =
            [GroupSpec { name: "web".into(), priority: 999, kind: GroupKind::Programs, processes }].into();
    });
    let mut client = stage.client();
    for page in ["/process.html?processname=web:cat", "/configuration.html"] {
        let body = client.get(page).body;
        assert!(body.contains("web") && !body.contains("geheim"), "{body}");
    }
    assert!(client.get("/process.html?processname=web:cat").body.contains("API_TOKEN"));
}

#[test]
fn assets_are_sent_once() {
    let stage = Stage::new();
    let mut client = stage.client();
    let page = client.get("/").body;
    let path = page
        .split("href=\"")
        .find(|link| link.starts_with("stylesheets"))
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let first = client.get(&format!("/{path}"));
    assert_eq!(first.header("cache-control"), Some("public, max-age=31536000, immutable"));
    let tag = first.header("etag").unwrap();
    let again =
        ask(&mut client, "GET /stylesheets/supervisor.css", &format!("If-None-Match: \"x\", {tag}\r\n"), "");
    assert_eq!((again.status.as_str(), again.body.as_str()), ("HTTP/1.1 304 Not Modified", ""));
    assert_eq!(again.header("cache-control"), Some("no-cache"));
}

#[test]
fn what_is_starting_can_be_stopped() {
    let stage = Stage::new().with_process("");
    for (state, expected) in
        [(ProcessState::Starting, true), (ProcessState::Backoff, true), (ProcessState::Stopping, false)]
    {
        stage.change_view(|view| {
            let mut process = supervisor_process(view);
            process.state = state;
            view.processes = [std::sync::Arc::new(process)].into();
        });
        let page = stage.client().get("/").body;
        assert_eq!(page.contains("action=stop\" name=\"Stop\""), expected, "{state:?}");
        assert!(!page.contains("name=\"Start\""));
    }
}

#[test]
fn nothing_is_shown_on_the_way_out() {
    let stage = Stage::new();
    stage.change_view(|view| view.state = SupervisorState::Shutdown);
    assert_eq!(stage.client().get("/").status, "HTTP/1.1 500 Internal Server Error");
}

/// Reads messages until there is one of that event.
fn event(client: &mut Client, event: &str) -> String {
    let mut text = String::new();
    loop {
        let chunk = client.chunk().expect("news have no end");
        text.push_str(std::str::from_utf8(&chunk).unwrap());
        let start = format!("event: {event}\ndata: ");
        if let Some((_, data)) = text.split_once(&start)
            && let Some((data, _)) = data.split_once("\n\n")
        {
            return data.to_owned();
        }
    }
}

fn listen(stage: &Stage, path: &str) -> Client {
    let mut client = stage.client();
    client.send(format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"));
    let head = client.answer_head();
    assert_eq!(head.header("content-type"), Some("text/event-stream"));
    client
}

#[test]
fn news_are_the_differences() {
    let stage = Stage::new().with_process("");
    let mut client = listen(&stage, "/live");
    assert_eq!(event(&mut client, "keys"), r#"{"web:cat":"20.7.1.0.1"}"#);
    stage.change_view(|view| {
        let mut process = supervisor_process(view);
        process.state = ProcessState::Fatal;
        view.processes = [std::sync::Arc::new(process)].into();
    });
    let rows = event(&mut client, "rows");
    assert!(rows.contains("statuserror") && rows.contains(r#""gone":[]"#), "{rows}");
    stage.change_view(|view| view.processes = [].into());
    assert_eq!(event(&mut client, "rows"), r#"{"gone":["web:cat"],"rows":[]}"#);
}

#[test]
fn a_page_of_one_process_hears_of_that_one() {
    let stage = Stage::new().with_process("");
    let mut client = listen(&stage, "/live?processname=web:dog");
    assert_eq!(event(&mut client, "keys"), "{}");
    let add = |name: &str| {
        stage.change_view(|view| {
            let mut process = supervisor_process(view);
            process.name = name.to_owned();
            let mut processes = view.processes.to_vec();
            processes.push(std::sync::Arc::new(process));
            processes.sort_by(|a, b| a.name.cmp(&b.name));
            view.processes = processes.into();
        });
    };
    add("cow");
    add("dog");
    let rows = event(&mut client, "rows");
    assert!(rows.contains("web:dog") && !rows.contains("web:cow"), "{rows}");
}

#[test]
fn a_page_that_never_reads_holds_up_nobody() {
    let stage = Stage::new().with_process("");
    let mut deaf = stage.client();
    deaf.send("GET /live HTTP/1.1\r\nHost: x\r\n\r\n");
    let mut client = listen(&stage, "/live");
    event(&mut client, "keys");
    for pid in 100..120 {
        stage.change_view(|view| {
            let mut process = supervisor_process(view);
            process.pid = pid;
            process.spawnerr = "x".repeat(1 << 20);
            process.state = ProcessState::Fatal;
            view.processes = [std::sync::Arc::new(process)].into();
        });
        event(&mut client, "rows");
    }
    assert_eq!(stage.client().get("/ok.html").body, "OK");
}

#[test]
fn a_whole_log_can_be_kept() {
    let text = "line\n".repeat(50_000);
    let stage = Stage::new().with_process(&text);
    let answer = stage.client().get("/log.txt?processname=web:cat&channel=stdout");
    assert_eq!(answer.body.len(), text.len());
    assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"web_cat-stdout.log\""));
    for query in ["processname=web:cat&channel=stderr", "processname=nosuch", "processname=web:cat&channel=x"]
    {
        let status = stage.client().get(&format!("/log.txt?{query}")).status;
        assert_eq!(status, "HTTP/1.1 404 Not Found", "{query}");
    }
}

#[test]
fn a_log_is_followed_from_where_the_client_says() {
    let stage = Stage::new().with_process(&("x".repeat(3000) + "end"));
    let mut client = stage.client();
    client.send("GET /logtail/web:cat?bytes=5 HTTP/1.1\r\nHost: x\r\n\r\n");
    client.answer_head();
    assert_eq!(client.chunk().unwrap(), b"xxend");
}
