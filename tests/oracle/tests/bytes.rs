//! No bytes from outside make what reads them panic. `cargo xtask fuzz-listener` and its like go on for longer.

use std::time::Duration;

use supervisor_oracle::capture::CAPTURES;
use supervisor_oracle::hunt::{Ground, hunt};
use supervisor_oracle::logins::LOGINS;
use supervisor_oracle::speech::SPEECH;

const SEED: u64 = 1;
const HUNTING_TIME: Duration = Duration::from_secs(2);

fn nothing_is_found(ground: Ground, answers: usize) {
    let report = hunt(ground, SEED, HUNTING_TIME, |input| panic!("it does not come back from {input:?}"));
    assert!(report.find.is_none(), "{report}");
    assert!(report.answers >= answers, "{report}");
}

#[test]
fn whatever_a_listener_says_is_understood_or_refused() {
    nothing_is_found(SPEECH, 5);
}

#[test]
fn captured_text_does_not_depend_on_how_output_is_cut() {
    nothing_is_found(CAPTURES, 10);
}

#[test]
fn whatever_is_in_a_header_is_a_login_or_none() {
    nothing_is_found(LOGINS, 3);
}
