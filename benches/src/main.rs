//! `cargo xtask bench [NAME…]`: ours, the reference, its peers and the floor, measured side by side.
//!
//! * A [`subject`] is somebody who supervises; a [`scene`] is the folder and the configuration that it gets.
//! * A [`metric`] measures all subjects in turns and yields rows for the [`table`].
//! * The [`floor`] is what the kernel itself takes for the same work, by the smallest program of our own that does it.
//! * The programs that are supervised are `child.c`: what a supervisor takes for them is what the supervisor takes.
#![forbid(unsafe_code)]

mod figure;
mod floor;
mod logged;
mod machine;
mod marks;
mod metric;
mod peers;
mod place;
mod process;
mod rpc;
mod scene;
mod subject;
mod table;

use std::env;
use std::io::{self, Write};
use std::process::ExitCode;

use nix::sys::prctl;
use supervisor_sys::limits::{Limit, Resource, get, set};

use crate::metric::METRICS;
use crate::place::Place;

/// Why a figure could not be had.
pub(crate) type Trouble = Box<dyn std::error::Error>;

/// What may be said beside names of metrics.
const FLAGS: [&str; 3] = ["--ours", "--quick", "--write"];

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let outcome = match words.split_first() {
        Some((word, rest)) if word == "floor" => floor::run(rest),
        _ => measure(&words),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            let _ = writeln!(io::stderr(), "{trouble}");
            ExitCode::FAILURE
        }
    }
}

/// Measures what is named, or everything, and shows the table. A whole table, and with `--write` part of one, goes
/// into the documentation.
fn measure(words: &[String]) -> Result<(), Trouble> {
    let (flags, names): (Vec<&String>, Vec<&String>) = words.iter().partition(|word| word.starts_with("--"));
    if let Some(unknown) = names.iter().find(|name| METRICS.iter().all(|(known, _)| known != **name)) {
        let known: Vec<_> = METRICS.iter().map(|(name, _)| *name).collect();
        return Err(format!("there is no metric {unknown}; there are: {}", known.join(" ")).into());
    }
    if let Some(unknown) = flags.iter().find(|flag| !FLAGS.contains(&flag.as_str())) {
        return Err(format!("there is no option {unknown}; there are: {}", FLAGS.join(" ")).into());
    }
    let place = Place::from_environment(&flags)?;
    // Whatever a subject leaves behind becomes ours, so that it can be ended.
    prctl::set_child_subreaper(true)?;
    allow_many_descriptors()?;
    let mut rows = Vec::new();
    let mut failed = Vec::new();
    for (name, metric) in METRICS {
        if !names.is_empty() && names.iter().all(|wanted| wanted != name) {
            continue;
        }
        say(&format!("{name} …"));
        match metric(&place) {
            Ok(measured) => {
                // At once, so that nothing is in vain if a later one does not come to its end.
                if names.is_empty() || flags.iter().any(|flag| *flag == "--write") {
                    table::write(&place.documentation, &measured)?;
                }
                rows.extend(measured);
            }
            Err(trouble) => {
                say(&format!("{name} could not be measured: {trouble}"));
                failed.push(*name);
            }
        }
        process::end_everything();
    }
    say("");
    say(&table::markdown(&rows));
    if failed.is_empty() { Ok(()) } else { Err(format!("not measured: {}", failed.join(" ")).into()) }
}

/// As many open files as may be, so that nobody must be told to raise the limit: in every child the reference closes
/// as many descriptors, one by one, as its option `minfds` says.
fn allow_many_descriptors() -> Result<(), Trouble> {
    let limit = get(Resource::OpenFiles)?;
    Ok(set(Resource::OpenFiles, Limit { soft: limit.hard, hard: limit.hard })?)
}

/// Tells the reader what is going on. A closed output is no reason to stop.
pub(crate) fn say(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}
