//! Many worlds, few of them gentle.

use std::collections::BTreeSet;

use supervisor_core::state::ProcessState::{
    self, Backoff, Exited, Fatal, Running, Starting, Stopped, Stopping, Unknown,
};
use supervisor_sim::{Options, Report, run};

const SEEDS: u64 = 300;
const STEPS: u64 = 2000;

/// A number from the environment, to live through one world again.
fn wanted(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn live(options: &Options) -> Report {
    run(options, false).unwrap_or_else(|failure| panic!("\n{failure}"))
}

#[test]
fn no_world_sees_what_must_not_happen() {
    let steps = wanted("SIM_STEPS").unwrap_or(STEPS);
    let seeds = wanted("SIM_SEED").map_or(1..=SEEDS, |seed| seed..=seed);
    let alone = seeds.start() == seeds.end();
    let mut total = Report::default();
    for seed in seeds {
        total.add(live(&Options { seed, steps, processes: None }));
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
    assert!(alone || total.arrows == every_arrow, "{:?}", total.arrows);
    assert!(alone || total.daemons > SEEDS && total.snapshots > SEEDS, "{total}");
}

#[test]
fn the_same_seed_is_the_same_story_word_for_word() {
    let mut stories = BTreeSet::new();
    for seed in 1..=10 {
        let options = Options { seed, steps: 500, processes: None };
        let [first, again] =
            [(); 2].map(|()| run(&options, true).unwrap_or_else(|failure| panic!("\n{failure}")));
        assert!(first.lines > 0);
        assert_eq!(first, again);
        stories.insert(first.digest);
    }
    assert_eq!(stories.len(), 10);
}

#[test]
fn a_world_of_five_thousand_processes_holds_too() {
    let report = live(&Options { seed: 1, steps: 2000, processes: Some(5000) });
    assert!(report.spawns > 5000, "{report}");
}
