//! Stopping a thousand, the end with a thousand, and a hundred more beside a thousand.

use std::fmt::Write;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use supervisor_sys::clock::monotonic_nanoseconds;
use supervisor_sys::signals::kill;

use super::seconds_between;
use super::start::start;
use crate::Trouble;
use crate::figure::Unit;
use crate::place::Place;
use crate::scene::Scene;
use crate::subject::{PATIENCE, Subject, Supervisor};
use crate::table::Row;

const PROGRAMS: usize = 1_000;
const FURTHER: usize = 100;
const ROUNDS: usize = 3;
const SIGUSR2: i32 = 12;
const SIGTERM: i32 = 15;
/// After so long every program counts as up.
const SETTLING: Duration = Duration::from_millis(1_500);

pub(super) fn measure(place: &Place) -> Result<Vec<Row>, Trouble> {
    let mut add = Row::new("`update` that adds 100 to 1000, all running", Unit::Seconds);
    let mut stop = Row::new("stop all of 1000", Unit::Seconds);
    let mut end = Row::new("shutdown with 1000", Unit::Seconds);
    for round in 0..place.rounds(ROUNDS) {
        for subject in place.subjects() {
            if subject == Subject::Reference && round > 0 {
                continue;
            }
            let mut scene = Scene::new(place)?;
            let mut supervisor = start(place, &scene, subject, PROGRAMS)?;
            scene.marks.wait(PROGRAMS, PATIENCE)?;
            thread::sleep(SETTLING);
            end.add(subject, shut_down(&mut supervisor)?);
            drop(supervisor);
            let mut scene = Scene::new(place)?;
            let mut supervisor = start(place, &scene, subject, PROGRAMS)?;
            scene.marks.wait(PROGRAMS, PATIENCE)?;
            thread::sleep(SETTLING);
            add.add(subject, add_hundred(place, &mut scene, subject, &supervisor)?);
            if subject == Subject::Floor {
                stop.add(subject, shut_down(&mut supervisor)?);
            } else {
                let mut client = supervisor.client(&scene)?;
                let begun = Instant::now();
                client.call("supervisor.stopAllProcesses", "")?;
                stop.add(subject, begun.elapsed().as_secs_f64());
            }
        }
    }
    Ok(vec![stop, end, add])
}

fn shut_down(supervisor: &mut Supervisor) -> Result<f64, Trouble> {
    let begun = Instant::now();
    kill(i32::try_from(supervisor.process.id())?, SIGTERM)?;
    supervisor.process.wait()?;
    Ok(begun.elapsed().as_secs_f64())
}

/// From the command to the last of them running.
fn add_hundred(
    place: &Place,
    scene: &mut Scene,
    subject: Subject,
    supervisor: &Supervisor,
) -> Result<f64, Trouble> {
    let begun = monotonic_nanoseconds();
    let command = if subject == Subject::Floor {
        kill(i32::try_from(supervisor.process.id())?, SIGUSR2)?;
        Command::new("true")
    } else {
        let mut sections = String::new();
        for number in 0..FURTHER {
            // Writing to a String cannot fail.
            let _ = write!(
                sections,
                "[program:further{number}]\ncommand={} mark {}\nredirect_stderr=true\n",
                place.child.display(),
                scene.marks.path().display()
            );
        }
        scene.append(&sections)?;
        supervisor.ctl(place, scene, &["update"])
    };
    let mut command = command;
    let mut running = command.spawn()?;
    let marks = scene.marks.wait(FURTHER, PATIENCE)?;
    running.wait()?;
    let last = marks.iter().map(|mark| mark.nanoseconds).max().unwrap_or(0);
    Ok(seconds_between(begun, last))
}
