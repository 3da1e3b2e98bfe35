//! What is measured, a metric a file.

mod events;
mod idle;
mod logs;
mod loss;
mod memory;
mod requests;
mod restart;
mod size;
mod start;
mod status;
mod stop;
mod storm;

use crate::Trouble;
use crate::place::Place;
use crate::table::Row;

/// Measures everybody in turns.
pub(crate) type Metric = fn(&Place) -> Result<Vec<Row>, Trouble>;

/// Every metric by its name, in the order of the table.
pub(crate) const METRICS: &[(&str, Metric)] = &[
    ("start", start::measure),
    ("memory", memory::measure),
    ("idle", idle::measure),
    ("restart", restart::measure),
    ("storm", storm::measure),
    ("logs", logs::measure),
    ("loss", loss::measure),
    ("status", status::measure),
    ("requests", requests::measure),
    ("events", events::measure),
    ("stop", stop::measure),
    ("size", size::measure),
];

/// Nanoseconds between two moments, in seconds.
#[expect(clippy::cast_precision_loss)]
fn seconds_between(earlier_nanoseconds: u64, later_nanoseconds: u64) -> f64 {
    later_nanoseconds.saturating_sub(earlier_nanoseconds) as f64 / 1e9
}
