//! What nobody would write, and what a page makes of it.

use supervisor_browser::browser::Browser;
use supervisor_browser::house::House;
use supervisor_browser::tab::Tab;
use supervisor_worlds::patience::wait_until;

use crate::{await_life, expect_clean};

const MARKUP: &str = "<img_src=x_onerror=alert(1)>";
const QUOTES: &str = "with&\"quote\"%41+100%";

fn oddities() -> House {
    let house = House::of_case("oddities");
    house.world.wait_for_state("loud", "RUNNING");
    house.world.wait_for_state(MARKUP, "RUNNING");
    house
}

/// Has a script say of each element whether it is as it should be; returns the texts of those that are not.
fn wrong(tab: &Tab, selector: &str, is_right: &str) -> String {
    tab.script(&format!(
        "return [...document.querySelectorAll(\"{selector}\")].filter((it) => !({is_right}))\
         .map((it) => it.textContent).join('; ')"
    ))
    .as_str()
    .unwrap_or_default()
    .to_owned()
}

#[test]
fn names_are_names_whatever_is_in_them() {
    let house = oddities();
    let tab = Browser::DESKTOP.open();
    for name in [MARKUP, QUOTES, "ümlaut"] {
        tab.go(&house.url(""));
        await_life(&tab);
        let link = |caption: &str| {
            tab.script(&format!(
                "[...document.querySelectorAll('tr[data-name]')].find((row) => row.dataset.name === {name:?})\
                 .querySelector('{caption}').click()"
            ));
        };
        link("a[name=Stop]");
        tab.await_text(".status_msg", &format!("Process {name} stopped"));
        link("a[name=Start]");
        tab.await_text(".status_msg", &format!("Process {name} started"));
        link("td.name a");
        tab.await_text("h1", name);
        await_life(&tab);
        tab.click(".orders button[value='restart']");
        tab.await_text(".status_msg", &format!("Process {name} restarted"));
        tab.click(".tabs a:not([aria-current])");
        tab.await_text("h1", name);
        wait_until("a log", || tab.all(".log-view[data-stream] .log-tools button").len() > 1);
    }
    expect_clean(&tab, &house);
    house.world.shut_down();
}

#[test]
fn a_log_is_text_whatever_is_in_it() {
    let house = oddities();
    let tab = Browser::DESKTOP.open();
    tab.go(&house.url("tail.html?processname=loud"));
    tab.await_text(".lines", "last");
    let lines = tab.text(".lines");
    for line in ["<script>document.title", "100%", "bold plain", "bytes \u{fffd}\u{fffd} and  nothing"] {
        assert!(lines.contains(line), "{line} in {}", &lines[..300]);
    }
    assert!(!lines.contains("50%") && !lines.contains("a title"));
    assert!(tab.all(".lines img, .lines script").is_empty());
    assert_eq!(tab.script("return document.title"), "Supervisor tail of process loud");
    let is_wide = "return document.documentElement.scrollWidth > innerWidth";
    assert_eq!(tab.script(is_wide), false, "the log scrolls, not the page");
    expect_clean(&tab, &house);
    house.world.shut_down();
}

#[test]
fn what_happened_is_told_without_a_log_that_can_be_read() {
    let house = oddities();
    let tab = Browser::DESKTOP.open();
    tab.go(&house.url(""));
    await_life(&tab);
    // All that it did is one thing each.
    tab.await_text("[data-part='timeline']", "times since");
    // What was long ago may be forgotten by the time that a busy machine has a browser.
    house.world.ctl_ok(&["restart", "ümlaut"]);
    tab.await_text("[data-part='timeline']", "ümlaut spawned with pid");
    tab.go(&house.url("process.html?processname=restless"));
    tab.await_text("[data-part='ends']", "Ended by itself: exit status 3");
    tab.go(&house.url("mainlog.html"));
    tab.await_text(".lines", "exited: restless");
    assert!(tab.text("#content").contains("The log goes to syslog"));
    assert_eq!(tab.count_visible("form.clear"), 0);
    house.world.ctl_ok(&["stop", "silent"]);
    house.world.ctl_ok(&["reload"]);
    house.world.wait_for_state("loud", "RUNNING");
    tab.go(&house.url("mainlog.html"));
    tab.await_text(".lines", "stopped: silent");
    expect_clean(&tab, &house);
    house.world.shut_down();
}

#[test]
fn who_reads_the_time_line_stays_there() {
    let house = oddities();
    let tab = Browser { size: (1440, 400), ..Browser::DESKTOP }.open();
    tab.go(&house.url(""));
    await_life(&tab);
    tab.script(
        "const line = document.querySelector('.timeline'); line.scrollTop = 40; line.isOld = true;
         const link = line.querySelector('li:nth-child(4) a'); window.was = link.href;
         link.focus({ preventScroll: true })",
    );
    let is_new = "return document.querySelector('.timeline').isOld !== true";
    wait_until("news", || tab.script(is_new) == true);
    assert_eq!(tab.script("return document.querySelector('.timeline').scrollTop"), 40);
    assert_eq!(tab.script("return document.activeElement.href === window.was"), true);
    house.world.shut_down();
}

