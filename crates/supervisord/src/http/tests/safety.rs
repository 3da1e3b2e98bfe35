//! Clients who try to do what they may not, and text that tries to be more than text.

use std::sync::Arc;

use supervisor_config::settings::MainLog;

use super::client::{Answer, Client, call};
use super::stage::Stage;

/// `guest:look`.
const GUEST: &str = "Authorization: Basic Z3Vlc3Q6bG9vaw==\r\n";
const PAGES: [&str; 6] = [
    "/",
    "/tail.html?processname=web:cat",
    "/process.html?processname=web:cat",
    "/mainlog.html",
    "/configuration.html",
    "/timeline.html",
];
/// Markup in every way in which it could become some.
const MARKUP: &str = "</pre><script>alert(1)</script><img src=x onerror=\"alert(1)\">'\"&lt;";

fn ask(client: &mut Client, line: &str, headers: &str, body: &str) -> Answer {
    let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    client.send(format!("{line} HTTP/1.1\r\nHost: here\r\n{headers}{length}\r\n{body}"));
    client.answer()
}

/// Every tag of a page, with its attributes.
fn tags(page: &str) -> impl Iterator<Item = &str> {
    page.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or_default())
}

#[test]
fn pages_have_nothing_that_their_policy_forbids() {
    let stage = Stage::new().with_process("text");
    let mut client = stage.client();
    for path in PAGES {
        let answer = client.get(path);
        let policy = answer.header("content-security-policy").unwrap();
        assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        for wanted in ["frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"] {
            assert!(policy.contains(wanted), "{policy}");
        }
        for tag in tags(&answer.body) {
            assert!(!tag.starts_with("script") || tag.contains("src=\"scripts/"), "{path}: {tag}");
            let is_inline = tag.contains(" style=") || tag.contains(" on") && !tag.contains(" only");
            assert!(!tag.starts_with("style") && !is_inline, "{path}: {tag}");
            assert!(!tag.contains("javascript:"), "{path}: {tag}");
        }
    }
}

