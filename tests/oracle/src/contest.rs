//! Two daemons with many programs, asked the same in turns: who is quicker?

use std::fmt::Write as _;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use supervisor_rpc::value::Value;

use crate::daemon::{Daemon, PATIENCE, our_folder};
use crate::reference;

/// How long starting all programs may take.
const START_TIME_MAX: Duration = Duration::from_secs(600);

/// One thing that was asked, and the times of both sides, the quickest first.
#[derive(Debug)]
pub struct Times {
    /// What was asked.
    pub question: &'static str,
    /// The reference's.
    pub reference: Vec<Duration>,
    /// Ours.
    pub ours: Vec<Duration>,
}

/// Asks daemons with so many programs so many times, in turns, after one time that is not counted.
///
/// # Errors
/// When a daemon cannot be started or asked.
pub fn race(programs: usize, rounds: usize) -> io::Result<[Times; 2]> {
    let reference_folder = reference::interpreter().parent().map(Path::to_path_buf).unwrap_or_default();
    let folders = [reference_folder, our_folder()];
    let mut configuration = String::new();
    for program in 0..programs {
        // Writing to a String cannot fail.
        let _ = write!(configuration, "[program:worker{program}]\ncommand=/bin/cat\n");
    }
    let daemons = [Daemon::start(&folders[0], &configuration)?, Daemon::start(&folders[1], &configuration)?];
    daemons.iter().try_for_each(|daemon| await_running(daemon, programs))?;
    let mut status = Times { question: "supervisorctl status", reference: Vec::new(), ours: Vec::new() };
    let mut infos = Times { question: "getAllProcessInfo", reference: Vec::new(), ours: Vec::new() };
    for round in 0..=rounds {
        for (side, daemon) in daemons.iter().enumerate() {
            let times = [status_time(&folders[side], daemon, programs)?, info_time(daemon)?];
            if round == 0 {
                continue;
            }
            for (question, time) in [&mut status, &mut infos].into_iter().zip(times) {
                if side == 0 { question.reference.push(time) } else { question.ours.push(time) }
            }
        }
    }
    for times in [&mut status.reference, &mut status.ours, &mut infos.reference, &mut infos.ours] {
        times.sort_unstable();
    }
    Ok([status, infos])
}

fn await_running(daemon: &Daemon, programs: usize) -> io::Result<()> {
    let began = Instant::now();
    let is_running = |info: &&Value| info.get("statename").and_then(Value::as_str) == Some("RUNNING");
    while began.elapsed() < START_TIME_MAX {
        let infos = daemon.call("supervisor.getAllProcessInfo", &[], PATIENCE)?;
        if infos.as_array().unwrap_or_default().iter().filter(is_running).count() == programs {
            return Ok(());
        }
        // Sleeps because the daemon tells nobody when its programs run.
        thread::sleep(Duration::from_millis(500));
    }
    Err(io::Error::other("the programs do not become RUNNING"))
}

fn status_time(folder: &Path, daemon: &Daemon, programs: usize) -> io::Result<Duration> {
    let began = Instant::now();
    let output = Command::new(folder.join("supervisorctl"))
        .arg("-c")
        .arg(daemon.configuration())
        .arg("status")
        .stdin(Stdio::null())
        .output()?;
    let took = began.elapsed();
    let lines = output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count();
    if lines == programs { Ok(took) } else { Err(io::Error::other(format!("status shows {lines} lines"))) }
}

fn info_time(daemon: &Daemon) -> io::Result<Duration> {
    let began = Instant::now();
    daemon.ask("supervisor.getAllProcessInfo", &[], PATIENCE)?;
    Ok(began.elapsed())
}
