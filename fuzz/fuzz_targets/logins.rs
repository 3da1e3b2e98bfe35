//! Any bytes, read as a login.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = supervisor_oracle::logins::exercise(bytes);
});
