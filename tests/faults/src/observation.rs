//! What a daemon costs, by the word of `/proc`.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use supervisor_worlds::patience::wait_until;
use supervisor_worlds::world::World;

use crate::stage::MAIN_LOG;

const OBSERVED: Duration = Duration::from_millis(1500);
/// Linux counts processor time in hundredths of a second, on every machine that we know.
const TICKS_PER_SECOND: f64 = 100.0;
/// Who spins takes all of a processor, or what others leave of it; who waits takes next to nothing.
const SPINNING: f64 = 0.2;

/// How many descriptors a process has open.
///
/// # Panics
/// When the process is gone.
pub fn open_descriptors(pid: i32) -> usize {
    fs::read_dir(format!("/proc/{pid}/fd")).expect("the process is there").count()
}

/// One number of `/proc/PID/status`, such as `VmSize` in KiB.
///
/// # Panics
/// When the process is gone.
pub fn status_number(pid: i32, name: &str) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).expect("the process is there");
    let rest = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    rest.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).expect("the kernel tells it")
}

fn processor_seconds(pid: i32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).expect("the process is there");
    let (_, after_name) = stat.rsplit_once(')').expect("a name in parentheses");
    let ticks = after_name.split_ascii_whitespace().skip(11).take(2);
    ticks.map(|ticks| ticks.parse::<f64>().expect("a number")).sum::<f64>() / TICKS_PER_SECOND
}

/// Looks on for a while and fails if the process spins.
///
/// # Panics
/// When it does.
pub fn expect_no_spinning(pid: i32) {
    let (began, before) = (Instant::now(), processor_seconds(pid));
    // Sleeps because it is examined that nothing happens in the time that passes.
    thread::sleep(OBSERVED);
    let share = (processor_seconds(pid) - before) / began.elapsed().as_secs_f64();
    assert!(share < SPINNING, "the daemon takes {:.0} % of a processor", share * 100.0);
}

/// Waits until the main log contains a text.
pub fn wait_for_main_log(world: &World, text: &str) {
    wait_until(&format!("{text:?} in the main log"), || world.read(MAIN_LOG).contains(text));
}

/// How many lines of the main log contain a text.
pub fn times_in_main_log(world: &World, text: &str) -> usize {
    world.read(MAIN_LOG).lines().filter(|line| line.contains(text)).count()
}
