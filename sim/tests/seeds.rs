//! Many worlds, few of them gentle.

use std::collections::BTreeSet;
use std::io::Write;

use supervisor_core::effect::Effect;
use supervisor_core::input::SignalPurpose;
use supervisor_core::state::ProcessState::{
    self, Backoff, Exited, Fatal, Running, Starting, Stopped, Stopping, Unknown,
};
use supervisor_sim::{Options, Report, run, run_all, run_traced};

/// A million steps.
const SEEDS: u64 = 500;
const STEPS: u64 = 2000;

/// What must have been met among much else.
const MET: [&str; 15] = [
    "EAGAIN",
    "ENOMEM",
    "EMFILE",
    "ENOENT",
    "Too many processes",
    "a clock put forward",
    "a clock put back",
    "a child that writes",
    "a descendant that writes on",
    "an update",
    "a confused listener",
    "a listener that rejects everything",
    "a hung listener",
    "a listener that dies over an event",
    "a listener that closes its input",
];

/// The suite runs on two processors.
const THREADS: u64 = 2;

/// Tells how much was lived through even where output of tests that pass is kept back.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

fn live(options: &Options) -> Report {
    run(options).unwrap_or_else(|failure| panic!("\n{failure}"))
}

#[test]
fn no_world_sees_what_must_not_happen() {
    let total = run_all(1..=SEEDS, STEPS, THREADS).unwrap_or_else(|failure| panic!("\n{failure}"));
    say(&format!("simulation: {total}"));
    assert!(total.steps >= SEEDS * STEPS, "{total}");
    for what in MET {
        assert!(total.met.iter().any(|met| met.contains(what)), "{what} was never met: {:?}", total.met);
    }
    // Checks that nothing ever meets would pass in any case.
    let every_arrow: BTreeSet<(ProcessState, ProcessState)> = [
        (Stopped, Starting),
        (Starting, Running),
        (Starting, Backoff),
        (Starting, Stopping),
        (Starting, Unknown),
        (Running, Exited),
        (Running, Stopping),
        (Running, Unknown),
        (Backoff, Starting),
        (Backoff, Stopped),
        (Backoff, Fatal),
        (Stopping, Stopped),
        (Stopping, Unknown),
        (Exited, Starting),
        (Fatal, Starting),
        (Unknown, Stopped),
    ]
    .into();
    assert!(total.arrows == every_arrow, "{:?}", total.arrows);
    assert!(total.daemons > SEEDS && total.snapshots > SEEDS, "{total}");
}

#[test]
fn the_same_seed_is_the_same_story_word_for_word() {
    let mut stories = BTreeSet::new();
    for seed in 1..=10 {
        let options = Options::new(seed, 500);
        let [first, again] =
            [(); 2].map(|()| run_traced(&options).unwrap_or_else(|failure| panic!("\n{failure}")));
        assert!(first.lines > 0);
        assert_eq!(first, again);
        stories.insert(first.digest);
    }
    assert_eq!(stories.len(), 10);
}

#[test]
fn a_world_of_five_thousand_processes_holds_too() {
    let report = live(&Options { processes: Some(5000), ..Options::new(1, 2000) });
    assert!(report.spawns > 5000, "{report}");
}

#[test]
fn a_failing_world_is_made_small_and_can_be_lived_through_again() {
    let forbids: fn(&Effect) -> bool =
        |effect| matches!(effect, Effect::Signal { purpose: SignalPurpose::Kill, .. });
    let planted = |seed| run(&Options { forbids: Some(forbids), ..Options::new(seed, 2000) });
    let failure = (1..10).find_map(|seed| planted(seed).err()).expect("somebody is killed");
    let text = failure.to_string();
    // Somebody starts it, somebody stops it, and it does not obey.
    assert!(failure.story.len() <= 50, "{text}");
    assert!(failure.options.only.as_ref().is_some_and(|only| only.len() <= 8), "{text}");
    assert!(text.contains("supervisord sends SIGKILL") && text.contains("replay: cargo run"), "{text}");
    let again = run(&failure.options).expect_err("it fails again");
    assert_eq!((&again.why, &again.story), (&failure.why, &failure.story));
}
