//! Any bytes, taken for output with captured text.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = supervisor_oracle::capture::exercise(bytes);
});
