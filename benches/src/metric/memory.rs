//! The memory of a supervisor and all its helpers.

use std::thread;
use std::time::Duration;

use super::start::start;
use crate::Trouble;
use crate::figure::Unit;
use crate::place::Place;
use crate::process::pss_mebibytes;
use crate::scene::Scene;
use crate::subject::{PATIENCE, Subject};
use crate::table::Row;

/// How many programs, in how many rounds.
const SIZES: [(usize, usize); 4] = [(0, 3), (100, 2), (1_000, 1), (5_000, 1)];
const PEERS_PROGRAMS_MAX: usize = 1_000;
/// What starting needed for a moment may be given back: the figure is of a supervisor at rest.
const SETTLING: Duration = Duration::from_secs(4);

pub(super) fn measure(place: &Place) -> Result<Vec<Row>, Trouble> {
    let mut rows = Vec::new();
    for (count, rounds) in SIZES {
        let mut row = Row::new(format!("memory (PSS) with {count} programs"), Unit::Mebibytes);
        let mut subjects = place.subjects();
        if count <= PEERS_PROGRAMS_MAX {
            subjects.extend(place.peers());
        }
        for _ in 0..place.rounds(rounds) {
            for &subject in &subjects {
                let mut scene = Scene::new(place)?;
                let supervisor = start(place, &scene, subject, count)?;
                scene.marks.wait(count, PATIENCE)?;
                if Subject::BOTH.contains(&subject) {
                    supervisor.client(&scene)?;
                }
                thread::sleep(SETTLING);
                row.add(subject, pss_mebibytes(&supervisor.processes()));
            }
        }
        rows.push(row);
    }
    Ok(rows)
}
