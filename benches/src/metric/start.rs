//! From exec to the first program running, and to many.

use std::process::Command;

use super::seconds_between;
use crate::Trouble;
use crate::figure::Unit;
use crate::marks::Mark;
use crate::peers;
use crate::place::Place;
use crate::say;
use crate::scene::{Programs, Scene};
use crate::subject::{PATIENCE, Subject, Supervisor};
use crate::table::Row;

/// How many programs, how many rounds, how many of the slow reference.
const SIZES: [(usize, usize, usize); 4] = [(1, 15, 5), (100, 7, 3), (1_000, 5, 1), (5_000, 3, 1)];
/// runsv and s6-supervise are a process for each program: more would measure this machine's memory.
const PEERS_PROGRAMS_MAX: usize = 1_000;

pub(super) fn measure(place: &Place) -> Result<Vec<Row>, Trouble> {
    let mut rows = Vec::new();
    for (count, rounds, reference_rounds) in SIZES {
        let label = if count == 1 {
            "exec to the first program running".to_owned()
        } else {
            format!("exec to {count} programs running")
        };
        let mut row = Row::new(label, Unit::Seconds);
        let mut subjects = place.subjects();
        if count <= PEERS_PROGRAMS_MAX {
            subjects.extend(place.peers());
        }
        for round in 0..place.rounds(rounds) {
            for &subject in &subjects {
                let is_slow = !matches!(subject, Subject::Ours | Subject::Floor);
                if is_slow && round >= reference_rounds {
                    continue;
                }
                // Whoever cannot do it leaves its cell empty.
                match once(place, subject, count) {
                    Ok(seconds) => row.add(subject, seconds),
                    Err(trouble) => say(&format!("  {}: {trouble}", subject.name())),
                }
            }
        }
        rows.push(row);
    }
    Ok(rows)
}

fn once(place: &Place, subject: Subject, count: usize) -> Result<f64, Trouble> {
    let mut scene = Scene::new(place)?;
    let supervisor = start(place, &scene, subject, count)?;
    let marks = scene.marks.wait(count, PATIENCE)?;
    let last = marks.iter().map(|mark: &Mark| mark.nanoseconds).max().unwrap_or(0);
    Ok(seconds_between(supervisor.executed_nanoseconds, last))
}

/// Anybody with so many resting programs.
pub(super) fn start(
    place: &Place,
    scene: &Scene,
    subject: Subject,
    count: usize,
) -> Result<Supervisor, Trouble> {
    match subject {
        Subject::Reference | Subject::Ours => {
            scene.configure(place, &[Programs::resting(count, scene)])?;
            Supervisor::start(place, scene, subject)
        }
        Subject::Floor => {
            let mut command = Command::new(place.floor());
            command.args(["floor", "keep", &count.to_string()]).arg(&place.child);
            command.arg("mark").arg(scene.marks.path());
            Supervisor::execute(place, subject, &mut command)
        }
        Subject::Runit | Subject::S6 => peers::start_resting(place, scene, subject, count),
    }
}
