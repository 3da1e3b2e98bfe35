//! Requests per second.

use std::thread;
use std::time::Duration;

use super::status::{floor, reference};
use crate::Trouble;
use crate::figure::{Figure, Unit};
use crate::place::Place;
use crate::rpc::load;
use crate::scene::Scene;
use crate::subject::{Subject, Supervisor};
use crate::table::Row;

const PROGRAMS: usize = 1_000;
const ROUNDS: usize = 5;
/// How long one round of one subject takes.
const TIME: Duration = Duration::from_millis(1_200);
const SETTLING: Duration = Duration::from_millis(1_500);
const QUESTIONS: [(&str, &str); 2] =
    [("supervisor.getAllProcessInfo", "getAllProcessInfo of 1000"), ("supervisor.getState", "getState")];

pub(super) fn measure(place: &Place) -> Result<Vec<Row>, Trouble> {
    let (mut reference_scene, mut our_scene) = (Scene::new(place)?, Scene::new(place)?);
    let reference = reference(place, &mut reference_scene)?;
    let ours = Supervisor::with_resting(place, &mut our_scene, Subject::Ours, PROGRAMS)?;
    thread::sleep(SETTLING);
    let floor_socket = our_scene.path("floor");
    let _floor = floor(place, &our_scene, &ours, &floor_socket)?;
    let sockets = [
        (Subject::Reference, reference_scene.path("socket")),
        (Subject::Ours, our_scene.path("socket")),
        (Subject::Floor, floor_socket),
    ];
    let mut rows = Vec::new();
    for (method, label) in QUESTIONS {
        for (clients, who) in [(1, "1 client"), (20, "20 clients")] {
            let mut rate = Row::new(format!("{label}, {who}"), Unit::PerSecond);
            let mut wait = Row::new(format!("{label}, {who}: p99"), Unit::Seconds);
            for round in 0..place.rounds(ROUNDS) {
                for (subject, socket) in &sockets {
                    if *subject == Subject::Reference && (reference.is_none() || round > 0) {
                        continue;
                    }
                    let load = load(socket, method, clients, TIME)?;
                    rate.add(*subject, load.answers_per_second);
                    wait.add(*subject, Figure::of(load.waits).quantile(0.99).ok_or("no answer")?);
                }
            }
            rows.extend([rate, wait]);
        }
    }
    Ok(rows)
}
