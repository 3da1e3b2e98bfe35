//! Events to one listener.

use std::process::Command;
use std::thread;
use std::time::Duration;

use super::logs::Go;
use super::seconds_between;
use crate::Trouble;
use crate::figure::Unit;
use crate::place::Place;
use crate::scene::{Programs, Scene};
use crate::subject::{PATIENCE, Subject, Supervisor};
use crate::table::Row;

const EVENTS: usize = 200_000;
const REFERENCE_EVENTS: usize = 5_000;
const ROUNDS: usize = 5;
const SETTLING: Duration = Duration::from_millis(500);

pub(super) fn measure(place: &Place) -> Result<Vec<Row>, Trouble> {
    let mut row = Row::new("events to one listener", Unit::PerSecond);
    for round in 0..place.rounds(ROUNDS) {
        for subject in place.subjects() {
            if subject != Subject::Reference || round < 2 {
                row.add(subject, once(place, subject)?);
            }
        }
    }
    Ok(vec![row])
}

#[expect(clippy::cast_precision_loss)]
fn once(place: &Place, subject: Subject) -> Result<f64, Trouble> {
    let mut scene = Scene::new(place)?;
    let mut go = Go::new(&scene)?;
    let count = if subject == Subject::Reference { REFERENCE_EVENTS } else { EVENTS };
    let listen = format!("listen {count} {}", scene.marks.path().display());
    let _supervisor = if subject == Subject::Floor {
        let mut command = Command::new(place.floor());
        command.args(["floor", "feed", &count.to_string()]).arg(&place.child).args(listen.split(' '));
        Supervisor::execute(place, subject, &mut command)?
    } else {
        let emit = Programs {
            name: "emit".to_owned(),
            count: 1,
            words: format!("emit {count} {}", go.path.display()),
            options: "stdout_capture_maxbytes=1MB\nstdout_logfile=NONE\n".to_owned(),
        };
        scene.configure(place, &[emit])?;
        scene.append(&format!(
            "[eventlistener:listen]\ncommand={} {listen}\nevents=PROCESS_COMMUNICATION\nbuffer_size={}\n\
             stdout_logfile=NONE\nstderr_logfile=NONE\n",
            place.child.display(),
            2 * count
        ))?;
        let supervisor = Supervisor::start(place, &scene, subject)?;
        supervisor.client(&scene)?;
        thread::sleep(SETTLING);
        go.say(1)?;
        supervisor
    };
    let marks = scene.marks.wait(2, PATIENCE)?;
    Ok((count - 1) as f64 / seconds_between(marks[0].nanoseconds, marks[1].nanoseconds))
}
