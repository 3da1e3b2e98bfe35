//! Compares configurations at length; `cargo xtask` starts it.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::{self, ExitCode};
use std::time::{Duration, Instant};

use supervisor_oracle::calls::CALLS;
use supervisor_oracle::capture::CAPTURES;
use supervisor_oracle::contest;
use supervisor_oracle::corpus;
use supervisor_oracle::draw;
use supervisor_oracle::hunt::{CONFIGURATIONS, Ground, hunt};
use supervisor_oracle::judge::Judge;
use supervisor_oracle::live::bombard;
use supervisor_oracle::logins::LOGINS;
use supervisor_oracle::outcome::Outcome;
use supervisor_oracle::race::{large, race};
use supervisor_oracle::shrink::shrink;
use supervisor_oracle::speech::SPEECH;

const USAGE: &str = "\
usage: oracle compat-config DIR                       compare the readings of every file in a folder
       oracle fuzz-config [--files N] [--seed N]      compare the readings of random files
       oracle fuzz-parser [--minutes N] [--seed N]    look for bytes that the parser does not survive
       oracle fuzz-parser --input FILE                try these bytes
       oracle fuzz-parser --seeds DIR                 write configurations that another fuzzer can begin with
       oracle fuzz-rpc [--minutes N] [--seed N] [--input FILE] [--seeds DIR]   the same with XML-RPC
       oracle fuzz-rpc --live [--minutes N] [--seed N]   throw requests at the socket of a daemon
       oracle fuzz-listener | fuzz-capture | fuzz-login ...   the same with what listeners say, output, logins
       oracle bench-config [--programs N] [--includes N] [--rounds N]
       oracle bench-control [--programs N] [--rounds N]   time both sides' answers about many programs
";

/// How many inputs are written for another fuzzer.
const SEEDS: u64 = 1000;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let Some((task, rest)) = arguments.split_first() else {
        say(USAGE.trim_end());
        return ExitCode::FAILURE;
    };
    let outcome = match task.as_str() {
        "compat-config" => compat_config(rest),
        "fuzz-config" => fuzz_config(rest),
        "fuzz-parser" => fuzz(CONFIGURATIONS, rest),
        "fuzz-rpc" if rest.iter().any(|argument| argument == "--live") => fuzz_live(rest),
        "fuzz-rpc" => fuzz(CALLS, rest),
        "fuzz-listener" => fuzz(SPEECH, rest),
        "fuzz-capture" => fuzz(CAPTURES, rest),
        "fuzz-login" => fuzz(LOGINS, rest),
        "bench-config" => bench_config(rest),
        "bench-control" => bench_control(rest),
        _ => Err(io::Error::other(USAGE)),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            say(error.to_string().trim_end());
            ExitCode::FAILURE
        }
    }
}

/// A closed output is no reason to stop.
fn say(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}

/// The number that follows an option, or what is usual.
fn number(arguments: &[String], option: &str, usual: u64) -> io::Result<u64> {
    let Some(at) = arguments.iter().position(|argument| argument == option) else { return Ok(usual) };
    let number = arguments.get(at + 1).and_then(|text| text.parse().ok());
    number.ok_or_else(|| io::Error::other(format!("{option} wants a number")))
}

fn count(arguments: &[String], option: &str, usual: u64) -> io::Result<usize> {
    usize::try_from(number(arguments, option, usual)?).map_err(io::Error::other)
}

fn compat_config(arguments: &[String]) -> io::Result<bool> {
    let folder = arguments.first().ok_or_else(|| io::Error::other(USAGE))?;
    let mut judge = Judge::new()?;
    let (mut equal, mut named, mut unexplained) = (0, 0, 0);
    for path in corpus::files(Path::new(folder))? {
        let study = corpus::study(&mut judge, &path)?;
        match (study.is_equal(), study.is_explained()) {
            (true, _) => equal += 1,
            (false, true) => named += 1,
            (false, false) => unexplained += 1,
        }
        say(&study.to_string());
    }
    let files = equal + named + unexplained;
    say(&format!("{files} files: {equal} equal, {named} with named differences, {unexplained} unexplained"));
    Ok(unexplained == 0)
}

