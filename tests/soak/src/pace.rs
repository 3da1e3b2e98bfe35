//! Pauses: the soak is made of time that passes.

use std::thread;
use std::time::Duration;

use supervisor_oracle::random::Random;

/// Lets time pass.
pub fn pause(duration: Duration) {
    // Sleeps because the passing of time is what is drawn here: between disturbances, records, looks.
    thread::sleep(duration);
}

/// Lets so many milliseconds pass, both included.
pub fn pause_between(random: &mut Random, low: usize, high: usize) {
    pause(Duration::from_millis(random.between(low, high) as u64));
}
