//! Any bytes, read as a call and as an answer.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = supervisor_oracle::calls::exercise(bytes);
});
