//! `screenshots FOLDER`: pictures of the page for the documentation.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use supervisor_browser::browser::Browser;
use supervisor_browser::house::House;
use supervisor_browser::tab::Tab;
use supervisor_worlds::patience::wait_until;

/// How many values a chart shall have before its picture is taken.
const VALUES: usize = 12;

fn main() {
    let folder = PathBuf::from(env::args_os().nth(1).expect("usage: screenshots FOLDER"));
    fs::create_dir_all(&folder).expect("the folder can be made");
    shop(&folder);
    thousand(&folder);
    make_small(&folder);
}

/// Pictures of pages have few colours.
fn make_small(folder: &Path) {
    let pictures = fs::read_dir(folder).expect("a readable folder").flatten().map(|entry| entry.path());
    let mut command = Command::new("pngquant");
    command.args(["--force", "--ext=.png", "--speed=1", "--strip"]);
    let status = command.args(pictures).status().expect("pngquant (Debian package) is there");
    assert!(status.success(), "pngquant failed");
}

fn shop(folder: &Path) {
    let house = House::of_case("shop");
    house.world.wait_for_state("mailer", "FATAL");
    house.world.ctl(&["signal", "KILL", "web:web_01"]);
    house.world.wait_for_state("web:web_01", "RUNNING");
    let light = Browser::DESKTOP.open();
    light.go(&house.url(""));
    await_charts(&light);
    light.click("input[value='web:web_00']");
    light.click("input[value='web:web_02']");
    keep(&light, &folder.join("page-light.png"));
    let dark = Browser::DESKTOP.dark().open();
    dark.go(&house.url("process.html?processname=worker:worker_00"));
    await_charts(&dark);
    keep(&dark, &folder.join("process-dark.png"));
    dark.go(&house.url(""));
    await_charts(&dark);
    keep(&dark, &folder.join("page-dark.png"));
    dark.go(&house.url("tail.html?processname=web:web_00"));
    dark.await_text(".lines", "card declined");
    dark.type_into(".log-tools input", "declined");
    keep(&dark, &folder.join("log-dark.png"));
    let phone = Browser::PHONE.open();
    phone.go(&house.url(""));
    await_charts(&phone);
    keep(&phone, &folder.join("page-phone.png"));
}

fn thousand(folder: &Path) {
    let house = House::of_case("thousand");
    let tab = Browser::DESKTOP.open();
    tab.go(&house.url(""));
    await_charts(&tab);
    keep(&tab, &folder.join("page-thousand.png"));
}

/// Waits until every chart that can be seen has some values to show.
fn await_charts(tab: &Tab) {
    let count = "return Math.min(...[...document.querySelectorAll('.spark .curve')]\
        .map((curve) => (curve.getAttribute('d') ?? '').split('L').length))";
    wait_until("charts with values", || {
        tab.script(count).as_u64().is_some_and(|count| count >= VALUES as u64)
    });
}

fn keep(tab: &Tab, path: &Path) {
    fs::write(path, tab.screenshot()).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}
