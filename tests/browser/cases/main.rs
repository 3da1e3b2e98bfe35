//! What people do with the page, and what becomes of the processes.

mod accessible;
mod configuration;
mod controls;
mod harm;
mod logs;
mod news;
mod oddities;
mod plain;

use supervisor_browser::house::House;
use supervisor_browser::tab::Tab;
use supervisor_worlds::patience::wait_until;

/// The shop, with all its programs where they belong.
fn shop() -> House {
    let house = House::of_case("shop");
    for (name, state) in [
        ("web:web_00", "RUNNING"),
        ("web:web_02", "RUNNING"),
        ("cache", "RUNNING"),
        ("mailer", "FATAL"),
        ("migrate", "EXITED"),
    ] {
        house.world.wait_for_state(name, state);
    }
    house
}

/// Expects that no request went elsewhere, and that the browser had nothing to complain of.
fn expect_clean(tab: &Tab, house: &House) {
    let home = house.url("");
    let elsewhere: Vec<String> = tab
        .requests()
        .into_iter()
        .filter(|url| !url.starts_with(&home) && !url.starts_with("data:") && !url.starts_with("chrome:"))
        .collect();
    assert!(elsewhere.is_empty(), "requests that leave: {elsewhere:?}");
    let complaints = tab.complaints();
    assert!(complaints.is_empty(), "{complaints:?}");
}

/// Waits until the page has come to life.
fn await_life(tab: &Tab) {
    tab.await_text("#connection", "Live");
}

/// A link of a process's row.
fn link(process: &str, caption: &str) -> String {
    format!("tr[data-name='{process}'] td.action a[name='{caption}']")
}

/// Waits until a row shows a state.
fn await_row(tab: &Tab, process: &str, state: &str) {
    tab.await_text(&format!("tr[data-name='{process}'] td.status"), state);
}

/// Waits until a log of the world has this text.
fn await_log(house: &House, file: &str, text: &str) {
    wait_until(&format!("{text:?} in {file}"), || house.world.read(file).contains(text));
}
