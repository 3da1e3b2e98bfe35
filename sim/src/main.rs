//! `supervisor-sim`: lives through many worlds, or one again, or shows how decisions scale.

use std::io::Write;
use std::process::ExitCode;
use std::time::Instant;

use supervisor_sim::{Options, Report, run, run_all, scale};

const USAGE: &str = "\
usage: supervisor-sim [--seeds N] [--steps M] [--first SEED] [--processes P] [--only DECISION,...]
       supervisor-sim --scale";

struct Arguments {
    seeds: u64,
    options: Options,
    scale: bool,
}

fn main() -> ExitCode {
    let mut out = std::io::stdout().lock();
    let arguments = match parse(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(why) => {
            let _ = writeln!(out, "{why}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    if arguments.scale {
        let _ = scale::show(&mut out);
        return ExitCode::SUCCESS;
    }
    let begin = Instant::now();
    let outcome = live(&arguments);
    let seconds = begin.elapsed().as_secs_f64();
    match outcome {
        Ok(total) => {
            #[expect(clippy::cast_precision_loss)]
            let (steps, turns) = (total.steps as f64 / seconds, total.turns as f64 / seconds);
            let _ = writeln!(out, "{total}\n{seconds:.2} s, {steps:.0} steps/s, {turns:.0} turns/s");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            let _ = writeln!(out, "{failure}");
            ExitCode::FAILURE
        }
    }
}

fn live(arguments: &Arguments) -> Result<Report, Box<supervisor_sim::Failure>> {
    let Options { seed: first, steps, processes, only, forbids: _ } = arguments.options.clone();
    let seeds = first..=first.saturating_add(arguments.seeds.saturating_sub(1));
    if processes.is_none() && only.is_none() {
        let threads = std::thread::available_parallelism().map_or(1, |count| count.get() as u64);
        return run_all(seeds, steps, threads);
    }
    let mut total = Report::default();
    for seed in seeds {
        total.add(run(&Options { seed, ..arguments.options.clone() })?);
    }
    Ok(total)
}

fn parse(words: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut arguments = Arguments { seeds: 100, options: Options::new(1, 2000), scale: false };
    let mut words = words;
    while let Some(word) = words.next() {
        if word == "--scale" {
            arguments.scale = true;
            continue;
        }
        let value = words.next().ok_or_else(|| format!("{word} needs a value"))?;
        if word == "--only" {
            let only = value.split(',').map(str::parse).collect::<Result<_, _>>()?;
            arguments.options.only = Some(only);
            continue;
        }
        let number: u64 = value.parse().map_err(|_| format!("{value} is not a number"))?;
        match word.as_str() {
            "--seeds" => arguments.seeds = number,
            "--steps" => arguments.options.steps = number,
            "--first" => arguments.options.seed = number,
            "--processes" => {
                arguments.options.processes = Some(usize::try_from(number).unwrap_or(usize::MAX));
            }
            _ => return Err(format!("{word} is not an option")),
        }
    }
    Ok(arguments)
}
