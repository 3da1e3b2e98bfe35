//! What a thousand programs cost that do nothing.

use std::thread;
use std::time::Duration;

use super::start::start;
use crate::Trouble;
use crate::figure::Unit;
use crate::place::Place;
use crate::scene::Scene;
use crate::subject::PATIENCE;
use crate::table::Row;

const PROGRAMS: usize = 1_000;
/// After so long every program counts as up.
const SETTLING: Duration = Duration::from_secs(4);
const WATCHED: Duration = Duration::from_secs(6);

pub(super) fn measure(place: &Place) -> Result<Vec<Row>, Trouble> {
    let mut processor = Row::new("idle with 1000 programs: processor time per second", Unit::Seconds);
    let mut wakeups = Row::new("idle with 1000 programs: wake-ups", Unit::PerSecond);
    for subject in place.subjects().into_iter().chain(place.peers()) {
        let mut scene = Scene::new(place)?;
        let supervisor = start(place, &scene, subject, PROGRAMS)?;
        scene.marks.wait(PROGRAMS, PATIENCE)?;
        thread::sleep(SETTLING);
        let before = supervisor.usage();
        thread::sleep(WATCHED);
        let taken = supervisor.usage().since(before);
        processor.add(subject, taken.processor_seconds / WATCHED.as_secs_f64());
        wakeups.add(subject, taken.wakeups / WATCHED.as_secs_f64());
    }
    Ok(vec![processor, wakeups])
}
