//! Styles, scripts and images, which are part of the program.

use std::sync::LazyLock;

use hyper::body::Incoming;
use hyper::header::{CACHE_CONTROL, ETAG, HeaderValue, IF_NONE_MATCH};
use hyper::{Request, StatusCode};
use sha1::{Digest, Sha1};

use crate::http::answer::{self, Answer};
use crate::http::body::AnswerBody;

const CSS: &str = "text/css";
const JAVASCRIPT: &str = "text/javascript";
const GIF: &str = "image/gif";
const PNG: &str = "image/png";
const SVG: &str = "image/svg+xml";

/// A file that is part of the program.
pub(super) struct Asset {
    path: &'static str,
    kind: &'static str,
    content: &'static [u8],
    /// Changes when the content does.
    tag: String,
}

macro_rules! assets {
    ($($path:literal $kind:ident $file:literal),+ $(,)?) => {
        static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
            vec![$( Asset::new($path, $kind, include_bytes!(concat!("assets/", $file))) ),+]
        });
    };
}

assets! {
    "stylesheets/supervisor.css" CSS "supervisor.css",
    "scripts/main.js" JAVASCRIPT "main.js",
    "scripts/actions.js" JAVASCRIPT "actions.js",
    "scripts/amounts.js" JAVASCRIPT "amounts.js",
    "scripts/ansi.js" JAVASCRIPT "ansi.js",
    "scripts/chart.js" JAVASCRIPT "chart.js",
    "scripts/live.js" JAVASCRIPT "live.js",
    "scripts/log.js" JAVASCRIPT "log.js",
    "scripts/process.js" JAVASCRIPT "process.js",
    "scripts/table.js" JAVASCRIPT "table.js",
    "images/mark.svg" SVG "mark.svg",
    "images/icon.png" PNG "icon.png",
    "images/supervisor.gif" GIF "dot.gif",
    "images/rule.gif" GIF "dot.gif",
    "images/state0.gif" GIF "dot.gif",
    "images/state1.gif" GIF "dot.gif",
    "images/state2.gif" GIF "dot.gif",
    "images/state3.gif" GIF "dot.gif",
}

/// The asset of that path.
pub(super) fn find(path: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.path == path)
}

/// Where an asset is, seen from any page. Another version of it is elsewhere.
pub(super) fn url(path: &str) -> String {
    find(path).map_or_else(|| path.to_owned(), |asset| format!("{path}?v={}", asset.tag))
}

impl Asset {
    fn new(path: &'static str, kind: &'static str, content: &'static [u8]) -> Self {
        let digest = Sha1::digest(content);
        let tag = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        Self { path, kind, content, tag }
    }

    /// Answers with it, unless the client has it already.
    // Differs: assets-have-tags
    pub(super) fn answer(&self, request: &Request<Incoming>) -> Answer {
        let tag = format!("\"{}\"", self.tag);
        let is_known = request
            .headers()
            .get_all(IF_NONE_MATCH)
            .iter()
            .filter_map(|tags| tags.to_str().ok())
            .any(|tags| tags.split(',').any(|known| known.trim().trim_start_matches("W/") == tag));
        let is_named = request.uri().query() == Some(&format!("v={}", self.tag));
        let lifetime = if is_named { "public, max-age=31536000, immutable" } else { "no-cache" };
        let mut answer = if is_known {
            let mut answer = answer::ok(self.kind, AnswerBody::from(String::new()));
            *answer.status_mut() = StatusCode::NOT_MODIFIED;
            answer
        } else {
            answer::ok(self.kind, AnswerBody::of_program(self.content))
        };
        let headers = answer.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(lifetime));
        if let Ok(tag) = HeaderValue::try_from(tag) {
            headers.insert(ETAG, tag);
        }
        answer
    }
}
