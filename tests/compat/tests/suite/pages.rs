//! The pages as scripts and monitors see them: statuses, redirects, the table, what is refused.

use std::fmt::Write as _;

use supervisor_compat::{HttpAnswer, Part, World, compare};

const PROGRAMS: &str = "
[program:run]
command=/bin/cat
startsecs=0
stdout_logfile=%(here)s/run.log
[program:many]
command=/bin/cat
process_name=%(process_num)d_of_%(program_name)s
numprocs=3
startsecs=0
[program:end]
command=/bin/true
startsecs=0
autorestart=false
[program:fail]
command=/bin/false
startretries=0
[program:rest]
command=/bin/cat
autostart=false
startsecs=0
";

fn start(world: &mut World) {
    world.start(PROGRAMS);
    world.await_running("run");
    world.await_state("fail", "FATAL");
    world.await_state("end", "EXITED");
}

/// The rows of the table as a scraper reads them: cells in their order, links with all that they have.
fn rows_of(page: &str) -> String {
    let body =
        page.split("<tbody>").nth(1).and_then(|rest| rest.split("</tbody>").next()).unwrap_or_default();
    let mut rows = String::new();
    for row in body.split("<tr").skip(1) {
        let class = attribute(row.split('>').next().unwrap_or_default(), "class");
        let _ = writeln!(rows, "row {class:?}");
        for (number, cell) in row.split("<td").skip(1).take(4).enumerate() {
            if number == 1 {
                let _ = writeln!(rows, "  {}", text_of(cell));
                continue;
            }
            for link in cell.split("<a ").skip(1) {
                let tag = link.split('>').next().unwrap_or_default();
                let [href, name, target] = ["href", "name", "target"].map(|name| attribute(tag, name));
                let text = link.split('>').nth(1).and_then(|rest| rest.split('<').next()).unwrap_or_default();
                let _ = writeln!(rows, "  {text} {name} {target} -> {href}");
            }
            for state in cell.split("<span ").skip(1) {
                let _ = writeln!(rows, "  {} {}", attribute(state, "class"), text_of(cell));
            }
        }
    }
    rows
}

fn attribute<'a>(tag: &'a str, name: &str) -> &'a str {
    let start = format!("{name}=\"");
    tag.split(&start).nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default()
}

