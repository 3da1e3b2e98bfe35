//! Whether bytes that a program has written are missing in its log after it has exited or was killed.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use supervisor_sys::signals::kill;
use supervisor_worlds::processes::{command_line, descendants};

use super::logs::Go;
use crate::Trouble;
use crate::figure::Unit;
use crate::logged::{count_records, total_bytes};
use crate::place::Place;
use crate::scene::{Programs, Scene};
use crate::subject::{Subject, Supervisor};
use crate::table::Row;

const SIGKILL: i32 = 9;
const RECORD_BYTES: usize = 1_000;
/// As much as fits into a pipe of a mebibyte.
const RECORDS: usize = 1_000;
const OPTIONS: &str = "autorestart=false\nstartsecs=0\nstdout_logfile=%(here)s/logs/write.log\n";
/// How long a log may take to stop growing, and in which steps that is looked at.
const CALM: Duration = Duration::from_millis(400);
const WRITING: Duration = Duration::from_millis(300);
const CALM_PATIENCE: Duration = Duration::from_secs(20);

pub(super) fn measure(place: &Place) -> Result<Vec<Row>, Trouble> {
    let mut exits = Row::new("lost when a program exits", Unit::Percent);
    let mut full = Row::new("lost when it exits with a 1 MiB pipe full", Unit::Percent);
    let mut killed = Row::new("lost when it is killed while it writes", Unit::Percent);
    for _ in 0..place.rounds(5) {
        for subject in place.subjects().into_iter().filter(|subject| Subject::BOTH.contains(subject)) {
            exits.add(subject, after_exit(place, subject, "write")?);
            full.add(subject, after_exit(place, subject, "full")?);
            killed.add(subject, after_kill(place, subject)?);
        }
    }
    Ok(vec![exits, full, killed])
}

#[expect(clippy::cast_precision_loss)]
fn lost_percent(written: u64, logged: u64) -> f64 {
    written.saturating_sub(logged) as f64 / written.max(1) as f64 * 100.0
}

fn after_exit(place: &Place, subject: Subject, how: &str) -> Result<f64, Trouble> {
    let scene = Scene::on_disk(place)?;
    let mut go = Go::new(&scene)?;
    let words = format!("{how} {RECORD_BYTES} {RECORDS} {}", go.path.display());
    let _supervisor = start(place, &scene, subject, words)?;
    go.say(1)?;
    wait_for_calm(&scene)?;
    let logged = count_records(&scene.path("logs/write.log"), RECORD_BYTES)?;
    Ok(lost_percent(RECORDS as u64, logged))
}

fn after_kill(place: &Place, subject: Subject) -> Result<f64, Trouble> {
    let scene = Scene::on_disk(place)?;
    let mut go = Go::new(&scene)?;
    let progress = scene.path("progress");
    let words = format!("count {RECORD_BYTES} {} {}", go.path.display(), progress.display());
    let _supervisor = start(place, &scene, subject, words)?;
    go.say(1)?;
    thread::sleep(WRITING);
    let me = i32::try_from(std::process::id())?;
    let is_writer = |pid: i32| command_line(pid).contains(" count ");
    let writer = descendants(me).into_iter().find(|process| is_writer(process.pid)).ok_or("nobody writes")?;
    kill(writer.pid, SIGKILL)?;
    wait_for_calm(&scene)?;
    let written = u64::from_ne_bytes(fs::read(&progress)?.as_slice().try_into()?);
    let logged = count_records(&scene.path("logs/write.log"), RECORD_BYTES)?;
    Ok(lost_percent(written, logged))
}

fn start(place: &Place, scene: &Scene, subject: Subject, words: String) -> Result<Supervisor, Trouble> {
    let options = OPTIONS.to_owned();
    scene.configure(place, &[Programs { name: "write".to_owned(), count: 1, words, options }])?;
    let supervisor = Supervisor::start(place, scene, subject)?;
    supervisor.client(scene)?;
    Ok(supervisor)
}

/// Waits until the log has grown and grows no more.
fn wait_for_calm(scene: &Scene) -> Result<(), Trouble> {
    let begun = Instant::now();
    let mut before = 0;
    loop {
        thread::sleep(CALM);
        let present = total_bytes(&scene.path("logs"));
        if present > 0 && present == before {
            return Ok(());
        }
        if begun.elapsed() > CALM_PATIENCE {
            return Err("the log does not come to rest".into());
        }
        before = present;
    }
}
