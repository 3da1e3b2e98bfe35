//! `supervisor-sim [--seeds N] [--steps M] [--first SEED] [--processes P]`: lives through many worlds.

use std::io::Write;
use std::process::ExitCode;
use std::time::Instant;

use supervisor_sim::{Options, Report, run};

struct Arguments {
    seeds: u64,
    first: u64,
    steps: u64,
    processes: Option<usize>,
}

fn main() -> ExitCode {
    let mut out = std::io::stdout().lock();
    let arguments = match parse(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(why) => {
            let _ = writeln!(out, "{why}\nusage: [--seeds N] [--steps M] [--first SEED] [--processes P]");
            return ExitCode::from(2);
        }
    };
    let begin = Instant::now();
    let mut total = Report::default();
    for seed in arguments.first..arguments.first.saturating_add(arguments.seeds) {
        let options = Options { seed, steps: arguments.steps, processes: arguments.processes };
        match run(&options, false) {
            Ok(report) => total.add(report),
            Err(failure) => {
                let _ = writeln!(out, "{failure}");
                return ExitCode::FAILURE;
            }
        }
    }
    let seconds = begin.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss)]
    let (steps, turns) = (total.steps as f64 / seconds, total.turns as f64 / seconds);
    let _ = writeln!(out, "{total}\n{seconds:.2} s, {steps:.0} steps/s, {turns:.0} turns/s");
    ExitCode::SUCCESS
}

fn parse(words: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut arguments = Arguments { seeds: 100, first: 1, steps: 2000, processes: None };
    let mut words = words;
    while let Some(word) = words.next() {
        let value = words.next().ok_or_else(|| format!("{word} needs a number"))?;
        let number: u64 = value.parse().map_err(|_| format!("{value} is not a number"))?;
        match word.as_str() {
            "--seeds" => arguments.seeds = number,
            "--steps" => arguments.steps = number,
            "--first" => arguments.first = number,
            "--processes" => arguments.processes = Some(usize::try_from(number).unwrap_or(usize::MAX)),
            _ => return Err(format!("{word} is not an option")),
        }
    }
    Ok(arguments)
}
