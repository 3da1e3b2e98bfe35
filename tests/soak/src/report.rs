//! What came of a soak.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::judge::events::Compared;
use crate::judge::household::Household;
use crate::judge::logs::Audited;
use crate::stage::Counts;

/// The figures.
#[derive(Debug, Default)]
pub struct Report {
    /// Seed, minutes, programs.
    pub title: String,
    /// Logs against accounts.
    pub audited: Audited,
    /// Listeners against watchers.
    pub compared: Compared,
    /// How many stretches of logs were followed.
    pub followed: u64,
    /// How often the daemon reloaded.
    pub reloads: u64,
    /// The daemon at rest: after the warm-up, and each time after that.
    pub rests: Vec<Household>,
    /// Resident memory in KiB all along.
    pub resident_kib: Vec<u64>,
    /// The most of it until the first rest.
    pub warm_kib: u64,
    /// The most descriptors that were seen.
    pub descriptors_max: usize,
    /// Wake-ups and hundredths of a second when everything was stopped.
    pub calm: (u64, u64),
}

impl Report {
    /// Prints what was counted, too.
    #[must_use]
    pub fn with<'a>(&'a self, counts: &'a Counts) -> impl fmt::Display + use<'a> {
        Full { report: self, counts }
    }
}

struct Full<'a> {
    report: &'a Report,
    counts: &'a Counts,
}

impl fmt::Display for Full<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { report, counts } = self;
        let count = |number: &AtomicU64| number.load(Ordering::Relaxed);
        let Audited { instances, records, bytes, files, refused } = report.audited;
        let Compared { told, told_to_bad, watched, shared } = report.compared;
        writeln!(f, "{}", report.title)?;
        writeln!(f, "  starts        {instances}, and {} reloads of the daemon", report.reloads)?;
        writeln!(
            f,
            "  logs          {records} records, {bytes} bytes, {files} files: compared with the accounts"
        )?;
        writeln!(f, "                {refused} streams were closed before their writers had ended")?;
        writeln!(f, "  followed      {} stretches, {} bytes", report.followed, count(&counts.followed))?;
        writeln!(
            f,
            "  requests      {} answered by values, {} by faults, {} cut off by reloads; {} rude clients",
            count(&counts.answers),
            count(&counts.faults),
            count(&counts.cut),
            count(&counts.rude)
        )?;
        writeln!(f, "  disturbances  {}", count(&counts.disturbances))?;
        writeln!(
            f,
            "  events        {told} and {told_to_bad} to listeners, {watched} watched, {shared} compared"
        )?;
        let series: Vec<String> = report.resident_kib.iter().map(u64::to_string).collect();
        writeln!(f, "  memory        {} KiB", thinned(&series).join(" "))?;
        writeln!(f, "                {} KiB at most until the first rest", report.warm_kib)?;
        for (index, rest) in report.rests.iter().enumerate() {
            let (resident, allocated, open) =
                (rest.resident_kib, rest.allocated_kib, rest.descriptor_count());
            writeln!(
                f,
                "  at rest {:<5} {resident} KiB ({allocated} allocated), {open} descriptors",
                index + 1
            )?;
        }
        writeln!(f, "  descriptors   {} at most", report.descriptors_max)?;
        let (wakeups, ticks) = report.calm;
        write!(f, "  calm          {wakeups} wake-ups, {ticks}0 ms of processor time")
    }
}

/// So many of a series are shown.
const SHOWN_MAX: usize = 40;

fn thinned(series: &[String]) -> Vec<String> {
    let step = series.len().div_ceil(SHOWN_MAX).max(1);
    series.iter().step_by(step).cloned().collect()
}
