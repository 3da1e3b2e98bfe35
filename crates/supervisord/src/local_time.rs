//! The time of the place where we run.

use std::sync::OnceLock;
use std::{env, fs};

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// What the machine's administrator has set.
const LOCALTIME: &str = "/etc/localtime";

/// The time zone of `TZ`, or else of the machine, as it is when it is first asked for.
///
/// The machine's is read from its file without asking for its name: to find that, a library goes through the
/// folders of all zones there are, at each start.
pub fn zone() -> TimeZone {
    static ZONE: OnceLock<TimeZone> = OnceLock::new();
    ZONE.get_or_init(|| {
        let file = if env::var_os("TZ").is_none() { fs::read(LOCALTIME).ok() } else { None };
        file.and_then(|file| TimeZone::tzif(LOCALTIME, &file).ok()).unwrap_or_else(TimeZone::system)
    })
    .clone()
}

/// This moment, in that zone.
pub fn now() -> Zoned {
    Timestamp::now().to_zoned(zone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_zone_of_the_machine_is_the_one_that_the_library_finds() {
        let moment = Timestamp::from_second(1_795_328_615).unwrap();
        let told = |zone| moment.to_zoned(zone).strftime("%Y-%m-%d %H:%M:%S %z").to_string();
        assert_eq!(told(zone()), told(TimeZone::system()));
    }
}
