//! The soak from its beginning to its end.

use std::env;
use std::fs;
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use supervisor_oracle::random::Random;
use supervisor_rpc::value::Value;

use crate::client::Client;
use crate::daemon::Daemon;
use crate::disturb::follower::{self, Followed};
use crate::disturb::watcher::{self, Session};
use crate::disturb::{asker, commander, operator, rude};
use crate::judge::household::Household;
use crate::judge::{events, facts, followed, logs};
use crate::plan::{CHANGING_GROUPS, Plan};
use crate::report::Report;
use crate::rest::{settle, watch_calm};
use crate::stage::{Stage, add, say};

/// How many of each disturb at once.
const COMMANDERS: usize = 3;
const ASKERS: usize = 2;
const RUDE_CLIENTS: usize = 1;
const FOLLOWERS: usize = 4;
const CTL_FOLLOWERS: usize = 1;

/// How often the daemon is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// How often everything is stopped, to see what the daemon has left then.
const REST_EVERY: Duration = Duration::from_secs(300);
/// The first rest comes after this part of the time, or this much of it.
const WARM_UP_PART: u32 = 3;
const WARM_UP_TIME_MAX: Duration = Duration::from_secs(300);
/// The daemon at rest may have so much more memory in the end than the most that it had during the warm-up. At rest it
/// has now more and now less: the allocator gives back what it can.
const GROWTH_KIB_MAX: u64 = 1024;

/// Words of the main log that no soak may bring about.
const ALARMS: &[&str] = &[
    " CRIT ",
    "panicked",
    "being lost",
    "bytes were lost",
    "not rotated",
    "unread",
    "cannot reopen",
    "buffer overflow",
    "good: has entered the UNKNOWN state",
];
/// What it may say all the same: that is about the configuration.
const WARNINGS: &[&str] = &["Supervisor is running as root", "without any HTTP authentication"];

/// What is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    time: Duration,
    seed: u64,
    programs: usize,
}

impl Options {
    /// From a command line.
    ///
    /// # Errors
    /// When it makes no sense.
    pub fn parse(words: &[String]) -> io::Result<Self> {
        let clock = SystemTime::UNIX_EPOCH.elapsed().map_or(1, |time| time.as_secs());
        let mut options = Self { time: Duration::from_secs(120), seed: clock, programs: 300 };
        for pair in words.chunks(2) {
            let number: Option<u64> = pair.get(1).and_then(|word| word.parse().ok());
            match (pair[0].as_str(), number) {
                ("--minutes", Some(minutes)) => options.time = Duration::from_secs(minutes * 60),
                ("--seconds", Some(seconds)) => options.time = Duration::from_secs(seconds),
                ("--seed", Some(seed)) => options.seed = seed,
                ("--programs", Some(count)) => {
                    options.programs = usize::try_from(count).unwrap_or(1).clamp(1, 999);
                }
                (word, _) => return Err(io::Error::other(format!("{word} needs a number that makes sense"))),
            }
        }
        Ok(options)
    }
}

/// What those who disturb bring home.
#[derive(Default)]
struct Witnesses {
    followed: Vec<Followed>,
    sessions: Vec<Session>,
}

/// Runs it. Returns the exit status.
///
/// # Errors
/// When it cannot be run at all.
pub fn run(options: &Options) -> io::Result<i32> {
    let Options { time, seed, programs } = *options;
    let folder = tempfile::Builder::new().prefix("soak-").tempdir()?;
    let plan = Plan::draw(seed, programs, time, folder.path(), &env::current_exe()?);
    plan.write()?;
    let mut random = Random::from_seed(seed);
    for index in 0..CHANGING_GROUPS / 2 {
        plan.change(index, &mut random)?;
    }
    let title = format!(
        "soak: seed {seed}, {} seconds, {programs} programs and {CHANGING_GROUPS} changing groups",
        time.as_secs()
    );
    say(&title);
    let client = Client { socket: folder.path().join("s.sock") };
    let mut daemon = Daemon::start(folder.path(), &plan.configuration(), &client)?;
    let stage = Stage::new(folder.path().to_owned(), plan, client, daemon.pid, seed)?;
    let mut report = Report { title, ..Report::default() };
    let witnesses = disturb(&stage, daemon.warden(), time, &mut report);
    rest(&stage, daemon.warden(), &mut report);
    report.calm = watch_calm(&stage);
    stage.ask("supervisor.shutdown", &[]);
    match daemon.wait() {
        Ok(status) if status.success() => {}
        Ok(status) => stage.findings.add(format!("the daemon ended with {status}")),
        Err(error) => stage.findings.add(format!("after the shutdown: {error}")),
    }
    judge(&stage, &witnesses, &mut report)?;
    say(&report.with(&stage.counts).to_string());
    let (count, found) = stage.findings.all();
    if count == 0 {
        say("soak: nothing lost, nothing left, nothing wrong");
        return Ok(0);
    }
    for what in found {
        say(&format!("FOUND: {what}"));
    }
    let kept = folder.keep();
    say(&format!(
        "soak: {count} findings with seed {seed}; logs, accounts and a journal of all disturbances are in {}",
        kept.display()
    ));
    Ok(1)
}

