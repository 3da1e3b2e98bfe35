//! The one who disturbs the daemon itself: signals, other configurations, logs that are moved away.

use std::fs;
use std::io;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use supervisor_oracle::random::Random;
use supervisor_rpc::value::Value;
use supervisor_sys::signals::kill;
use supervisor_worlds::processes::descendants;
use supervisor_worlds::subject;

use crate::pace::{pause, pause_between};
use crate::plan::CHANGING_GROUPS;
use crate::stage::{Stage, add};

/// Every so many disturbances the daemon reloads, which ends many other things.
const RELOAD_EVERY: u64 = 16;
/// No reload takes longer.
const RELOAD_TIME_MAX: Duration = Duration::from_secs(60);
/// What the daemon says when it has started.
const STARTED: &[u8] = b"supervisord started with pid";

/// Disturbs until the soak is over.
pub fn operate_on_and_on(stage: &Stage, mut random: Random) {
    for number in 1.. {
        if stage.gate.is_over() {
            return;
        }
        let pass = stage.gate.pass();
        add(&stage.counts.disturbances, 1);
        if u64::is_multiple_of(number, RELOAD_EVERY) {
            reload(stage);
        } else {
            disturb(stage, &mut random);
        }
        drop(pass);
        pause_between(&mut random, 200, 2000);
    }
}

fn disturb(stage: &Stage, random: &mut Random) {
    match random.index(20) {
        0..=2 => {
            stage.note("SIGUSR2");
            signal(stage, Signal::SIGUSR2);
        }
        3..=5 => {
            let moved = move_logs(stage, random);
            stage.note(&format!("{moved} logs moved, SIGUSR2"));
            signal(stage, Signal::SIGUSR2);
        }
        6..=10 => {
            for _ in 0..random.between(1, 3) {
                match stage.plan.change(random.index(CHANGING_GROUPS), random) {
                    Ok(change) => stage.note(&change),
                    Err(error) => {
                        stage.findings.add(format!("the soak cannot change its configuration: {error}"));
                    }
                }
            }
            supervisorctl(stage, &["update"]);
        }
        11 => supervisorctl(stage, &["reread"]),
        12 => supervisorctl(stage, &["status"]),
        13 => supervisorctl(stage, &["avail"]),
        14 => supervisorctl(stage, &["restart", "g00:*"]),
        15 | 16 => kill_some(stage, random),
        _ => freeze_some(stage, random),
    }
}

fn signal(stage: &Stage, signal: Signal) {
    if let Err(errno) = kill(stage.daemon, signal as i32) {
        stage.findings.add(format!("{signal} cannot be sent to the daemon: {errno}"));
    }
}

/// As logrotate does it: every old log gets the next number, and the daemon is told afterwards.
fn move_logs(stage: &Stage, random: &mut Random) -> usize {
    let mut moved = 0;
    for program in stage.plan.programs.iter().filter(|program| program.is_moved) {
        if random.coin() {
            continue;
        }
        for kind in ["out", "err"] {
            let path = stage.folder.join("logs").join(format!("{}.{kind}", program.name));
            let numbered = |number: usize| path.with_extension(format!("{kind}.{number}"));
            if !path.exists() {
                continue;
            }
            let free = (1..).find(|&number| !numbered(number).exists()).unwrap_or(1);
            for number in (1..free).rev() {
                expect(stage, fs::rename(numbered(number), numbered(number + 1)));
            }
            expect(stage, fs::rename(&path, numbered(1)));
            moved += 1;
        }
    }
    moved
}

fn expect(stage: &Stage, outcome: io::Result<()>) {
    if let Err(error) = outcome {
        stage.findings.add(format!("the soak cannot move a log: {error}"));
    }
}

fn supervisorctl(stage: &Stage, words: &[&str]) {
    let moment = stage.gate.moment();
    let answer = Command::new(subject::supervisorctl())
        .arg("-c")
        .arg(stage.plan.configuration())
        .args(words)
        .stdin(Stdio::null())
        .output();
    let text = match answer {
        Ok(answer) => String::from_utf8_lossy(&[answer.stdout, answer.stderr].concat()).into_owned(),
        Err(error) => error.to_string(),
    };
    // Others give orders meanwhile, so that an error about one process is no finding; silence is one.
    if !stage.gate.reloaded_since(moment) && (text.contains("refused") || text.contains("no such file")) {
        stage.findings.add(format!("supervisorctl {words:?}: {text}"));
    }
    stage.note(&format!("supervisorctl {words:?}: {} lines", text.lines().count()));
}

fn kill_some(stage: &Stage, random: &mut Random) {
    let children = children(stage);
    for _ in 0..random.between(1, 20).min(children.len()) {
        // It may be gone by now; no other has its number so soon.
        let _ = kill(random.pick(&children), Signal::SIGKILL as i32);
    }
    stage.note("some children killed");
}

fn freeze_some(stage: &Stage, random: &mut Random) {
    let children = children(stage);
    let frozen: Vec<i32> =
        (0..random.between(1, 20).min(children.len())).map(|_| random.pick(&children)).collect();
    for &pid in &frozen {
        let _ = kill(pid, Signal::SIGSTOP as i32);
    }
    pause_between(random, 10, 800);
    for &pid in &frozen {
        let _ = kill(pid, Signal::SIGCONT as i32);
    }
    stage.note("some children frozen and thawed");
}

fn children(stage: &Stage) -> Vec<i32> {
    descendants(stage.daemon).iter().map(|process| process.pid).collect()
}

/// Has the daemon stop everything, read its configuration and start anew.
fn reload(stage: &Stage) {
    stage.note("SIGHUP");
    let log = stage.folder.join("supervisord.log");
    let from = fs::metadata(&log).map_or(0, |metadata| metadata.len());
    stage.gate.turn();
    signal(stage, Signal::SIGHUP);
    let end = Instant::now() + RELOAD_TIME_MAX;
    let has_started = || {
        let text = fs::read(&log).unwrap_or_default();
        let new = text.get(usize::try_from(from).unwrap_or(0)..).unwrap_or_default();
        new.windows(STARTED.len()).any(|window| window == STARTED)
    };
    while !(has_started() && is_running(stage)) {
        if Instant::now() > end {
            stage.findings.add("a reload did not come to its end");
            break;
        }
        pause(Duration::from_millis(50));
    }
    stage.gate.turn();
    stage.note("reloaded");
}

fn is_running(stage: &Stage) -> bool {
    let state = stage.client.call("supervisor.getState", &[]);
    matches!(state, Ok(Ok(state)) if state.get("statecode").and_then(Value::as_int) == Some(1))
}
