//! `figures`: how fast the page is with a thousand processes, and how the daemon fares with clients who mean harm.

use std::io::{self, Write};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use supervisor_browser::browser::Browser;
use supervisor_browser::harm::{ENDLESS, NEWS, SLOW_HEAD};
use supervisor_browser::house::House;
use supervisor_worlds::patience::wait_until;

/// How often what takes differently long each time is measured.
const ROUNDS: usize = 20;

fn main() {
    thousand();
    harm();
}

fn say(text: &str) {
    // A closed output is no reason to stop.
    let _ = writeln!(io::stdout(), "{text}");
}

fn thousand() {
    let house = House::of_case("thousand");
    wait_until("a thousand processes", || {
        house.world.statuses().values().filter(|status| status.state == "RUNNING").count() == 900
    });
    let tab = Browser::DESKTOP.open();
    tab.go(&house.url("ok.html"));
    let start = Instant::now();
    tab.go(&house.url(""));
    let loaded = start.elapsed();
    tab.await_text("#connection", "Live");
    let timing = "const [page] = performance.getEntriesByType('navigation');
        return Math.round(page.domContentLoadedEventEnd)";
    say(&format!("1,000 processes: the page is usable after {} ms", tab.script(timing)));
    say(&format!("  loaded, as the driver sees it: {} ms", loaded.as_millis()));
    let size = "const [page] = performance.getEntriesByType('navigation'); return Math.round(page.transferSize / 1024)";
    say(&format!("  its size: {} kB", tab.script(size)));
    let search = "const box = document.querySelector('.search input'); const start = performance.now();
        box.value = 'api_39'; box.dispatchEvent(new Event('input')); document.body.getBoundingClientRect();
        const passed = performance.now() - start; box.value = ''; box.dispatchEvent(new Event('input'));
        return Math.round(passed * 10) / 10";
    say(&format!("  a search: {} ms", tab.script(search)));
    say(&format!("  from the exit of a process to its row: {}", exit_to_row(&house, &tab)));
}

/// The times from killing a process to its new state in the page, in milliseconds: the median and the longest.
fn exit_to_row(house: &House, tab: &supervisor_browser::tab::Tab) -> String {
    let mut times = Vec::new();
    for round in 0..ROUNDS {
        let name = format!("api:api_{round:03}");
        let pid = house.world.pid(&name);
        tab.script(&format!(
            "window.changedAt = 0; const row = document.querySelector(\"tr[data-name='{name}']\");
             const observer = new MutationObserver(() => {{ window.changedAt = Date.now(); observer.disconnect(); }});
             observer.observe(row, {{ attributes: true, childList: true, subtree: true, attributeFilter: ['data-key'] }});"
        ));
        let start = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        house.world.signal(pid, supervisor_worlds::world::KILL);
        wait_until("the row to change", || tab.script("return window.changedAt").as_u64() > Some(0));
        let end = u128::from(tab.script("return window.changedAt").as_u64().unwrap_or(0));
        times.push(end.saturating_sub(start));
    }
    times.sort_unstable();
    format!("median {} ms, longest {} ms of {ROUNDS}", times[ROUNDS / 2], times[ROUNDS - 1])
}

fn harm() {
    let house = House::of_case("shop");
    house.world.wait_for_state("cache", "RUNNING");
    report(&house, "nobody else");
    for (count, words, what) in [
        (1000, SLOW_HEAD, "1,000 heads that never end"),
        (1000, "", "1,000 idle connections"),
        (50, ENDLESS, "50 followers that never read"),
        (50, NEWS, "50 pages that never read"),
    ] {
        let crowd = house.crowd(count, words);
        report(&house, what);
        drop(crowd);
    }
    let (status, sent) = house.offer_a_gigabyte();
    say(&format!("a body of 1 GB: {status} after {} kB", sent >> 10));
    report(&house, "after all that");
}

fn report(house: &House, what: &str) {
    let times: Vec<Duration> = (0..ROUNDS).map(|_| house.answers_within()).collect();
    let longest = times.iter().max().copied().unwrap_or_default();
    let pid = house.world.pid("cache");
    let start = Instant::now();
    house.world.signal(pid, supervisor_worlds::world::KILL);
    house.world.wait_for_successor("cache", pid);
    say(&format!(
        "{what}: answers within {:.1} ms, a killed process runs again after {} ms, {} MB resident",
        longest.as_secs_f64() * 1000.0,
        start.elapsed().as_millis(),
        house.resident_bytes() >> 20
    ));
}