/// Lets everybody loose for so long, and looks.
fn disturb(stage: &Stage, warden: i32, time: Duration, report: &mut Report) -> Witnesses {
    let mut seeds = Random::from_seed(stage.seed ^ 0x50a4);
    let mut dice = || Random::from_seed(seeds.draw());
    thread::scope(|scope| {
        for _ in 0..COMMANDERS {
            let random = dice();
            scope.spawn(|| commander::order_on_and_on(stage, random));
        }
        for _ in 0..ASKERS {
            let random = dice();
            scope.spawn(|| asker::ask_on_and_on(stage, random));
        }
        for _ in 0..RUDE_CLIENTS {
            let random = dice();
            scope.spawn(|| rude::be_rude_on_and_on(stage, random));
        }
        let random = dice();
        scope.spawn(|| operator::operate_on_and_on(stage, random));
        let followers: Vec<_> = (0..FOLLOWERS + CTL_FOLLOWERS)
            .map(|label| {
                let random = dice();
                scope.spawn(move || follower::follow_on_and_on(stage, random, label, label >= FOLLOWERS))
            })
            .collect();
        let watcher = scope.spawn(|| watcher::watch_on_and_on(stage));
        look_on(stage, warden, time, report);
        stage.gate.end();
        // A thread that has panicked has said so; what it brings home is missing, and found so.
        let followed =
            followers.into_iter().flat_map(|follower| follower.join().unwrap_or_default()).collect();
        Witnesses { followed, sessions: watcher.join().unwrap_or_default() }
    })
}

/// Looks at the daemon now and then, until the time is over.
fn look_on(stage: &Stage, warden: i32, time: Duration, report: &mut Report) {
    let began = Instant::now();
    let mut next_rest = (time / WARM_UP_PART).min(WARM_UP_TIME_MAX);
    while began.elapsed() < time {
        crate::pace::pause(LOOK_EVERY.min(time.saturating_sub(began.elapsed())));
        facts::compare(stage);
        let now = Household::of(stage.daemon);
        report.resident_kib.push(now.resident_kib);
        if report.rests.is_empty() {
            report.warm_kib = report.warm_kib.max(now.resident_kib);
        }
        report.descriptors_max = report.descriptors_max.max(now.descriptor_count());
        let (living, _) = facts::children(stage.daemon);
        let (running, resident, found) = (living.len(), now.resident_kib, stage.findings.all().0);
        stage.say(&format!(
            "{running} running, {resident} KiB, {} descriptors, {} reloads, {found} findings",
            now.descriptor_count(),
            stage.gate.reloads()
        ));
        if began.elapsed() >= next_rest && began.elapsed() < time {
            next_rest += REST_EVERY;
            stage.gate.quietly(|| {
                rest(stage, warden, report);
                stage.ask("supervisor.startAllProcesses", &[Value::Bool(false)]);
            });
        }
    }
}

/// Stops everything and compares what the daemon has with what it had the first time.
fn rest(stage: &Stage, warden: i32, report: &mut Report) {
    stage.note("rest");
    let now = settle(stage, warden, report.rests.first());
    stage.say(&format!("at rest: {} KiB, {} descriptors", now.resident_kib, now.descriptor_count()));
    report.rests.push(now);
    stage.note("rest is over");
}

/// Audits what is left when everything has ended.
fn judge(stage: &Stage, witnesses: &Witnesses, report: &mut Report) -> io::Result<()> {
    report.reloads = stage.gate.reloads();
    for program in &stage.plan.programs {
        for difference in logs::audit(&stage.folder, program, &mut report.audited)? {
            stage.findings.add(difference);
        }
    }
    for seen in &witnesses.followed {
        let (bytes, finding) = followed::compare(&stage.folder, &stage.plan.programs[seen.program], seen)?;
        report.followed += 1;
        add(&stage.counts.followed, bytes);
        finding.into_iter().for_each(|finding| stage.findings.add(finding));
    }
    for difference in events::compare(&stage.folder, &witnesses.sessions, &mut report.compared)? {
        stage.findings.add(difference);
    }
    let (first, last) = (report.warm_kib, report.rests.last().map_or(0, |rest| rest.resident_kib));
    if last > first + GROWTH_KIB_MAX {
        stage.findings.add(format!("memory has grown from {first} KiB to {last} KiB at rest"));
    }
    judge_words(stage, &stage.folder)
}

/// Whether the daemon said something alarming.
fn judge_words(stage: &Stage, folder: &Path) -> io::Result<()> {
    let log = String::from_utf8_lossy(&fs::read(folder.join("supervisord.log"))?).into_owned();
    let has = |line: &str, words: &[&str]| words.iter().any(|word| line.contains(word));
    for line in log.lines().filter(|line| has(line, ALARMS) && !has(line, WARNINGS)) {
        stage.findings.add(format!("the main log says: {line}"));
    }
    for name in ["stdout", "stderr"] {
        let said = String::from_utf8_lossy(&fs::read(folder.join(name))?).into_owned();
        if let Some(line) = said.lines().next() {
            stage.findings.add(format!("the daemon's {name} says: {line}"));
        }
    }
    Ok(())
}
