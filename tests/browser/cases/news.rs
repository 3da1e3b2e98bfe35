//! What a page shows without being asked.

use supervisor_browser::browser::Browser;
use supervisor_worlds::patience::wait_until;

use crate::{await_life, await_row, expect_clean, shop};

#[test]
fn what_happens_shows_without_a_reload() {
    let house = shop();
    let tab = Browser::DESKTOP.open();
    tab.go(&house.url(""));
    await_life(&tab);
    tab.script("window.isTheSame = true");
    let pid = house.world.pid("cache");
    house.world.ctl(&["signal", "KILL", "cache"]);
    let next = house.world.wait_for_successor("cache", pid);
    tab.await_text("tr[data-name='cache'] td.desc", &format!("pid {next}"));
    tab.await_text("tr[data-name='cache'] td.restarts", "1");
    tab.await_text("[data-part='timeline']", "SIGKILL");
    house.world.ctl_ok(&["start", "report"]);
    await_row(&tab, "report", "running");
    assert_eq!(tab.text(".filter[data-state='stopped'] b"), "", "no filter for what there is not");
    assert_eq!(tab.text(".filter[data-state='running'] b"), "7");
    house.world.ctl_ok(&["stop", "worker:*"]);
    house.world.ctl_ok(&["remove", "worker"]);
    wait_until("the group to be gone", || tab.all("tr[data-group='worker']").is_empty());
    house.world.ctl_ok(&["add", "worker"]);
    await_row(&tab, "worker:worker_01", "running");
    let order =
        "return [...document.querySelectorAll('tr[data-name]')].map((row) => row.dataset.name).join()";
    let expected =
        "cache,mailer,migrate,report,web:web_00,web:web_01,web:web_02,worker:worker_00,worker:worker_01";
    assert_eq!(tab.script(order), expected);
    assert_eq!(tab.script("return window.isTheSame"), true);
    expect_clean(&tab, &house);
    house.world.shut_down();
}

#[test]
fn a_page_comes_back_to_a_daemon_that_comes_back() {
    let house = shop();
    let tab = Browser::DESKTOP.open();
    tab.go(&house.url(""));
    await_life(&tab);
    house.world.ctl_ok(&["stop", "cache"]);
    await_row(&tab, "cache", "stopped");
    house.world.ctl_ok(&["reload"]);
    await_row(&tab, "cache", "running");
    await_life(&tab);
    house.world.shut_down();
}

#[test]
fn use_of_memory_becomes_a_curve_and_clocks_go_on() {
    let house = shop();
    let tab = Browser::DESKTOP.open();
    tab.go(&house.url(""));
    await_life(&tab);
    let curve =
        "return document.querySelector(\"tr[data-name='cache'] td.memory .curve\")?.getAttribute('d') ?? ''";
    wait_until("a curve", || tab.script(curve).as_str().is_some_and(|curve| curve.contains('L')));
    assert!(tab.text("tr[data-name='cache'] td.memory").ends_with('B'));
    let clock = || tab.text("tr[data-name='cache'] td.desc");
    let before = clock();
    wait_until("the next second", || clock() != before);
    expect_clean(&tab, &house);
    house.world.shut_down();
}
