//! Requests that a browser makes on behalf of somebody else's page.

use hyper::HeaderMap;
use hyper::header::{HOST, ORIGIN};

/// Whether a browser says that another site's page made it send this. Clients that are not browsers say
/// nothing of the kind.
// Differs: cross-site-requests-are-refused
pub(super) fn is_cross_site(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return matches!(site.as_bytes(), b"cross-site" | b"same-site");
    }
    let Some(origin) = headers.get(ORIGIN) else { return false };
    let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
    let Some(origin) = origin else { return true };
    // A proxy may have put its own name into Host. No page can make a browser send X-Forwarded-Host.
    let hosts = [headers.get(HOST), headers.get("x-forwarded-host")];
    !hosts.into_iter().flatten().any(|host| host.as_bytes().eq_ignore_ascii_case(origin.as_bytes()))
}

#[cfg(test)]
mod tests {
    use hyper::header::{HeaderName, HeaderValue};

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
