//! Logs on the page.

use supervisor_browser::browser::Browser;
use supervisor_worlds::patience::wait_until;

use crate::{await_life, expect_clean, shop};

#[test]
fn a_log_is_followed_paused_searched_and_wrapped() {
    let house = shop();
    let tab = Browser::DESKTOP.open();
    tab.go(&house.url(""));
    await_life(&tab);
    tab.click("tr[data-name='web:web_00'] td.action a[name='Tail -f Stdout']");
    tab.await_text(".lines", "/pay");
    assert!(tab.text(".lines").contains("<b>3 ms</b>"), "what programs write is text");
    assert!(tab.all(".lines b").is_empty());
    assert_eq!(tab.script("return document.querySelector('.lines .c2').textContent"), "GET");
    let count = || tab.script("return document.querySelectorAll('.lines pre > div').length").as_u64();
    let before = count();
    wait_until("more lines", || count() > before);
    let button = |caption: &str| {
        tab.script(&format!(
            "[...document.querySelectorAll('.log-tools button')].find((b) => b.textContent === '{caption}').click()"
        ));
    };
    button("Pause");
    let written = || house.world.read("run/web_00.log").lines().count();
    // What was under way when it was paused may still be shown.
    let mut shown = count();
    let mut target = written() + 5;
    wait_until("a pause", || {
        if written() < target {
            return false;
        }
        let is_still = count() == shown;
        (shown, target) = (count(), written() + 5);
        is_still
    });
    button("Pause");
    wait_until("the rest", || count() > shown);
    tab.type_into(".log-tools input", "DECLINED");
    tab.await_text(".found", "line");
    button("Only matches");
    wait_until("only matches", || {
        let lines = tab.text(".lines");
        !lines.is_empty() && lines.lines().all(|line| line.contains("declined"))
    });
    tab.type_into(".log-tools input", "\n");
    tab.await_text(".found", "1 of ");
    button("Only matches");
    button("Wrap");
    assert_eq!(tab.all(".lines.wrap").len(), 1);
    button("Follow");
    tab.script("document.querySelector('.lines').scrollTop = 0");
    let before = count();
    wait_until("more lines", || count() > before);
    assert_eq!(tab.script("return document.querySelector('.lines').scrollTop"), 0, "who reads is left alone");
    button("Follow");
    wait_until("the end", || tab.script("return document.querySelector('.lines').scrollTop > 0") == true);
    let download = "return fetch(document.querySelector('.download').href).then((answer) => answer.text())";
    assert!(tab.script(download).as_str().is_some_and(|text| text.contains("listening")));
    tab.click(".channels a:not([aria-current])");
    tab.await_text(".lines", "a warning that is no error");
    expect_clean(&tab, &house);
    house.world.shut_down();
}

#[test]
fn the_activity_log_is_followed_and_cleared() {
    let house = shop();
    let tab = Browser::DESKTOP.open();
    tab.go(&house.url("mainlog.html"));
    tab.await_text(".lines", "spawned: 'cache'");
    house.world.ctl_ok(&["stop", "cache"]);
    tab.await_text(".lines", "stopped: cache");
    tab.click("form.clear button");
    tab.await_text(".status_msg", "Log cleared");
    wait_until("a cleared log", || !house.world.read("run/supervisord.log").contains("spawned: 'cache'"));
    house.world.ctl_ok(&["start", "cache"]);
    tab.await_text(".lines", "success: cache");
    expect_clean(&tab, &house);
    house.world.shut_down();
}
