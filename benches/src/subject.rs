//! Who is measured.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use supervisor_sys::clock::monotonic_nanoseconds;

use crate::Trouble;
use crate::place::Place;
use crate::process::{self, Usage};
use crate::rpc::Client;
use crate::scene::{Programs, Scene};

/// The longest that anybody may take for anything here.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_millis(2);

/// Who is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Subject {
    Reference,
    Ours,
    Floor,
    Runit,
    S6,
}

impl Subject {
    /// The two that understand one configuration and one client.
    pub(crate) const BOTH: [Self; 2] = [Self::Reference, Self::Ours];

    /// What the table calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Reference => "Supervisor 4.3.0",
            Self::Ours => "ours",
            Self::Floor => "floor",
            Self::Runit => "runit",
            Self::S6 => "s6",
        }
    }

    fn folder(self, place: &Place) -> &PathBuf {
        if self == Self::Reference { &place.reference } else { &place.ours }
    }
}

/// A supervisor at work in a scene. Dropping it ends it and everything that it has started.
#[derive(Debug)]
pub(crate) struct Supervisor {
    /// The first of its processes.
    pub(crate) process: Child,
    /// When it was executed, on the monotonic clock.
    pub(crate) executed_nanoseconds: u64,
    subject: Subject,
    children: PathBuf,
}

impl Supervisor {
    /// Has the reference or ours run what the scene is configured for.
    pub(crate) fn start(place: &Place, scene: &Scene, subject: Subject) -> Result<Self, Trouble> {
        let mut command = Command::new(subject.folder(place).join("supervisord"));
        command.arg("-n").arg("-c").arg(scene.path("supervisord.conf"));
        Self::execute(place, subject, &mut command)
    }

    /// Executes anything that supervises.
    pub(crate) fn execute(place: &Place, subject: Subject, command: &mut Command) -> Result<Self, Trouble> {
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let executed_nanoseconds = monotonic_nanoseconds();
        let process = command.spawn().map_err(|error| format!("{command:?}: {error}"))?;
        Ok(Self { process, executed_nanoseconds, subject, children: place.child.clone() })
    }

    /// With so many resting programs, all of them running.
    pub(crate) fn with_resting(
        place: &Place,
        scene: &mut Scene,
        subject: Subject,
        count: usize,
    ) -> Result<Self, Trouble> {
        scene.configure(place, &[Programs::resting(count, scene)])?;
        let supervisor = Self::start(place, scene, subject)?;
        scene.marks.wait(count, PATIENCE)?;
        supervisor.client(scene)?;
        Ok(supervisor)
    }

    /// Somebody to talk to it, as soon as it answers.
    pub(crate) fn client(&self, scene: &Scene) -> Result<Client, Trouble> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let answer = Client::connect(&scene.path("socket")).and_then(|mut client| {
                client.call("supervisor.getState", "")?;
                Ok(client)
            });
            match answer {
                Ok(client) => return Ok(client),
                Err(trouble) if Instant::now() > deadline => return Err(trouble),
                Err(_) => thread::sleep(PAUSE),
            }
        }
    }

    /// `supervisorctl` of the same make, ready to be run.
    pub(crate) fn ctl(&self, place: &Place, scene: &Scene, words: &[&str]) -> Command {
        let mut command = Command::new(self.subject.folder(place).join("supervisorctl"));
        command.arg("-c").arg(scene.path("supervisord.conf")).args(words);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        command
    }

    /// Its processes and those of its helpers, without the programs.
    pub(crate) fn processes(&self) -> Vec<i32> {
        process::supervisors(&self.children)
    }

    /// What all its processes have taken.
    pub(crate) fn usage(&self) -> Usage {
        process::usage(&self.processes())
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        // First itself, so that it starts nothing anew.
        let _ = self.process.kill();
        process::end_everything();
    }
}

/// How long it takes to run a command to its end, in seconds.
pub(crate) fn seconds_of(command: &mut Command) -> Result<f64, Trouble> {
    let begun = Instant::now();
    let output = command.output()?;
    let seconds = begun.elapsed().as_secs_f64();
    if output.stdout.is_empty() { Err(format!("{command:?} printed nothing").into()) } else { Ok(seconds) }
}