#[test]
fn everything_says_that_its_type_is_no_guess() {
    let stage = Stage::new().with_process("<html>");
    std::fs::write(stage.directory.path().join("main.log"), "<html>").unwrap();
    let streams = ["/logtail/web:cat", "/mainlogtail", "/live", "/events"];
    let others = ["/ok.html", "/log.txt?processname=web:cat", "/stylesheets/supervisor.css", "/nosuch"];
    for path in PAGES.iter().chain(&streams).chain(&others) {
        let mut client = stage.client();
        client.send(format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"));
        assert_eq!(client.answer_head().header("x-content-type-options"), Some("nosniff"), "{path}");
    }
}

#[test]
fn nothing_from_outside_becomes_markup() {
    let line = format!("2026-11-22 12:00:00,001 WARN exited: {MARKUP} (exit status 1; not expected)\n");
    let stage = Stage::new().with_process(MARKUP);
    std::fs::write(stage.directory.path().join("main.log"), &line).unwrap();
    stage.state.lock().unwrap().recent_lines = line;
    stage.change_view(|view| {
        let mut process = crate::view::ProcessView::clone(&view.processes[0]);
        process.name = MARKUP.to_owned();
        process.spawnerr = MARKUP.to_owned();
        process.state = supervisor_core::state::ProcessState::Fatal;
        view.identifier = MARKUP.into();
        view.processes = [Arc::new(process)].into();
    });
    let name = super::super::parameters::quoted(&format!("web:{MARKUP}"));
    let mut client = stage.client();
    for path in [
        format!("/?message={name}&state={name}&search={name}"),
        format!("/tail.html?processname={name}&channel={name}&limit={name}"),
        format!("/tail.html?processname=x{name}"),
        format!("/process.html?processname={name}"),
        format!("/process.html?processname=x{name}"),
        format!("/mainlog.html?message={name}"),
        format!("/configuration.html?message={name}"),
        format!("/timeline.html?processname={name}"),
    ] {
        let page = client.get(&path).body;
        assert!(!page.contains("<script>") && !page.contains("<img src=x"), "{path}: {page}");
        assert!(
            tags(&page).all(|tag| !tag.contains(" onerror=") || tag.contains("&quot;")),
            "{path}: {page}"
        );
    }
    let file = client.get(&format!("/log.txt?processname={name}"));
    let disposition = file.header("content-disposition").unwrap();
    assert_eq!(disposition.matches('"').count(), 2, "{disposition}");
}

#[test]
fn a_name_cannot_add_headers() {
    let stage = Stage::new().with_process("");
    let mut client = stage.client();
    for path in ["/?action=stop&processname=a%0d%0aSet-Cookie:%20x", "/log.txt?processname=a%0d%0aX:%20y"] {
        let answer = client.get(path);
        assert!(!answer.head.contains("Set-Cookie:") && !answer.head.contains("\nX:"), "{}", answer.head);
    }
}

#[test]
fn paths_that_climb_lead_nowhere() {
    let stage = Stage::new().with_process("");
    let mut client = stage.client();
    for path in [
        "/../main.log",
        "/stylesheets/../../main.log",
        "/stylesheets/%2e%2e/%2e%2e/main.log",
        "/images/..%2f..%2fmain.log",
        "/scripts//etc/passwd",
        "/logtail/../main.log",
        "/logtail/web:..%2fmain.log",
        "/log.txt?processname=../main.log",
        "/log.txt?processname=web:cat&channel=../stdout",
        "/%00",
        "/index.html%00",
        "/index.html/..",
        "/\u{ff}index.html",
    ] {
        assert_eq!(client.get(path).status, "HTTP/1.1 404 Not Found", "{path}");
    }
}

#[test]
fn only_get_and_post_do_anything() {
    let stage = Stage::new().with_process("");
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"] {
        for path in ["/?action=stopall", "/index.html?action=stopall", "/configuration.html?action=update"] {
            let answer = ask(&mut stage.client(), &format!("{method} {path}"), "", "");
            assert_eq!(answer.status, "HTTP/1.1 400 Bad Request", "{method} {path}");
            assert_eq!(answer.header("allow"), Some("GET, HEAD, POST"));
        }
    }
    let mut client = stage.client();
    client.send("HEAD /?action=stopall HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(client.answer_head().status, "HTTP/1.1 200 OK", "a head is only looked at");
    client.send("GET /events HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    assert_eq!(client.answer_head().status, "HTTP/1.1 200 OK", "there are no websockets");
    assert!(stage.state.lock().unwrap().commands.is_empty());
}

#[test]
fn no_page_takes_an_action_from_another_site() {
    let stage = Stage::new().with_process("");
    let mut client = stage.client();
    for headers in [
        "Sec-Fetch-Site: cross-site\r\n",
        "Sec-Fetch-Site: same-site\r\nOrigin: http://here\r\n",
        "Sec-Fetch-Site: what-is-new\r\n",
        "Origin: null\r\n",
        "Origin: http://here.evil.example\r\n",
        "Origin: http://here:81\r\n",
        "Origin: http://user@here\r\n",
        "Origin: here\r\n",
        "Origin: \r\n",
        "Referer: about:client\r\n",
    ] {
        for (line, body) in [
            ("GET /?action=stopall", ""),
            ("POST /", "action=stopall"),
            ("POST /?action=stopall", "x=y"),
            ("POST /index.html", "action=signal&signal=KILL&selected=web%3Acat"),
            ("POST /process.html", "action=restart&processname=web:cat"),
            ("POST /mainlog.html", "action=clearmainlog"),
            ("POST /configuration.html", "action=update"),
        ] {
            let answer = ask(&mut client, line, headers, body);
            assert_eq!(answer.status, "HTTP/1.1 403 Forbidden", "{line} {headers}");
        }
    }
    assert!(stage.state.lock().unwrap().commands.is_empty());
}

#[test]
fn a_visitor_who_may_only_look_has_no_way_round() {
    let stage = Stage::new().with_process("");
    let mut client = stage.inet_client();
    for page in ["", "index.html", "process.html", "mainlog.html", "configuration.html"] {
        for action in [
            "start",
            "stop",
            "restart",
            "clearlog",
            "signal",
            "stopall",
            "restartall",
            "refresh",
            "clearmainlog",
            "update",
            "bogus",
        ] {
            let pairs = format!("action={action}&processname=web:cat&signal=KILL&selected=web:cat");
            for (line, body) in [
                (format!("GET /{page}?{pairs}"), ""),
                (format!("POST /{page}?{pairs}"), "x=y"),
                (format!("POST /{page}"), pairs.as_str()),
            ] {
                assert_eq!(ask(&mut client, &line, GUEST, body).status, "HTTP/1.1 403 Forbidden", "{line}");
            }
        }
    }
    let listed = ask(&mut client, "POST /RPC2", GUEST, &call("system.listMethods", &[])).body;
    let methods: Vec<&str> =
        listed.split("<string>").skip(1).filter_map(|rest| rest.split("</string>").next()).collect();
    assert!(methods.len() > 30, "{listed}");
    let text = "<string>web:cat</string>";
    for method in methods {
        for parameters in [&[] as &[&str], &[text], &[text, text], &[text, text, text]] {
            ask(&mut client, "POST /RPC2", GUEST, &call(method, parameters));
        }
    }
    let commands = stage.state.lock().unwrap().commands.clone();
    assert!(commands.is_empty(), "{commands:?}");
}

#[test]
fn heads_have_an_end_and_long_queries_are_read() {
    let stage = Stage::new().with_process("");
    let mut client = stage.client();
    let long = "x".repeat(50_000);
    let answer = client.get(&format!("/?search={long}&{long}"));
    // As much as a head may have is taken or refused; nothing else happens.
    assert!(
        ["HTTP/1.1 200 OK", "HTTP/1.1 414 URI Too Long", "HTTP/1.1 431 Request Header Fields Too Large"]
            .contains(&answer.status.as_str()),
        "{}",
        answer.status
    );
    assert_eq!(stage.client().get(&format!("/?search={long}")).status, "HTTP/1.1 200 OK");
    let pairs = "a=b&".repeat(12_000);
    assert_eq!(stage.client().get(&format!("/ok.html?{pairs}")).body, "OK");
    let escapes = "%".repeat(30_000);
    assert_eq!(stage.client().get(&format!("/ok.html?{escapes}")).body, "OK");
}

#[test]
fn what_happened_is_known_wherever_the_log_goes() {
    let stage = Stage::new().with_process("");
    let old = "2026-11-22 12:00:00,001 INFO spawned: 'cat' with pid 5\n";
    let both = "2026-11-22 12:00:09,001 WARN exited: cat (exit status 3; not expected)\n";
    let new = "2026-11-22 12:00:09,002 INFO spawned: 'cat' with pid 7\n";
    std::fs::write(stage.directory.path().join("main.log"), format!("{old}{both}")).unwrap();
    stage.state.lock().unwrap().recent_lines = format!("{both}{new}");
    let page = stage.client().get("/timeline.html").body;
    let count = |text: &str| page.matches(text).count();
    assert_eq!((count("exit status 3"), count("pid 7"), count("12:00:09")), (1, 1, 4), "{page}");
    stage.change_view(|view| view.main_log = MainLog::Syslog);
    for page in ["/timeline.html", "/process.html?processname=web:cat", "/mainlog.html"] {
        let body = stage.client().get(page).body;
        assert!(body.contains("exit status 3") && !body.contains("pid 5"), "{body}");
    }
    let log = stage.client().get("/mainlog.html").body;
    assert!(log.contains("syslog") && !log.contains("data-stream") && !log.contains("clearmainlog"), "{log}");
}
