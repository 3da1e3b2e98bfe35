//! Two hundred programs that exit as soon as they run, and the control of a supervisor that restarts them.

use std::process::Command;
use std::sync::mpsc::{TryRecvError, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::Trouble;
use crate::figure::{Figure, Unit};
use crate::place::Place;
use crate::scene::{Programs, Scene};
use crate::subject::{PATIENCE, Subject, Supervisor, seconds_of};
use crate::table::Row;

const PROGRAMS: usize = 200;
const WATCHED: Duration = Duration::from_secs(4);
const SETTLING: Duration = Duration::from_secs(1);
/// The pipe for marks holds about four thousand.
const PAUSE_BETWEEN_LOOKS: Duration = Duration::from_millis(5);
/// How often the client asks, and how often the one of the slow reference.
const QUESTIONS: usize = 25;
const REFERENCE_QUESTIONS: usize = 1;
/// Restarted at once and for ever, as the reference does: the brake is off.
const OPTIONS: &str = "startsecs=0\nautorestart=true\nstdout_logfile=NONE\nrestart_burst=0\n";

pub(super) fn measure(place: &Place) -> Result<Vec<Row>, Trouble> {
    let mut rate = Row::new("storm of 200 that exit at once: restarts", Unit::PerSecond);
    let mut cost = Row::new("storm of 200: processor time of the supervisor per restart", Unit::Seconds);
    let mut answer = Row::new("`status` during the storm", Unit::Seconds);
    for round in 0..place.rounds(3) {
        for subject in place.subjects() {
            if subject == Subject::Reference && round > 0 {
                continue;
            }
            let mut scene = Scene::new(place)?;
            let supervisor = start(place, &scene, subject)?;
            count_marks(&mut scene, SETTLING);
            let before = supervisor.usage();
            let begun = Instant::now();
            let restarts = count_marks(&mut scene, WATCHED);
            let taken = supervisor.usage().since(before);
            rate.add(subject, restarts / begun.elapsed().as_secs_f64());
            cost.add(subject, taken.processor_seconds / restarts);
            if Subject::BOTH.contains(&subject) {
                let questions = if subject == Subject::Ours { QUESTIONS } else { REFERENCE_QUESTIONS };
                for _ in 0..questions {
                    let status = supervisor.ctl(place, &scene, &["status"]);
                    answer.add(subject, seconds_meanwhile(&mut scene, status)?);
                }
            }
        }
    }
    Ok(vec![rate, cost, answer])
}

fn start(place: &Place, scene: &Scene, subject: Subject) -> Result<Supervisor, Trouble> {
    let words = format!("once {}", scene.marks.path().display());
    if subject == Subject::Floor {
        let mut command = Command::new(place.floor());
        command.args(["floor", "keep", &PROGRAMS.to_string()]).arg(&place.child);
        command.args(words.split(' '));
        return Supervisor::execute(place, subject, &mut command);
    }
    let options = OPTIONS.to_owned();
    scene.configure(place, &[Programs { name: "storm".to_owned(), count: PROGRAMS, words, options }])?;
    Supervisor::start(place, scene, subject)
}

#[expect(clippy::cast_precision_loss)]
fn count_marks(scene: &mut Scene, time: Duration) -> f64 {
    let begun = Instant::now();
    let mut count = 0;
    while begun.elapsed() < time {
        count += scene.marks.present().len();
        thread::sleep(PAUSE_BETWEEN_LOOKS);
    }
    count as f64
}

/// How long a command takes while somebody else keeps the pipe for marks empty.
fn seconds_meanwhile(scene: &mut Scene, mut command: Command) -> Result<f64, Trouble> {
    let (sender, receiver) = channel();
    let asking =
        thread::spawn(move || sender.send(seconds_of(&mut command).map_err(|trouble| trouble.to_string())));
    let begun = Instant::now();
    let outcome: Result<f64, String> = loop {
        match receiver.try_recv() {
            Ok(outcome) => break outcome,
            Err(TryRecvError::Disconnected) => return Err("nobody asks any more".into()),
            Err(TryRecvError::Empty) if begun.elapsed() > PATIENCE => return Ok(PATIENCE.as_secs_f64()),
            Err(TryRecvError::Empty) => {
                scene.marks.present();
                thread::sleep(PAUSE_BETWEEN_LOOKS);
            }
        }
    };
    // What it had to say has been heard.
    let _ = asking.join();
    let mut figure = Figure::default();
    figure.add(outcome?);
    figure.median().ok_or_else(|| "no answer".into())
}
