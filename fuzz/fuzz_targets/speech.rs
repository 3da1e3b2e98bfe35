//! Any bytes, said by an event listener.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = supervisor_oracle::speech::exercise(bytes);
});
