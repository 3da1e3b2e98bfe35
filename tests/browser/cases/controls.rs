//! Every control of a page that is alive.

use supervisor_browser::browser::Browser;
use supervisor_worlds::patience::wait_until;

use crate::{await_life, await_log, await_row, expect_clean, link, shop};

#[test]
fn the_links_of_a_row_act_on_its_process() {
    let house = shop();
    let tab = Browser::DESKTOP.open();
    tab.go(&house.url(""));
    await_life(&tab);
    let before = tab.url();
    tab.click(&link("cache", "Stop"));
    tab.await_text(".status_msg", "Process cache stopped");
    await_row(&tab, "cache", "stopped");
    assert_eq!(house.world.state("cache"), "STOPPED");
    tab.click(&link("cache", "Start"));
    await_row(&tab, "cache", "running");
    let pid = house.world.pid("cache");
    tab.click(&link("cache", "Restart"));
    tab.await_text(".status_msg", "Process cache restarted");
    assert_ne!(house.world.wait_for_successor("cache", pid), pid);
    tab.click(&link("mailer", "Start"));
    tab.await_text(".status_msg", "ERROR: Process mailer: spawn error");
    await_log(&house, "run/web_01.log", "listening");
    tab.click(&link("web:web_01", "Clear Log"));
    tab.await_text(".status_msg", "Log for web:web_01 cleared");
    wait_until("the log without its beginning", || !house.world.read("run/web_01.log").contains("listening"));
    tab.click(".status_msg button");
    assert!(tab.all(".status_msg").is_empty());
    assert_eq!(tab.url(), before, "the page was never left");
    expect_clean(&tab, &house);
    house.world.shut_down();
}

#[test]
fn what_is_selected_is_acted_on_together() {
    let house = shop();
    let tab = Browser::DESKTOP.open();
    tab.go(&house.url(""));
    await_life(&tab);
    assert_eq!(tab.count_visible(".selection"), 0);
    let select = |name: &str| tab.click(&format!("input[value='{name}']"));
    let press = |action: &str| tab.click(&format!(".selection button[value='{action}']"));
    select("web:web_00");
    select("web:web_02");
    assert_eq!(tab.text(".selected"), "2 selected:");
    press("stop");
    tab.await_text(".status_msg", "2 processes stopped");
    assert_eq!(
        (house.world.state("web:web_00"), house.world.state("web:web_02")),
        ("STOPPED".into(), "STOPPED".into())
    );
    assert_eq!(house.world.state("web:web_01"), "RUNNING");
    assert_eq!(tab.count_visible(".selection"), 0, "nothing is selected any more");
    select("web:web_00");
    select("report");
    press("start");
    tab.await_text(".status_msg", "2 processes started");
    house.world.wait_for_state("report", "RUNNING");
    select("report");
    press("signal");
    tab.await_text(".status_msg", "1 process signalled");
    await_log(&house, "run/report.log", "reopened");
    select("report");
    press("clearlog");
    wait_until("an empty log", || house.world.read("run/report.log").is_empty());
    let pid = house.world.pid("report");
    select("report");
    press("restart");
    house.world.wait_for_successor("report", pid);
    tab.click(".select-all input");
    assert_eq!(tab.text(".selected"), "9 selected:");
    press("stop");
    tab.await_text("dialog", "Stop 9 processes?");
    tab.click("dialog button[value='no']");
    assert_eq!(house.world.state("cache"), "RUNNING");
    expect_clean(&tab, &house);
    house.world.shut_down();
}

