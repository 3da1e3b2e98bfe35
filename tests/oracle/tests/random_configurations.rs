//! Random configurations are understood as the reference understands them.

use std::env;

use supervisor_oracle::draw;
use supervisor_oracle::judge::Judge;
use supervisor_oracle::outcome::Outcome;
use supervisor_oracle::shrink::shrink;

const FILES: u64 = 1000;

/// The first seed. `ORACLE_SEED` names another; `cargo xtask fuzz-config` reads more files.
const SEED: u64 = 1;

#[test]
fn a_thousand_random_configurations_are_understood_as_the_reference_does() {
    let named = env::var("ORACLE_SEED").ok().and_then(|seed| seed.parse().ok());
    let first: u64 = named.unwrap_or(SEED);
    let mut judge = Judge::new().expect("the reference must be installed");
    let mut understood = 0;
    for seed in (0..FILES).map(|offset| first.wrapping_add(offset)) {
        let case = draw::case(seed);
        let verdict = judge.judge(&case).expect("both sides must answer");
        understood += u64::from(matches!(verdict.reference, Outcome::Understood(_)));
        if !verdict.is_explained() {
            let is_unexplained = |case: &_| judge.judge(case).map(|verdict| !verdict.is_explained());
            let smallest = shrink(&case, is_unexplained).expect("both sides must answer");
            let verdict = judge.judge(&smallest).expect("both sides must answer");
            panic!("seed {seed}, made smaller:\n{smallest}{verdict}");
        }
    }
    // Neither side of a comparison of refusals only has shown that it understands anything.
    assert!((FILES / 3..FILES).contains(&understood), "{understood} of {FILES} were understood");
}
