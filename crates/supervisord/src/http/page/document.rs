//! What all pages have around their content.

use hyper::Response;
use hyper::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, EXPIRES, HeaderName, HeaderValue, PRAGMA, REFERRER_POLICY,
    X_FRAME_OPTIONS,
};
use maud::{DOCTYPE, Markup, html};

use super::{Page, Visit, asset};
use crate::http::answer::{self, Answer};
use crate::http::body::AnswerBody;
use crate::view::View;

const HTML: &str = "text/html;charset=utf-8";

/// Nothing comes from elsewhere, and nothing goes there.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// Names and values that go with every page.
const HEADERS: [(HeaderName, &str); 6] = [
    (PRAGMA, "no-cache"),
    (CACHE_CONTROL, "no-cache"),
    (EXPIRES, "Thu, 01 Jan 1970 00:00:00 GMT"),
    (CONTENT_SECURITY_POLICY, POLICY),
    (X_FRAME_OPTIONS, "DENY"),
    (REFERRER_POLICY, "same-origin"),
];

/// A page with this title and content.
pub(super) fn document(title: &str, visit: &Visit, view: &View, content: &Markup) -> Answer {
    let message = visit.parameters.get("message");
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                title { (title) }
                "\n"
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                link href=(asset::url("stylesheets/supervisor.css")) rel="stylesheet" type="text/css";
                link href=(asset::url("images/icon.png")) rel="icon" type="image/png";
                script type="module" src=(asset::url("scripts/main.js")) {}
                "\n"
            }
            body data-page=(visit.page.url()) data-may-change[visit.access.may_change()] {
                a.skip href="#content" { "Skip to the content" }
                div id="wrapper" {
                    (header(visit, view))
                    main id="content" tabindex="-1" {
                        div id="messages" role="status" {
                            @if let Some(message) = message {
                                "\n" div.status_msg { (message) } "\n"
                            }
                        }
                        (content)
                    }
                    (footer(view))
                }
            }
        }
    };
    with_headers(answer::ok(HTML, AnswerBody::from(page.into_string())))
}

/// A part of a page.
pub(super) fn part(content: Markup) -> Answer {
    with_headers(answer::ok(HTML, AnswerBody::from(content.into_string())))
}

/// Adds what must go with every page.
pub(super) fn with_headers(mut answer: Response<AnswerBody>) -> Answer {
    for (name, value) in HEADERS {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer
}

fn header(visit: &Visit, view: &View) -> Markup {
    let link = |page: Page, caption: &str| {
        let is_part = page == Page::Status && matches!(visit.page, Page::Process | Page::Tail);
        let current = if visit.page == page { Some("page") } else { is_part.then_some("true") };
        html! { a href=(page.url()) aria-current=[current] { (caption) } }
    };
    html! {
        header id="header" {
            a.brand href=(Page::Status.url()) {
                img src=(asset::url("images/mark.svg")) alt="" width="28" height="28";
                span { span.product { "Supervisor" } span.identifier { (view.identifier) } }
            }
            nav aria-label="Pages" {
                (link(Page::Status, "Processes"))
                (link(Page::MainLog, "Activity log"))
                (link(Page::Configuration, "Configuration"))
            }
            @if !visit.access.may_change() { span.badge { "read only" } }
            span id="connection" role="status" {}
        }
        "\n"
    }
}

fn footer(view: &View) -> Markup {
    html! {
        footer id="footer" {
            span { a href="https://supervisord.org" { "Supervisor" } " in Rust, " (env!("CARGO_PKG_VERSION")) }
            span { "pid " (view.pid) }
        }
    }
}
