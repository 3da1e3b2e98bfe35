//! Whether what followers saw is a stretch of the log, without a byte too few or too many.

use std::fs;
use std::io;
use std::path::Path;

use super::logs::whole_log;
use crate::disturb::follower::{BANNER, Followed};
use crate::plan::Program;
use crate::record::MARK;

/// By so many bytes the place of what was seen is searched.
const NEEDLE_BYTES: usize = 60;

/// How many bytes were seen, and what is wrong with them.
///
/// # Errors
/// When something cannot be read.
pub fn compare(folder: &Path, program: &Program, followed: &Followed) -> io::Result<(u64, Option<String>)> {
    let seen = fs::read(&followed.seen)?;
    let seen = match seen.strip_prefix(BANNER) {
        Some(seen) => seen,
        // Without the banner it is a message, about a daemon that reloads or a group that is gone.
        None if followed.by_ctl => return Ok((0, None)),
        None => &seen,
    };
    let kind = ["out", "err"][followed.stream];
    let (log, _) = whole_log(&folder.join("logs"), &program.name, kind)?;
    let difference = difference(&log, seen);
    let path = followed.seen.display();
    let finding =
        difference.map(|difference| format!("{path} is no part of {}.{kind}: {difference}", program.name));
    Ok((seen.len() as u64, finding))
}

/// What differs, if what was seen is no part of a log.
fn difference(log: &[u8], seen: &[u8]) -> Option<String> {
    if seen.is_empty() {
        return None;
    }
    // Records have names, so that one suffices to find the place of all that was seen.
    let anchor = seen.iter().position(|&byte| byte == MARK).unwrap_or(0);
    let needle = &seen[anchor..seen.len().min(anchor + NEEDLE_BYTES)];
    let places = log.windows(needle.len()).enumerate().filter(|(_, window)| *window == needle);
    let mut nearest = "its beginning is nowhere".to_owned();
    for (place, _) in places {
        let Some(start) = place.checked_sub(anchor) else { continue };
        let same = log[start..].iter().zip(seen).take_while(|(left, right)| left == right).count();
        if same == seen.len() {
            return None;
        }
        nearest = format!("byte {same} of {}, which is byte {} of the log", seen.len(), start + same);
    }
    Some(nearest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record;

    #[test]
    fn only_a_stretch_without_gaps_is_part_of_a_log() {
        let mut log = Vec::new();
        for number in 0..9 {
            record::append(&mut log, 7, number, b"some words that are the same everywhere");
        }
        for (from, to) in [(0, 10), (5, 300), (100, log.len()), (3, 3)] {
            assert_eq!(difference(&log, &log[from..to]), None);
        }
        assert!(difference(&log, &[&log[5..100], &log[101..300]].concat()).is_some());
        assert!(difference(&log, &[&log[..], b"x"].concat()).is_some());
    }
}
