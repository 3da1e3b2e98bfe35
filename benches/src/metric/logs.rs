//! How fast output gets into log files, with rotation, and what it costs.

use std::fs::File;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use nix::fcntl::OFlag;
use nix::sys::stat::Mode;

use crate::Trouble;
use crate::figure::Unit;
use crate::logged::{BACKUPS, count_records, total_bytes};
use crate::peers;
use crate::place::Place;
use crate::scene::{Programs, Scene};
use crate::subject::{PATIENCE, Subject, Supervisor};
use crate::table::Row;

/// One way of writing.
struct Flood {
    label: &'static str,
    programs: usize,
    record_bytes: usize,
    /// How many each program writes.
    records: usize,
    /// Whether the loggers of the peers, which know lines only, take part.
    is_lines: bool,
}

const FLOODS: [Flood; 3] = [
    Flood {
        label: "log, 100-byte writes",
        programs: 1,
        record_bytes: 100,
        records: 3_000_000,
        is_lines: true,
    },
    Flood {
        label: "log, 64 KiB writes",
        programs: 1,
        record_bytes: 1 << 16,
        records: 11_900,
        is_lines: false,
    },
    Flood {
        label: "log, 50 programs at once, 4 KiB writes",
        programs: 50,
        record_bytes: 1 << 12,
        records: 3_000,
        is_lines: false,
    },
];
const ROUNDS: usize = 5;
const SLOW_ROUNDS: usize = 3;
const PAUSE_BETWEEN_LOOKS: Duration = Duration::from_millis(2);

pub(super) fn measure(place: &Place) -> Result<Vec<Row>, Trouble> {
    let mut rows = Vec::new();
    for flood in &FLOODS {
        let mut rate = Row::new(flood.label, Unit::MegabytesPerSecond);
        let mut cost = Row::new(format!("{}: processor time", flood.label), Unit::SecondsPerGigabyte);
        let mut subjects = place.subjects();
        if flood.is_lines {
            subjects.extend(place.peers());
        }
        for round in 0..place.rounds(ROUNDS) {
            for &subject in &subjects {
                if round >= SLOW_ROUNDS && !matches!(subject, Subject::Ours | Subject::Floor) {
                    continue;
                }
                let (seconds, processor_seconds) = once(place, subject, flood)?;
                rate.add(subject, flood.bytes() / 1e6 / seconds);
                cost.add(subject, processor_seconds / (flood.bytes() / 1e9));
            }
        }
        rows.extend([rate, cost]);
    }
    Ok(rows)
}

impl Flood {
    #[expect(clippy::cast_precision_loss)]
    fn bytes(&self) -> f64 {
        (self.programs * self.record_bytes * self.records) as f64
    }

    fn words(&self, go: &Path) -> String {
        format!("write {} {} {}", self.record_bytes, self.records, go.display())
    }
}

/// Seconds, and processor seconds of the supervisor. What was logged is compared with what was written.
fn once(place: &Place, subject: Subject, flood: &Flood) -> Result<(f64, f64), Trouble> {
    let scene = Scene::on_disk(place)?;
    let mut go = Go::new(&scene)?;
    let supervisor = start(place, &scene, subject, flood, &go.path)?;
    if Subject::BOTH.contains(&subject) {
        supervisor.client(&scene)?;
    }
    thread::sleep(Duration::from_millis(300));
    let logs = scene.path("logs");
    let (before, used) = (total_bytes(&logs), supervisor.usage());
    let begun = Instant::now();
    go.say(flood.programs)?;
    #[expect(clippy::cast_precision_loss)]
    while ((total_bytes(&logs) - before) as f64) < flood.bytes() {
        if begun.elapsed() > PATIENCE {
            return Err(format!("{}: {} lost bytes", flood.label, subject.name()).into());
        }
        thread::sleep(PAUSE_BETWEEN_LOOKS);
    }
    let seconds = begun.elapsed().as_secs_f64();
    let taken = supervisor.usage().since(used);
    if !matches!(subject, Subject::Runit | Subject::S6) {
        for number in 0..flood.programs {
            let count = count_records(&logs.join(format!("write{number}.log")), flood.record_bytes)?;
            if count != flood.records as u64 {
                return Err(format!("{}: {count} records of {}", flood.label, flood.records).into());
            }
        }
    }
    Ok((seconds, taken.processor_seconds))
}

fn start(
    place: &Place,
    scene: &Scene,
    subject: Subject,
    flood: &Flood,
    go: &Path,
) -> Result<Supervisor, Trouble> {
    let words = flood.words(go);
    match subject {
        Subject::Runit | Subject::S6 => peers::start_logging(place, scene, subject, &words),
        Subject::Floor => {
            let mut command = Command::new(place.floor());
            command.args(["floor", "copy", &flood.programs.to_string()]).arg(scene.path("logs/write"));
            command.arg(&place.child).args(words.split(' '));
            Supervisor::execute(place, subject, &mut command)
        }
        Subject::Reference | Subject::Ours => {
            let options = format!(
                "autorestart=false\nstartsecs=0\nstdout_logfile_backups={BACKUPS}\n\
                 stdout_logfile=%(here)s/logs/write%(process_num)d.log\n"
            );
            let programs = Programs { name: "write".to_owned(), count: flood.programs, words, options };
            scene.configure(place, &[programs])?;
            Supervisor::start(place, scene, subject)
        }
    }
}

/// The pipe whose bytes make programs begin, one each.
pub(super) struct Go {
    pub(super) path: PathBuf,
    pipe: File,
}

impl Go {
    pub(super) fn new(scene: &Scene) -> Result<Self, Trouble> {
        let path = scene.path("go");
        nix::unistd::mkfifo(&path, Mode::from_bits_truncate(0o600))?;
        let flags = OFlag::O_NONBLOCK.bits();
        let pipe = File::options().read(true).write(true).custom_flags(flags).open(&path)?;
        Ok(Self { path, pipe })
    }

    pub(super) fn say(&mut self, count: usize) -> Result<(), Trouble> {
        Ok(self.pipe.write_all(&vec![b'!'; count])?)
    }
}