#[test]
fn a_process_without_a_log_says_why() {
    let house = oddities();
    let tab = Browser::DESKTOP.open();
    tab.go(&house.url("tail.html?processname=silent"));
    tab.await_text("#connection", "Live");
    assert_eq!(tab.text("pre"), "No file for silent");
    assert!(tab.text(".log").contains("is not kept: see stdout_logfile"));
    assert!(
        tab.all(".log-tools button, .log-tools input").is_empty(),
        "there is nothing to follow or search"
    );
    expect_clean(&tab, &house);
    house.world.shut_down();
}

#[test]
fn nothing_is_pressed_out_of_its_place() {
    let house = oddities();
    for (width, is_table) in [(1440, true), (1024, true), (768, false), (390, false)] {
        let tab = Browser { size: (width, 900), ..Browser::DESKTOP }.open();
        tab.go(&house.url(""));
        await_life(&tab);
        let is_wide = "return document.documentElement.scrollWidth > innerWidth";
        assert_eq!(tab.script(is_wide), false, "{width}");
        // A row of links is one line high, and within its row.
        let is_one_line = "it.getBoundingClientRect().height < 40";
        assert_eq!(wrong(&tab, "td.action ul", is_one_line), "", "{width}");
        let is_inside = "it.getBoundingClientRect().right <= it.closest('tr').getBoundingClientRect().right";
        assert_eq!(wrong(&tab, "td.action li:not(.hidden), td.name a", is_inside), "", "{width}");
        // The box is beside its name, however long that is.
        let is_beside =
            "it.getBoundingClientRect().right <= it.nextElementSibling.getBoundingClientRect().left";
        assert_eq!(wrong(&tab, "td.name input", is_beside), "", "{width}");
        assert_eq!(tab.count_visible("thead") > 0, is_table, "{width}");
    }
    house.world.shut_down();
}

#[test]
fn a_group_is_selected_at_once() {
    let house = oddities();
    let tab = Browser::DESKTOP.open();
    tab.go(&house.url(""));
    await_life(&tab);
    tab.click("tr.group button");
    tab.click("tr.group input");
    assert_eq!(tab.text(".selected"), "2 selected:", "those of a folded group, too");
    tab.click("tr.group button");
    assert_eq!(tab.script("return document.querySelectorAll('tr[data-group] input:checked').length"), 2);
    tab.type_into(".search input[type='search']", "pair:0");
    assert_eq!(tab.text(".selected"), "2 selected (1 not shown):");
    tab.click(".selection button[value='stop']");
    tab.await_text(".status_msg", "2 processes stopped");
    assert_eq!(house.world.state("pair:1"), "STOPPED");
    expect_clean(&tab, &house);
    house.world.shut_down();
}

#[test]
fn what_makes_no_sense_cannot_be_pressed() {
    let house = oddities();
    let tab = Browser::DESKTOP.open();
    tab.go(&house.url("process.html?processname=silent"));
    await_life(&tab);
    let disabled = || {
        let names =
            "return [...document.querySelectorAll('.orders button:disabled')].map((it) => it.value).join()";
        tab.script(names).as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(disabled(), "start");
    tab.click(".orders button[value='stop']");
    wait_until("the other buttons", || disabled() == "stop,signal");
    tab.click(".orders button[value='start']");
    wait_until("the first buttons", || disabled() == "start");
    house.world.shut_down();
}

#[test]
fn who_reads_a_log_keeps_what_is_read() {
    let house = crate::shop();
    let tab = Browser::DESKTOP.open();
    tab.go(&house.url("tail.html?processname=web:web_00"));
    tab.await_text(".lines", "/pay");
    let hide = |is_hidden: bool| {
        let state = if is_hidden { "hidden" } else { "visible" };
        tab.script(&format!(
            "Object.defineProperty(document, 'visibilityState', {{ value: '{state}', configurable: true }});
             document.dispatchEvent(new Event('visibilitychange'))"
        ));
    };
    let first = "return document.querySelector('.lines pre').firstElementChild.isTheSame === true";
    tab.script("document.querySelector('.lines pre').firstElementChild.isTheSame = true");
    tab.script(
        "[...document.querySelectorAll('.log-tools button')].find((b) => b.textContent === 'Pause').click()",
    );
    hide(true);
    hide(false);
    let count = || tab.script("return document.querySelectorAll('.lines pre > div').length").as_u64();
    let written = || house.world.read("run/web_00.log").lines().count();
    let target = written() + 5;
    wait_until("more lines in the file", || written() > target);
    assert_eq!(tab.script(first), true, "what is paused is not replaced");
    let before = count();
    tab.script(
        "[...document.querySelectorAll('.log-tools button')].find((b) => b.textContent === 'Pause').click()",
    );
    wait_until("the rest", || count() > before);
    house.world.shut_down();
}
