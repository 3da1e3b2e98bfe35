//! Requests that a browser makes on behalf of somebody else's page.

use hyper::HeaderMap;
use hyper::header::{HOST, HeaderValue, ORIGIN, REFERER};

/// Whether a browser says that another site's page made it send this. Clients that are not browsers say
/// nothing of the kind.
// Differs: cross-site-requests-are-refused
pub(super) fn is_cross_site(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return !matches!(site.as_bytes(), b"same-origin" | b"none");
    }
    headers.get(ORIGIN).is_some_and(|origin| is_elsewhere(headers, origin))
}

/// The same of a page's action, which a mere link can be: without any of that, a browser may say by which page it
/// was sent.
pub(super) fn is_foreign(headers: &HeaderMap) -> bool {
    let says_more = headers.contains_key("sec-fetch-site") || headers.contains_key(ORIGIN);
    let referrer = headers.get(REFERER).filter(|_| !says_more);
    is_cross_site(headers) || referrer.is_some_and(|referrer| is_elsewhere(headers, referrer))
}

/// Whether that URL is not of the host that was asked.
fn is_elsewhere(headers: &HeaderMap, url: &HeaderValue) -> bool {
    let host = url.to_str().ok().and_then(|url| url.split_once("://")).map(|(_, rest)| rest);
    let host = host.and_then(|rest| rest.split(['/', '?', '#']).next());
    let Some(origin) = host else { return true };
    // A proxy may have put its own name into Host. No page can make a browser send X-Forwarded-Host.
    let hosts = [headers.get(HOST), headers.get("x-forwarded-host")];
    !hosts.into_iter().flatten().any(|host| host.as_bytes().eq_ignore_ascii_case(origin.as_bytes()))
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderName;

    use super::*;

    fn verdict(headers: &[(&'static str, &'static str)]) -> bool {
        let headers = headers
            .iter()
            .map(|&(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        is_cross_site(&headers)
    }

    #[test]
    fn what_a_browser_says_counts() {
        assert!(verdict(&[("sec-fetch-site", "cross-site"), ("host", "a")]));
        assert!(verdict(&[("sec-fetch-site", "same-site"), ("host", "a")]));
        assert!(!verdict(&[("sec-fetch-site", "same-origin"), ("host", "a")]));
        assert!(!verdict(&[("sec-fetch-site", "none"), ("host", "a")]));
        assert!(verdict(&[("origin", "http://evil.example"), ("host", "localhost:9001")]));
        assert!(verdict(&[("origin", "null"), ("host", "localhost:9001")]));
        assert!(!verdict(&[("origin", "http://LOCALHOST:9001"), ("host", "localhost:9001")]));
        assert!(!verdict(&[("origin", "http://a.b"), ("host", "inside"), ("x-forwarded-host", "a.b")]));
    }

    #[test]
    fn who_says_nothing_is_no_browser() {
        assert!(!verdict(&[("host", "localhost:9001")]));
        assert!(!verdict(&[]));
    }
}