/// What is outside of tags.
fn text_of(html: &str) -> String {
    let pieces = html.split('<').map(|piece| piece.split_once('>').map_or("", |(_, text)| text));
    pieces.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn with_caching(answer: &HttpAnswer) -> String {
    let headers = ["content-type", "pragma", "cache-control", "expires"];
    format!("{} {}", answer.status, headers.map(|name| answer.header(name)).join(" | "))
}

#[test]
fn a_scraper_reads_the_same_table() {
    compare(|world| {
        start(world);
        let page = world.http("GET /index.html", &[], b"");
        world.note("page", with_caching(&page));
        world.note("rows", rows_of(&page.text()));
        let text = page.text();
        let heads = text.split("<th ").skip(1).take(4).map(|head| {
            let caption = head.split(['>', '<']).nth(1).unwrap_or_default();
            format!("{} {caption}", attribute(head, "class"))
        });
        world.note("heads", heads.collect::<Vec<_>>().join("\n"));
    });
}

#[test]
fn without_programs_the_page_says_so() {
    compare(|world| {
        world.start("");
        world.await_file("s.sock");
        let page = world.http("GET /", &[], b"").text();
        world.note("text", page.contains("No programs to manage").to_string());
        world.note("table", page.contains("<tbody>").to_string());
    });
}

#[test]
fn methods_and_addresses_are_refused_alike() {
    compare(|world| {
        start(world);
        for request in [
            "PUT /",
            "DELETE /index.html",
            "OPTIONS /",
            "POST /nosuch",
            "HEAD /nosuch",
            "POST /stylesheets/supervisor.css",
            "HEAD /stylesheets/supervisor.css",
            "GET /images/",
            "GET /images/icon.png",
            "GET /images/state0.gif",
            "GET /images/supervisor.gif",
            "GET /stylesheets/",
            "GET /INDEX.html",
            "GET /index.html/",
            "GET /./index.html",
            "GET //index.html",
            "GET /?action=",
            "GET /?processname=run",
            "GET /ok.html?x=1",
        ] {
            let noted = if request.starts_with("HEAD") {
                world.http_head(request).to_string()
            } else {
                let answer = world.http(request, &[], b"");
                format!("{} {}", answer.status, answer.header("content-type"))
            };
            world.note(request, noted);
        }
        let form = world.http("POST /index.html?action=stop", &[], b"");
        world.note("a form without a length", form.status.to_string());
    });
}

/// An action's status, and its location with what differs on purpose taken out.
fn redirect(world: &World, request: &str, body: &str) -> (u16, String) {
    let answer = world.http(request, &[], body.as_bytes());
    let location = answer.header("location").to_owned();
    let query = location.split('?').nth(1).unwrap_or("none").to_owned();
    (answer.status, query)
}

#[test]
fn actions_work_by_links_and_by_forms() {
    compare(|world| {
        start(world);
        let status = redirect(world, "GET /?action=refresh", "").0.to_string();
        world.differs("actions-see-other", Part::Daemon, status, ["301", "303"]);
        for (request, body) in [
            ("GET /?action=start&processname=rest", ""),
            ("POST /", "action=stop&processname=rest"),
            ("POST /index.html?action=stop", "action=start&processname=rest"),
            ("GET /?action=stop&action=start&processname=rest", ""),
            ("GET /?action=stop&processname=many:0_of_many", ""),
            ("GET /?action=stop&processname=many%3A1_of_many", ""),
            ("GET /?action=start&processname=many:*", ""),
            ("GET /?action=start&processname=many:", ""),
            ("GET /?action=clearlog&processname=run", ""),
            ("GET /?action=clearlog&processname=%3Cb%3E%26", ""),
            ("GET /?action=start&processname=run", ""),
            ("GET /?action=start&processname=fail", ""),
        ] {
            world.note(&format!("{request} {body}"), redirect(world, request, body).1);
        }
        world.note_ctl(&["status"]);
    });
}

#[test]
fn locations_are_relative_so_that_a_proxy_may_have_a_prefix() {
    compare(|world| {
        start(world);
        let answer = world.http("GET /?action=stop&processname=run", &[], b"");
        let message = "message=Process%20run%20stopped";
        let expected = [format!("http://localhost/?{message}"), format!("./?{message}")];
        let expected = [expected[0].as_str(), expected[1].as_str()];
        world.differs("relative-locations", Part::Daemon, answer.header("location"), expected);
    });
}

#[test]
fn what_makes_no_sense_is_the_client_s_fault() {
    compare(|world| {
        start(world);
        for request in ["GET /?action=bogus", "GET /?action=start", "GET /?action=bogus&processname=run"] {
            let status = world.http(request, &[], b"").status.to_string();
            world.differs("unknown-actions-are-bad-requests", Part::Daemon, status, ["500", "400"]);
        }
    });
}

#[test]
fn a_restart_that_fails_says_so() {
    compare(|world| {
        start(world);
        let (_, query) = redirect(world, "GET /?action=restart&processname=fail", "");
        let expected =
            ["message=Process%20fail%20restarted", "message=ERROR%3A%20Process%20fail%3A%20spawn%20error"];
        world.differs("restart-tells-failures", Part::Daemon, query, expected);
    });
}

#[test]
fn the_head_of_a_page_can_be_asked_for() {
    compare(|world| {
        start(world);
        for request in ["HEAD /", "HEAD /index.html", "HEAD /ok.html"] {
            let status = world.http_head(request);
            world.differs("head-of-pages", Part::Daemon, status.to_string(), ["404", "200"]);
        }
    });
}

#[test]
fn tails_are_of_a_kilobyte_at_least() {
    compare(|world| {
        world.write("run.log", format!("{}<end> & so\n", "line\n".repeat(1000)));
        start(world);
        for query in [
            "processname=run",
            "processname=run&limit=10",
            "processname=run&limit=3000",
            "processname=run&limit=x",
            "processname=run&limit=-5",
            "processname=many:0_of_many",
            "processname=nosuch",
            "",
        ] {
            let page = world.http(&format!("GET /tail.html?{query}"), &[], b"");
            let text = page.text();
            let log =
                text.split("<pre>").nth(1).and_then(|rest| rest.split("</pre>").next()).unwrap_or("none");
            let log = log.replace("&gt;", ">");
            let title =
                text.split("<title>").nth(1).and_then(|rest| rest.split('<').next()).unwrap_or("none");
            let refresh = text
                .split("href=\"")
                .find(|link| link.contains("limit="))
                .map(|link| link.split('"').next().unwrap_or_default());
            let end = &log[log.len().saturating_sub(40)..];
            world
                .note(query, format!("{}\n{title}\n{} {end:?}\n{refresh:?}", with_caching(&page), log.len()));
        }
    });
}
