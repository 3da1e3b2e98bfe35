//! What the configuration on disk would change, and the button that has it.

use std::fs;

use supervisor_browser::browser::Browser;
use supervisor_browser::house::House;

use crate::{expect_clean, shop};

fn change(house: &House, from: &str, to: &str) {
    let path = house.world.path("supervisord.conf");
    let text = fs::read_to_string(&path).expect("the world has a configuration");
    assert!(text.contains(from));
    fs::write(path, text.replace(from, to)).expect("it can be written");
}

#[test]
fn changes_are_shown_before_they_are_applied() {
    for browser in [Browser::DESKTOP, Browser::PLAIN] {
        let house = shop();
        let tab = browser.open();
        tab.go(&house.url("configuration.html"));
        tab.await_text("#content", "An update would change nothing");
        change(
            &house,
            "[program:cache]\ncommand=/bin/cat",
            "[program:cash]\ncommand=/bin/sh -c 'exec sleep 1000' --token=geheim",
        );
        change(&house, "GREETING=\"hello\"", "GREETING=\"welcome\"");
        let pid = house.world.pid("web:web_00");
        let untouched = house.world.pid("worker:worker_00");
        tab.go(&house.url("configuration.html"));
        assert!(tab.text(".plan .removed").contains("cache"));
        let added = tab.text(".plan .added");
        assert!(added.contains("cash") && !added.contains("geheim"), "{added}");
        let changed = tab.text(".plan .changed");
        assert!(changed.contains("welcome") && !changed.contains("geheim"), "{changed}");
        assert!(house.world.statuses().contains_key("cache"), "looking changes nothing");
        tab.click("form.apply button");
        tab.await_text(".status_msg", "web updated");
        house.world.wait_for_successor("web:web_00", pid);
        assert!(!house.world.statuses().contains_key("cache"));
        house.world.wait_for_state("cash", "RUNNING");
        assert_eq!(house.world.pid("worker:worker_00"), untouched);
        tab.await_text("#content", "An update would change nothing");
        expect_clean(&tab, &house);
        house.world.shut_down();
    }
}

#[test]
fn a_broken_configuration_is_explained_and_changes_nothing() {
    let house = shop();
    change(&house, "numprocs=2", "numprocs=two");
    let tab = Browser::DESKTOP.open();
    tab.go(&house.url("configuration.html"));
    assert!(tab.text(".fault").contains("numprocs"));
    assert!(tab.all("form.apply").is_empty());
    assert_eq!(house.world.state("worker:worker_00"), "RUNNING");
    expect_clean(&tab, &house);
    house.world.shut_down();
}
