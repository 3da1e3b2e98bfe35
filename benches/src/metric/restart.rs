//! From the death of a program to the first instruction of its replacement: one by one, and 500 in one instant.

use std::thread;
use std::time::Duration;

use supervisor_sys::clock::monotonic_nanoseconds;
use supervisor_sys::signals::kill;

use super::seconds_between;
use super::start::start;
use crate::Trouble;
use crate::figure::{Figure, Unit};
use crate::place::Place;
use crate::scene::Scene;
use crate::subject::{PATIENCE, Subject};
use crate::table::Row;

const SIGKILL: i32 = 9;
/// How many programs are killed one by one, and how often all of them.
const PROGRAMS: usize = 60;
const PASSES: usize = 5;
/// The reference takes about a second for each.
const REFERENCE_KILLS: usize = 12;
const AT_ONCE: usize = 500;
/// A program that lives longer has not failed to start.
const LIFE: Duration = Duration::from_millis(1_300);
/// Between two kills everybody comes to rest.
const PAUSE: Duration = Duration::from_millis(3);

pub(super) fn measure(place: &Place) -> Result<Vec<Row>, Trouble> {
    let mut half = Row::new("killed to running again, p50", Unit::Seconds);
    let mut most = Row::new("killed to running again, p99", Unit::Seconds);
    for subject in place.subjects().into_iter().chain(place.peers()) {
        let figure = one_by_one(place, subject)?;
        half.add(subject, figure.quantile(0.5).ok_or("no restart")?);
        most.add(subject, figure.quantile(0.99).ok_or("no restart")?);
    }
    let mut all = Row::new("500 killed in one instant, all back", Unit::Seconds);
    for round in 0..place.rounds(5) {
        for subject in place.subjects() {
            if subject != Subject::Reference || round < 2 {
                all.add(subject, at_once(place, subject)?);
            }
        }
    }
    Ok(vec![half, most, all])
}

fn one_by_one(place: &Place, subject: Subject) -> Result<Figure, Trouble> {
    let mut scene = Scene::new(place)?;
    let _supervisor = start(place, &scene, subject, PROGRAMS)?;
    let mut pids: Vec<i32> = scene.marks.wait(PROGRAMS, PATIENCE)?.iter().map(|mark| mark.pid).collect();
    let is_slow = subject == Subject::Reference;
    let (passes, kills) = if is_slow { (1, REFERENCE_KILLS) } else { (place.rounds(PASSES), PROGRAMS) };
    let mut figure = Figure::default();
    for _ in 0..passes {
        thread::sleep(LIFE);
        for pid in pids.iter_mut().take(kills) {
            thread::sleep(PAUSE);
            let killed = monotonic_nanoseconds();
            kill(*pid, SIGKILL)?;
            let mark = scene.marks.wait(1, PATIENCE)?[0];
            figure.add(seconds_between(killed, mark.nanoseconds));
            *pid = mark.pid;
        }
    }
    Ok(figure)
}

fn at_once(place: &Place, subject: Subject) -> Result<f64, Trouble> {
    let mut scene = Scene::new(place)?;
    let _supervisor = start(place, &scene, subject, AT_ONCE)?;
    let marks = scene.marks.wait(AT_ONCE, PATIENCE)?;
    thread::sleep(LIFE);
    let killed = monotonic_nanoseconds();
    for mark in &marks {
        kill(mark.pid, SIGKILL)?;
    }
    let marks = scene.marks.wait(AT_ONCE, PATIENCE)?;
    let last = marks.iter().map(|mark| mark.nanoseconds).max().unwrap_or(0);
    Ok(seconds_between(killed, last))
}