#[test]
fn everything_is_stopped_and_restarted_after_a_question() {
    let house = shop();
    let tab = Browser::DESKTOP.open();
    tab.go(&house.url(""));
    await_life(&tab);
    tab.click("#buttons a[href*='stopall']");
    tab.click("dialog button[value='no']");
    assert_eq!(house.world.state("cache"), "RUNNING");
    tab.click("#buttons a[href*='stopall']");
    tab.click("dialog button[value='yes']");
    tab.await_text(".status_msg", "All stopped at ");
    await_row(&tab, "cache", "stopped");
    assert!(house.world.statuses().values().all(|status| status.state != "RUNNING"));
    tab.click("#buttons a[href*='restartall']");
    tab.click("dialog button[value='yes']");
    tab.await_text(".status_msg", "All restarted at ");
    assert_eq!(house.world.state("cache"), "RUNNING");
    tab.click("#buttons a[href*='refresh']");
    tab.await_text(".status_msg", "Page refreshed at ");
    expect_clean(&tab, &house);
    house.world.shut_down();
}

#[test]
fn rows_are_filtered_searched_and_folded() {
    let house = shop();
    let tab = Browser::DESKTOP.open();
    tab.go(&house.url(""));
    await_life(&tab);
    let shown = || tab.count_visible("tbody tr[data-name]");
    assert_eq!(shown(), 9);
    tab.click(".filter[data-state='fatal']");
    assert_eq!(shown(), 1);
    assert!(tab.url().ends_with("?state=fatal"));
    tab.click(".filter[data-state='all']");
    tab.script("document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '/', bubbles: true }))");
    assert_eq!(tab.script("return document.activeElement.name"), "search");
    tab.type_into(".search input[type='search']", "WORK");
    assert_eq!(shown(), 2);
    tab.type_into(".search input[type='search']", "x");
    assert_eq!(shown(), 0);
    assert_eq!(tab.text(".empty"), "No process is like that.");
    tab.go(&house.url("?search=web"));
    await_life(&tab);
    assert_eq!(shown(), 3);
    assert_eq!(tab.text(".filter[data-state='all'] b"), "9");
    tab.click("tr.group:not([hidden]) button");
    assert_eq!(shown(), 0);
    tab.go(&house.url(""));
    await_life(&tab);
    assert_eq!(shown(), 6, "the browser remembers what is folded");
    tab.click("tr.group button[aria-expanded='false']");
    assert_eq!(shown(), 9);
    expect_clean(&tab, &house);
    house.world.shut_down();
}

#[test]
fn the_page_of_a_process_tells_and_does_everything() {
    let house = shop();
    let tab = Browser::DESKTOP.open();
    tab.go(&house.url(""));
    await_life(&tab);
    tab.click("tr[data-name='mailer'] td.name a");
    tab.await_text("h1", "mailer");
    tab.await_text("[data-part='ends']", "the command was not found or could not be started");
    assert!(tab.text("[data-part='timeline']").contains("gave up"));
    tab.go(&house.url("process.html?processname=web:web_00"));
    await_life(&tab);
    let options = tab.text("dl.options");
    assert!(options.contains("DATABASE_PASSWORD") && options.contains("hello"), "{options}");
    assert!(!options.contains("geheim"), "{options}");
    let press = |action: &str| tab.click(&format!(".orders button[value='{action}']"));
    press("stop");
    tab.await_text("[data-part='now']", "stopped");
    tab.await_text("[data-part='ends']", "Stopped: terminated by SIGTERM");
    press("start");
    tab.await_text("[data-part='now']", "running");
    let pid = house.world.pid("web:web_00");
    press("restart");
    let next = house.world.wait_for_successor("web:web_00", pid);
    tab.await_text("[data-part='facts']", &next.to_string());
    await_log(&house, "run/web_00.log", "listening");
    press("clearlog");
    wait_until("a cleared log", || !house.world.read("run/web_00.log").contains("listening"));
    tab.script("document.querySelector('.orders select').value = 'KILL'");
    press("signal");
    tab.await_text("[data-part='ends']", "SIGKILL; not expected");
    house.world.wait_for_successor("web:web_00", next);
    let curve = "return document.querySelector('.usage[data-usage=memory] .curve').getAttribute('d') ?? ''";
    wait_until("a curve", || tab.script(curve).as_str().is_some_and(|curve| curve.contains('L')));
    expect_clean(&tab, &house);
    house.world.shut_down();
}
