//! Running one scenario for several subjects and judging the result.

use std::cell::RefCell;
use std::env;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::thread;

use crate::subject::{Pair, Subject, ours_is_the_reference};
use crate::transcript::Transcript;
use crate::world::World;

/// Runs the scenario for the reference and for ours and demands the same answers.
///
/// # Panics
/// When the answers differ, with both transcripts as a diff.
pub fn compare(scenario: impl Fn(&mut World) + Sync) {
    if let Some(difference) = judge(&scenario, &[Pair::of(Subject::Ours)]) {
        panic!("{difference}");
    }
}

/// As [`compare`], for what only root may do. For anybody else it is counted as skipped.
///
/// # Panics
/// When the answers differ, with both transcripts as a diff.
pub fn compare_as_root(scenario: impl Fn(&mut World) + Sync) {
    if nix::unistd::geteuid().is_root() {
        compare(scenario);
    } else {
        count_as_skipped("only root can do this");
    }
}

/// As [`compare`], and also mixes each daemon with the other's client.
///
/// # Panics
/// When any mixture answers differently from the reference alone.
pub fn crossed(scenario: impl Fn(&mut World) + Sync) {
    let mixed = [
        Pair::of(Subject::Ours),
        Pair { daemon: Subject::Ours, client: Subject::Reference },
        Pair { daemon: Subject::Reference, client: Subject::Ours },
    ];
    let pairs = if ours_is_the_reference() { &mixed[..1] } else { &mixed[..] };
    if let Some(difference) = judge(&scenario, pairs) {
        panic!("{difference}");
    }
}

/// A scenario that ours does not satisfy yet. It is counted as skipped, not as passed.
///
/// # Panics
/// When ours satisfies it: then it is not pending any more and must be a [`compare`].
pub fn pending(reason: &str, scenario: impl Fn(&mut World) + Sync) {
    if ours_is_the_reference() {
        return compare(scenario);
    }
    let difference = judge(&scenario, &[Pair::of(Subject::Ours)]);
    assert!(difference.is_some(), "this scenario is pending ({reason}) but it passes: make it a compare()");
    count_as_skipped(reason);
}

/// Libtest knows no test that finds out by itself that it is skipped: the name goes to the file
/// `COMPAT_SKIPPED_LIST`, from which `cargo xtask test` counts.
fn count_as_skipped(reason: &str) {
    if let Some(path) = env::var_os("COMPAT_SKIPPED_LIST")
        && let Ok(mut list) = OpenOptions::new().create(true).append(true).open(path)
    {
        let _ = writeln!(list, "{}: {reason}", test_name());
    }
}

/// How the given pairs differ from the reference, if they do.
fn judge(scenario: &(impl Fn(&mut World) + Sync), pairs: &[Pair]) -> Option<String> {
    let reference = Pair::of(Subject::Reference);
    let (expected, answers) = thread::scope(|scope| {
        let name = test_name();
        let play_for = |pair: Pair| {
            let name = name.clone();
            scope.spawn(move || {
                NAME.set(name);
                play(scenario, pair)
            })
        };
        let expected = play_for(reference);
        let answers: Vec<_> = pairs.iter().map(|pair| play_for(*pair)).collect();
        let answers: Vec<_> = answers.into_iter().filter_map(|answer| answer.join().ok()).collect();
        (expected.join().ok(), answers)
    });
    let Some(expected) = expected else { return Some("the reference's run was lost".to_owned()) };
    if let Some(failure) = &expected.failure {
        let transcript = expected.transcript.diff(&expected.transcript);
        return Some(format!(
            "the scenario fails with the reference: {failure}\n{transcript}\n{}",
            expected.log
        ));
    }
    let differs = |expected: &Played, answer: &Played| {
        answer.failure.is_some() || answer.transcript != expected.transcript
    };
    let difference: String = pairs
        .iter()
        .zip(&answers)
        .filter(|(_, answer)| differs(&expected, answer))
        .map(|(pair, answer)| describe(*pair, &expected, answer))
        .collect();
    if difference.is_empty() {
        return None;
    }
    // On a busy machine the reference's slow loop may see things in another order. Ours is not asked again.
    let mut accepted = vec![expected];
    for _ in 0..REFERENCE_REPLAYS_MAX {
        accepted.push(play(scenario, reference));
        let is_one = |answer: &Played| accepted.iter().any(|expected| !differs(expected, answer));
        if answers.iter().all(is_one) {
            return None;
        }
    }
    Some(difference)
}

/// So many more times the reference is asked when ours differs from its first answer.
const REFERENCE_REPLAYS_MAX: usize = 2;

/// One subject's run.
struct Played {
    transcript: Transcript,
    failure: Option<String>,
    log: String,
}

fn play(scenario: &impl Fn(&mut World), pair: Pair) -> Played {
    let mut world = World::new(pair);
    let outcome = catch_unwind(AssertUnwindSafe(|| scenario(&mut world)));
    let failure = outcome.err().map(|payload| {
        let text = payload.downcast_ref::<String>().cloned();
        text.or_else(|| payload.downcast_ref::<&str>().map(|text| (*text).to_owned()))
            .unwrap_or_else(|| "it panicked".to_owned())
    });
    let played = Played { failure, log: world.diagnosis(), transcript: world.into_transcript() };
    keep(pair, &played.transcript);
    played
}

/// Leaves the transcript in the folder `COMPAT_TRANSCRIPTS`, if there is one, for people who write scenarios.
fn keep(pair: Pair, transcript: &Transcript) {
    let Some(folder) = env::var_os("COMPAT_TRANSCRIPTS") else { return };
    let name = NAME.with_borrow(|test| format!("{test} {pair}.txt").replace("::", " "));
    let _ = fs::write(Path::new(&folder).join(name), transcript.to_string());
}

thread_local! {
    /// The test on whose behalf a thread plays.
    static NAME: RefCell<String> = const { RefCell::new(String::new()) };
}

fn test_name() -> String {
    thread::current().name().unwrap_or("?").to_owned()
}

fn describe(pair: Pair, expected: &Played, answer: &Played) -> String {
    let failure = answer.failure.as_ref().map(|text| format!("failed: {text}\n")).unwrap_or_default();
    format!(
        "{pair} answers differently from the reference (-)\n{failure}{}\n{}\n",
        expected.transcript.diff(&answer.transcript),
        answer.log
    )
}
