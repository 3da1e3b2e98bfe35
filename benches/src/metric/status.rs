//! `supervisorctl`, the whole process, with a thousand programs.

use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::Trouble;
use crate::figure::Unit;
use crate::place::Place;
use crate::scene::Scene;
use crate::subject::{Subject, Supervisor, seconds_of};
use crate::table::Row;

const PROGRAMS: usize = 1_000;
const ROUNDS: usize = 31;
const REFERENCE_ROUNDS: usize = 5;
const SETTLING: Duration = Duration::from_millis(1_500);

pub(super) fn measure(place: &Place) -> Result<Vec<Row>, Trouble> {
    let (mut reference_scene, mut our_scene) = (Scene::new(place)?, Scene::new(place)?);
    let reference = reference(place, &mut reference_scene)?;
    let ours = Supervisor::with_resting(place, &mut our_scene, Subject::Ours, PROGRAMS)?;
    thread::sleep(SETTLING);
    let floor_socket = our_scene.path("floor");
    let _floor = floor(place, &our_scene, &ours, &floor_socket)?;
    let mut status = Row::new("`supervisorctl status` of 1000, whole process", Unit::Seconds);
    let mut pid = Row::new("`supervisorctl pid`, whole process", Unit::Seconds);
    for round in 0..place.rounds(ROUNDS) {
        if let Some(reference) = reference.as_ref().filter(|_| round < REFERENCE_ROUNDS) {
            status.add(
                Subject::Reference,
                seconds_of(&mut reference.ctl(place, &reference_scene, &["status"]))?,
            );
            pid.add(Subject::Reference, seconds_of(&mut reference.ctl(place, &reference_scene, &["pid"]))?);
        }
        status.add(Subject::Ours, seconds_of(&mut ours.ctl(place, &our_scene, &["status"]))?);
        let mut ask = Command::new(place.floor());
        ask.args(["floor", "ask"]).arg(&floor_socket).stdin(Stdio::null()).stdout(Stdio::piped());
        status.add(Subject::Floor, seconds_of(&mut ask)?);
        pid.add(Subject::Ours, seconds_of(&mut ours.ctl(place, &our_scene, &["pid"]))?);
    }
    Ok(vec![status, pid])
}

/// The reference with as many programs, if it takes part.
pub(super) fn reference(place: &Place, scene: &mut Scene) -> Result<Option<Supervisor>, Trouble> {
    if !place.subjects().contains(&Subject::Reference) {
        return Ok(None);
    }
    Supervisor::with_resting(place, scene, Subject::Reference, PROGRAMS).map(Some)
}

/// Somebody who gives the answers that ours gives, without thinking.
pub(super) fn floor(
    place: &Place,
    scene: &Scene,
    ours: &Supervisor,
    socket: &std::path::Path,
) -> Result<Supervisor, Trouble> {
    let body = ours.client(scene)?.call("supervisor.getAllProcessInfo", "")?;
    let prepared = scene.path("prepared.xml");
    fs::write(&prepared, body)?;
    let mut command = Command::new(place.floor());
    command.args(["floor", "answer"]).arg(socket).arg(&prepared);
    let floor = Supervisor::execute(place, Subject::Floor, &mut command)?;
    while !socket.exists() {
        thread::sleep(Duration::from_millis(2));
    }
    Ok(floor)
}