fn fuzz_config(arguments: &[String]) -> io::Result<bool> {
    let files = number(arguments, "--files", 1000)?;
    let first = number(arguments, "--seed", 1)?;
    let mut judge = Judge::new()?;
    let mut named: BTreeMap<&str, u64> = BTreeMap::new();
    let (mut understood, mut unexplained) = (0, 0);
    for seed in (0..files).map(|offset| first.wrapping_add(offset)) {
        let case = draw::case(seed);
        let verdict = judge.judge(&case)?;
        understood += u64::from(matches!(verdict.reference, Outcome::Understood(_)));
        for name in &verdict.named {
            *named.entry(name).or_default() += 1;
        }
        if !verdict.is_explained() {
            unexplained += 1;
            let smallest = shrink(&case, |case| judge.judge(case).map(|verdict| !verdict.is_explained()))?;
            let verdict = judge.judge(&smallest)?;
            say(&format!("seed {seed}, made smaller:\n{smallest}{verdict}"));
        }
    }
    for (name, count) in named {
        say(&format!("{count:>6} {name}"));
    }
    let refused = files - understood;
    say(&format!(
        "{files} files from seed {first}: the reference understands {understood} and refuses {refused}; \
         {unexplained} unexplained differences"
    ));
    Ok(unexplained == 0)
}

fn fuzz(ground: Ground, arguments: &[String]) -> io::Result<bool> {
    if let Some(at) = arguments.iter().position(|argument| argument == "--input") {
        let path = arguments.get(at + 1).ok_or_else(|| io::Error::other("--input wants a file"))?;
        let began = Instant::now();
        let answer = (ground.exercise)(&fs::read(path)?);
        say(&format!("{answer}\nafter {} ms", began.elapsed().as_millis()));
        return Ok(true);
    }
    let seed = number(arguments, "--seed", 1)?;
    if let Some(at) = arguments.iter().position(|argument| argument == "--seeds") {
        let folder = arguments.get(at + 1).map(Path::new);
        let folder = folder.ok_or_else(|| io::Error::other("--seeds wants a folder"))?;
        fs::create_dir_all(folder)?;
        for seed in seed..seed.saturating_add(SEEDS) {
            fs::write(folder.join(seed.to_string()), (ground.drawn)(seed))?;
        }
        return Ok(true);
    }
    let minutes = number(arguments, "--minutes", 1)?;
    let report = hunt(ground, seed, Duration::from_secs(minutes * 60), |input| {
        say(&format!("it does not come back from these {} bytes:\n{}", input.len(), input.escape_ascii()));
        process::exit(1);
    });
    say(&format!("seed {seed}, {minutes} minutes: {report}"));
    Ok(report.find.is_none())
}

fn bench_config(arguments: &[String]) -> io::Result<bool> {
    let programs = count(arguments, "--programs", 5000)?;
    let includes = count(arguments, "--includes", 500)?.max(1);
    let rounds = count(arguments, "--rounds", 5)?.max(1);
    let times = race(&large(programs, includes), rounds)?;
    let build = if cfg!(debug_assertions) { "a debug build" } else { "a release build" };
    say(&format!("{programs} programs in {includes} included files, {rounds} rounds in turns, ours {build}"));
    let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
    let middle = |times: &[Duration]| times.get(times.len() / 2).copied().unwrap_or_default();
    let reference = milliseconds(middle(&times.reference));
    for (name, side) in
        [("reference", &times.reference), ("ours", &times.ours), ("ours, --check", &times.check)]
    {
        let (median, best) =
            (milliseconds(middle(side)), milliseconds(side.first().copied().unwrap_or_default()));
        let ratio = reference / median;
        say(&format!("{name:>13}: median {median:.1} ms, best {best:.1} ms, 1/{ratio:.1} of the reference"));
    }
    Ok(true)
}

fn fuzz_live(arguments: &[String]) -> io::Result<bool> {
    let seed = number(arguments, "--seed", 1)?;
    let minutes = number(arguments, "--minutes", 1)?;
    let report = bombard(seed, Duration::from_secs(minutes * 60), u64::MAX)?;
    say(&format!("seed {seed}, {minutes} minutes: {report}"));
    Ok(report.find.is_none())
}

fn bench_control(arguments: &[String]) -> io::Result<bool> {
    let programs = count(arguments, "--programs", 1000)?;
    let rounds = count(arguments, "--rounds", 10)?.max(1);
    let questions = contest::race(programs, rounds)?;
    say(&format!("{programs} programs, {rounds} rounds in turns"));
    let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
    for contest::Times { question, reference, ours } in &questions {
        let middle =
            |times: &[Duration]| milliseconds(times.get(times.len() / 2).copied().unwrap_or_default());
        let (reference, ours) = (middle(reference), middle(ours));
        say(&format!(
            "{question:>22}: reference {reference:.1} ms, ours {ours:.1} ms (medians), 1/{:.1} of the reference",
            reference / ours
        ));
    }
    Ok(true)
}
