//! The rules of accessibility, on every page, in light and dark, on a desktop and on a phone.

use supervisor_browser::accessibility::violations;
use supervisor_browser::browser::Browser;

use crate::{await_life, shop};

#[test]
fn no_page_breaks_a_rule() {
    let house = shop();
    let mut found = Vec::new();
    for browser in [Browser::DESKTOP, Browser::DESKTOP.dark(), Browser::PHONE, Browser::PHONE.dark()] {
        let tab = browser.open();
        let mut check = |what: &str| {
            let found_here =
                violations(&tab).into_iter().map(|violation| format!("{browser:?} {what}: {violation}"));
            found.extend(found_here);
        };
        tab.go(&house.url("?message=hello"));
        await_life(&tab);
        tab.click("input[value='cache']");
        check("processes");
        tab.click("#buttons a[href*='stopall']");
        check("question");
        for page in [
            "process.html?processname=web:web_00",
            "process.html?processname=nosuch",
            "tail.html?processname=web:web_00",
            "tail.html",
            "mainlog.html",
            "configuration.html",
        ] {
            tab.go(&house.url(page));
            if page.contains("web_00") {
                await_life(&tab);
            }
            if page.starts_with("tail.html?") {
                tab.await_text(".lines", "card declined");
            }
            check(page);
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    house.world.shut_down();
}
