//! Drawn configurations are understood as the reference understands them.

use std::env;

use supervisor_oracle::case::Case;
use supervisor_oracle::draw;
use supervisor_oracle::judge::Judge;
use supervisor_oracle::outcome::Outcome;
use supervisor_oracle::shrink::shrink;

const FILES: u64 = 1000;

/// The first seed. `ORACLE_SEED` names another; `cargo xtask fuzz-config` reads more files.
const SEED: u64 = 1;

/// Fails with the smallest configuration that shows the same, unless every difference is a deliberate one.
fn must_be_explained(judge: &mut Judge, case: &Case, origin: &str) -> bool {
    let verdict = judge.judge(case).expect("both sides must answer");
    if verdict.is_explained() {
        return matches!(verdict.reference, Outcome::Understood(_));
    }
    let is_unexplained = |case: &Case| judge.judge(case).map(|verdict| !verdict.is_explained());
    let smallest = shrink(case, is_unexplained).expect("both sides must answer");
    let verdict = judge.judge(&smallest).expect("both sides must answer");
    panic!("{origin}, made smaller:\n{smallest}{verdict}");
}

#[test]
fn every_value_and_every_odd_line_is_understood_as_the_reference_does() {
    let mut judge = Judge::new().expect("the reference must be installed");
    let understood =
        draw::sweep().map(|case| must_be_explained(&mut judge, &case, "the sweep")).filter(|it| *it);
    assert!(understood.count() > 500);
}

#[test]
fn a_thousand_random_configurations_are_understood_as_the_reference_does() {
    let named = env::var("ORACLE_SEED").ok().and_then(|seed| seed.parse().ok());
    let first: u64 = named.unwrap_or(SEED);
    let mut judge = Judge::new().expect("the reference must be installed");
    let mut understood = 0;
    for seed in (0..FILES).map(|offset| first.wrapping_add(offset)) {
        understood += u64::from(must_be_explained(&mut judge, &draw::case(seed), &format!("seed {seed}")));
    }
    // Neither side of a comparison of refusals only has shown that it understands anything.
    assert!((FILES / 3..FILES).contains(&understood), "{understood} of {FILES} were understood");
}
