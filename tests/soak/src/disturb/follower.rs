//! Clients that follow logs: over HTTP, and with `supervisorctl tail -f`.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use supervisor_oracle::random::Random;
use supervisor_worlds::subject;

use crate::client::get;
use crate::pace::{pause, pause_between};
use crate::stage::Stage;

/// What comes within this time comes in one read.
const LOOK_TIME: Duration = Duration::from_millis(200);
/// Nobody keeps more than this of what it follows.
const KEPT_MAX: u64 = 4 << 20;
/// What `supervisorctl` says first.
pub const BANNER: &[u8] = b"==> Press Ctrl-C to exit <==\n";

/// What somebody saw of a log.
#[derive(Clone, Debug)]
pub struct Followed {
    /// Whose log.
    pub program: usize,
    /// 0 is standard output, 1 standard error.
    pub stream: usize,
    /// Where what was seen is kept.
    pub seen: PathBuf,
    /// Whether it was seen with `supervisorctl`.
    pub by_ctl: bool,
}

/// Follows one log after the other until the soak is over.
pub fn follow_on_and_on(stage: &Stage, mut random: Random, label: usize, by_ctl: bool) -> Vec<Followed> {
    let mut all = Vec::new();
    while !stage.gate.is_over() {
        let pass = stage.gate.pass();
        let program = random.index(stage.plan.programs.len());
        let stream = if stage.plan.programs[program].is_one { 0 } else { random.index(2) };
        let seen = stage.folder.join("follow").join(format!("{label}-{}", all.len()));
        let followed = Followed { program, stream, seen, by_ctl };
        let time = Duration::from_millis(random.between(500, 15_000) as u64);
        let outcome =
            if by_ctl { by_client(stage, &followed, time) } else { over_http(stage, &followed, time) };
        drop(pass);
        // Who follows is cut off by reloads and by groups that are removed; what was seen so far counts.
        if outcome.is_ok() {
            all.push(followed);
        }
        pause_between(&mut random, 10, 500);
    }
    all
}

fn over_http(stage: &Stage, followed: &Followed, time: Duration) -> io::Result<()> {
    let name = &stage.plan.programs[followed.program].full_name;
    let kind = ["stdout", "stderr"][followed.stream];
    let mut connection = stage.client.connect()?;
    connection.set_read_timeout(Some(LOOK_TIME))?;
    connection.write_all(get(&format!("/logtail/{name}/{kind}")).as_bytes())?;
    let mut head = Vec::new();
    let mut buffer = vec![0; 64 << 10];
    let mut file = File::create(&followed.seen)?;
    let mut kept = 0;
    let end = Instant::now() + time;
    while Instant::now() < end && !stage.gate.is_closing() && kept < KEPT_MAX {
        let count = match connection.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {
                continue;
            }
            Err(_) => break,
        };
        let mut bytes = &buffer[..count];
        if kept == 0 && !head.ends_with(b"\r\n\r\n") {
            // The head comes byte by byte, as far as we know.
            while let Some((&byte, rest)) = bytes.split_first() {
                head.push(byte);
                bytes = rest;
                if head.ends_with(b"\r\n\r\n") {
                    break;
                }
            }
        }
        file.write_all(bytes)?;
        kept += bytes.len() as u64;
    }
    // A log of what was never started is not there.
    if head.windows(5).any(|window| window == b" 200 ") { Ok(()) } else { Err(io::Error::other("no log")) }
}

fn by_client(stage: &Stage, followed: &Followed, time: Duration) -> io::Result<()> {
    let name = &stage.plan.programs[followed.program].full_name;
    let mut client = Command::new(subject::supervisorctl())
        .arg("-c")
        .arg(stage.plan.configuration())
        .args(["tail", "-f", name, ["stdout", "stderr"][followed.stream]])
        .stdin(Stdio::null())
        .stdout(File::create(&followed.seen)?)
        .stderr(Stdio::null())
        .spawn()?;
    let end = Instant::now() + time;
    while Instant::now() < end && !stage.gate.is_closing() && client.try_wait()?.is_none() {
        pause(LOOK_TIME);
    }
    // It may have ended already.
    let _ = client.kill();
    client.wait().map(drop)
}
