//! Reads one large configuration with both sides, in turns, and takes the time.

use std::fmt::Write as _;
use std::io;
use std::time::{Duration, Instant};

use crate::case::{Case, Face};
use crate::difference::differences;
use crate::ours;
use crate::reference::Reference;
use crate::scratch::Scratch;
use supervisor_config::supervisord::{CommandLine, Parsed};

/// What both sides took for the same configuration.
#[derive(Debug)]
pub struct Times {
    /// The reference, the quickest round first.
    pub reference: Vec<Duration>,
    /// Ours, the quickest round first.
    pub ours: Vec<Duration>,
    /// Ours with all that `--check` looks for, the quickest round first.
    pub check: Vec<Duration>,
}

/// A configuration of `programs` programs in `files` included files.
#[must_use]
pub fn large(programs: usize, files: usize) -> Case {
    let mut case = Case::daemon("[supervisord]\n\n[include]\nfiles = conf.d/*.conf\n");
    for file in 0..files {
        let mut text = String::new();
        for program in (0..programs).filter(|program| program % files == file) {
            // Writing to a String cannot fail.
            let _ = write!(
                text,
                "; what worker {program} does\n[program:worker{program}]\n\
                 command=/usr/bin/worker --name=%(program_name)s --port=%(ENV_PORT)s --config=%(here)s/{program}.conf\n\
                 directory=/tmp\nuser=web\nnumprocs=1\nautostart=true\nautorestart=unexpected\nstartsecs=5\n\
                 startretries=10\nexitcodes=0,2\nstopsignal=QUIT\nstopwaitsecs=30\nredirect_stderr=true\n\
                 stdout_logfile=/tmp/%(program_name)s.log\nstdout_logfile_maxbytes=10MB ; rotate early\n\
                 environment=MODE=\"production\",WORKER=\"{program}\",PATH=\"/opt/bin:%(ENV_PATH)s\"\n\n"
            );
        }
        case = case.with_file(&format!("conf.d/{file:04}.conf"), text);
    }
    case.machine.set("PORT", "8080");
    case
}

/// Reads `case` so many times with each side, in turns, after one reading that is compared and not counted.
///
/// # Errors
/// When the files cannot be written, the reference is gone, or the readings differ.
pub fn race(case: &Case, rounds: usize) -> io::Result<Times> {
    let scratch = Scratch::new()?;
    let placed = scratch.lay_out(case)?;
    let mut reference = Reference::start()?;
    let (outcome, _) = reference.read(&placed)?;
    let found = differences(&outcome, &ours::read(&placed));
    if let Some(difference) = found.first() {
        return Err(io::Error::other(format!("the readings differ: {difference}")));
    }
    let mut times = Times { reference: Vec::new(), ours: Vec::new(), check: Vec::new() };
    for _ in 0..rounds {
        times.reference.push(reference.read(&placed)?.1);
        times.ours.push(our_time(&placed, |command_line| {
            command_line.load(&placed.machine).map(drop).map_err(io::Error::other)
        })?);
        times.check.push(our_time(&placed, |command_line| {
            drop(command_line.check(&placed.machine));
            Ok(())
        })?);
    }
    for side in [&mut times.reference, &mut times.ours, &mut times.check] {
        side.sort_unstable();
    }
    Ok(times)
}

fn our_time(case: &Case, read: impl Fn(&CommandLine) -> io::Result<()>) -> io::Result<Duration> {
    let mut arguments = vec![Face::Daemon.program().to_owned()];
    arguments.extend(case.arguments.iter().cloned());
    let began = Instant::now();
    let parsed = CommandLine::parse(&arguments, &case.machine).map_err(io::Error::other)?;
    let Parsed::Run(command_line) = parsed else { return Err(io::Error::other("it does not run")) };
    read(&command_line)?;
    Ok(began.elapsed())
}
