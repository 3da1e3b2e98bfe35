//! The page without scripts: links, forms, and a full reload.

use supervisor_browser::browser::Browser;
use supervisor_worlds::patience::wait_until;

use crate::{await_log, expect_clean, link, shop};

#[test]
fn everything_works_by_links_and_forms() {
    let house = shop();
    let tab = Browser::PLAIN.open();
    tab.go(&house.url(""));
    assert_eq!(tab.count_visible("tbody tr"), 9);
    tab.click(&link("cache", "Stop"));
    tab.await_text(".status_msg", "Process cache stopped");
    assert_eq!(house.world.state("cache"), "STOPPED");
    tab.click(&link("cache", "Start"));
    tab.await_text(".status_msg", "Process cache started");
    let pid = house.world.pid("cache");
    tab.click(&link("cache", "Restart"));
    house.world.wait_for_successor("cache", pid);
    await_log(&house, "run/web_01.log", "listening");
    tab.click(&link("web:web_01", "Clear Log"));
    tab.await_text(".status_msg", "Log for web:web_01 cleared");
    let select = |name: &str| tab.click(&format!("input[value='{name}']"));
    let press = |action: &str| tab.click(&format!(".selection button[value='{action}']"));
    select("web:web_00");
    select("web:web_01");
    press("stop");
    tab.await_text(".status_msg", "2 processes stopped");
    assert_eq!(house.world.state("web:web_00"), "STOPPED");
    select("report");
    press("start");
    tab.await_text(".status_msg", "1 process started");
    select("report");
    press("signal");
    tab.await_text(".status_msg", "1 process signalled");
    await_log(&house, "run/report.log", "reopened");
    select("report");
    press("clearlog");
    wait_until("an empty log", || house.world.read("run/report.log").is_empty());
    press("restart");
    tab.await_text(".status_msg", "No process is selected");
    for (link, message) in
        [("refresh", "Page refreshed"), ("stopall", "All stopped"), ("restartall", "All restarted")]
    {
        tab.click(&format!("#buttons a[href*='={link}']"));
        tab.await_text(".status_msg", message);
    }
    house.world.wait_for_state("cache", "RUNNING");
    expect_clean(&tab, &house);
    house.world.shut_down();
}

#[test]
fn filters_and_searches_are_pages() {
    let house = shop();
    let tab = Browser::PLAIN.open();
    tab.go(&house.url(""));
    tab.click(".filter[data-state='fatal']");
    assert_eq!(tab.count_visible("tbody tr"), 1);
    tab.click(".filter[data-state='all']");
    tab.type_into(".search input[type='search']", "work");
    tab.click(".search button");
    assert_eq!(tab.count_visible("tbody tr"), 2);
    tab.go(&house.url("?search=nothing"));
    assert_eq!(tab.count_visible(".empty"), 1);
    expect_clean(&tab, &house);
    house.world.shut_down();
}

#[test]
fn a_process_and_its_logs_have_pages() {
    let house = shop();
    let tab = Browser::PLAIN.open();
    tab.go(&house.url("tail.html?processname=web:web_00&channel=stderr"));
    assert!(tab.text(".lines").contains("a warning that is no error"));
    tab.click(".channels a:not([aria-current])");
    tab.await_text(".lines", "/basket/");
    tab.click(".refresh");
    tab.await_text(".lines", "/basket/");
    tab.click(".tabs a:not([aria-current])");
    tab.await_text("[data-part='now']", "running");
    tab.click(".orders button[value='stop']");
    tab.await_text(".status_msg", "Process web:web_00 stopped");
    tab.await_text("[data-part='now']", "stopped");
    tab.click(".orders button[value='start']");
    tab.await_text("[data-part='now']", "running");
    tab.click(".orders button[value='signal']");
    tab.await_text("[data-part='ends']", "SIGHUP; not expected");
    tab.click("nav a[href='mainlog.html']");
    tab.await_text(".lines", "spawned: 'cache'");
    tab.click("form.clear button");
    tab.await_text(".status_msg", "Log cleared");
    expect_clean(&tab, &house);
    house.world.shut_down();
}
