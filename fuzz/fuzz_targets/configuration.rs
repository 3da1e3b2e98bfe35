//! Any bytes, read as files and a command line: `supervisor_oracle::parser` says how they are divided.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = supervisor_oracle::parser::exercise(bytes);
});
