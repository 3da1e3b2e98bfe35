//! The daemon at rest: everything stopped, nobody there.

use std::time::{Duration, Instant};

use supervisor_rpc::value::Value;
use supervisor_worlds::processes::{command_line, descendants};

use crate::judge::facts::children;
use crate::judge::household::Household;
use crate::pace::pause;
use crate::stage::Stage;

/// How long it may take until everything has ended.
const PATIENCE: Duration = Duration::from_secs(60);
/// Connections of clients that are gone may be kept for so long.
const CLOSING_TIME_MAX: Duration = Duration::from_secs(20);
const FIRST_CLOSING_TIME: Duration = Duration::from_secs(4);
/// So long the daemon is left alone to see what it does of its own accord.
const CALM_TIME: Duration = Duration::from_secs(6);
/// So few events may wait for a listener that keeps up.
const QUEUED_MAX: i64 = 20;
/// So often it may wake up meanwhile: its listeners want a tick.
const CALM_WAKEUPS_MAX: u64 = 10;
/// So much processor time it may need, in hundredths of a second.
const CALM_TICKS_MAX: u64 = 2;

/// Stops everything, and looks. Nobody else may be at work.
pub fn settle(stage: &Stage, warden: i32, before: Option<&Household>) -> Household {
    let end = Instant::now() + PATIENCE;
    while let Some(lag) = lag_of_good_listener(stage) {
        if Instant::now() > end {
            stage.findings.add(format!("the good listener does not come to its end: {lag}"));
            break;
        }
        pause(Duration::from_millis(100));
    }
    let end = Instant::now() + PATIENCE;
    let mut rests = restless(stage, warden);
    while !rests.is_empty() {
        if Instant::now() > end {
            for what in rests {
                stage.findings.add(format!("after a stop of everything {what}"));
            }
            break;
        }
        stage.ask("supervisor.stopAllProcesses", &[Value::Bool(true)]);
        pause(Duration::from_millis(200));
        rests = restless(stage, warden);
    }
    // The first time there is nothing to compare with: it has a while to close what it will.
    if before.is_none() {
        pause(FIRST_CLOSING_TIME);
    }
    let end = Instant::now() + CLOSING_TIME_MAX;
    loop {
        let now = Household::of(stage.daemon);
        let leaked = before.map(|before| now.leaked_since(before)).unwrap_or_default();
        if leaked.is_empty() || Instant::now() > end {
            for what in leaked {
                stage.findings.add(format!("descriptors stay open: {what}"));
            }
            return now;
        }
        pause(Duration::from_millis(200));
    }
}

/// What the good listener has not been told yet; `None` if it knows everything.
fn lag_of_good_listener(stage: &Stage) -> Option<String> {
    let Some(Ok(answer)) = stage.ask("supervisor.getAllListenerInfo", &[]) else {
        return Some("nothing is known of it".to_owned());
    };
    let pools = answer.as_array().unwrap_or_default();
    let pool = pools.iter().find(|pool| pool.get("name").and_then(Value::as_str) == Some("good"));
    let figure = |name: &str| pool.and_then(|pool| pool.get(name)).and_then(Value::as_int);
    match (figure("queued"), figure("dropped")) {
        // Programs go on writing and dying while it is told.
        (Some(0..=QUEUED_MAX), Some(0)) => None,
        (queued, dropped) => Some(format!("{queued:?} events wait, {dropped:?} were dropped")),
    }
}

/// Who is not at rest.
fn restless(stage: &Stage, warden: i32) -> Vec<String> {
    let mut found = Vec::new();
    match stage.client.infos() {
        Err(error) => found.push(format!("the daemon does not answer: {error}")),
        Ok(infos) => {
            for info in infos {
                let (name, state) = (&info.name, info.state.name());
                if info.pid != 0 || !["STOPPED", "EXITED", "FATAL"].contains(&state) {
                    found.push(format!("{name} is {state} with pid {}", info.pid));
                }
            }
        }
    }
    let (_, zombies) = children(stage.daemon);
    found.extend(zombies.iter().map(|pid| format!("{pid} is a zombie")));
    let others = descendants(warden).into_iter().filter(|process| process.pid != stage.daemon);
    found.extend(others.map(|process| format!("{} lives: {}", process.pid, command_line(process.pid))));
    found
}

/// What the daemon does when nobody wants anything: wake-ups and hundredths of a second.
pub fn watch_calm(stage: &Stage) -> (u64, u64) {
    let before = Household::of(stage.daemon);
    pause(CALM_TIME);
    let after = Household::of(stage.daemon);
    let wakeups = after.wakeups.saturating_sub(before.wakeups);
    let ticks = after.processor_ticks.saturating_sub(before.processor_ticks);
    if wakeups > CALM_WAKEUPS_MAX || ticks > CALM_TICKS_MAX {
        stage
            .findings
            .add(format!("with everything stopped: {wakeups} wake-ups and {ticks}0 ms in {CALM_TIME:?}"));
    }
    (wakeups, ticks)
}
