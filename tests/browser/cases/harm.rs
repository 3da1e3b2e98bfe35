//! Clients who mean harm, beside honest ones.

use supervisor_browser::harm::{ENDLESS, NEWS, SLOW_HEAD};

use crate::shop;

/// What a daemon may come to hold in spite of them.
const BYTES_MAX: u64 = 200 << 20;

#[test]
fn the_daemon_supervises_and_answers_whatever_clients_do() {
    let house = shop();
    for (count, words) in [(300, SLOW_HEAD), (1000, ""), (20, ENDLESS), (20, NEWS)] {
        let crowd = house.crowd(count, words);
        let _ = house.answers_within();
        let pid = house.world.pid("cache");
        house.world.ctl(&["signal", "KILL", "cache"]);
        house.world.wait_for_successor("cache", pid);
        let _ = house.answers_within();
        drop(crowd);
    }
    let (status, sent) = house.offer_a_gigabyte();
    assert!(sent < 64 << 20, "{sent} bytes of a body were taken");
    assert!(status.contains("413") || status == "no answer", "{status}");
    let _ = house.answers_within();
    let bytes = house.resident_bytes();
    assert!(bytes < BYTES_MAX, "{bytes}");
    house.world.shut_down();
}
