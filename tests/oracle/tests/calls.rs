//! No bytes make the decoder of calls panic, and none make a daemon do so. `cargo xtask fuzz-rpc` goes on for longer.

use std::time::Duration;

use supervisor_oracle::calls::CALLS;
use supervisor_oracle::hunt::hunt;
use supervisor_oracle::live::bombard;

const SEED: u64 = 1;
const HUNTING_TIME: Duration = Duration::from_secs(3);
const INPUTS: u64 = 300;

#[test]
fn no_bytes_make_the_decoder_of_calls_panic() {
    let report = hunt(CALLS, SEED, HUNTING_TIME, |input| panic!("it does not come back from {input:?}"));
    assert!(report.find.is_none(), "{report}");
    assert!(report.answers > 20, "{report}");
}

#[test]
fn a_daemon_survives_what_is_thrown_at_its_socket() {
    let report = bombard(SEED, Duration::from_secs(600), INPUTS).expect("a daemon of ours");
    assert!(report.find.is_none(), "{report}");
    assert!(report.answered > INPUTS / 3, "{report}");
}
