//! What has arrived in log files, and whether it is what was written.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Trouble;

/// A log is rotated when it has so many bytes: the default of both.
pub(crate) const ROTATE_BYTES: u64 = 50 << 20;
/// So many older files are kept: enough for everything that is written here.
pub(crate) const BACKUPS: usize = 30;
const DIGITS: usize = 12;

/// How many bytes all files of a folder have.
pub(crate) fn total_bytes(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| entry.metadata().ok())
        .filter(fs::Metadata::is_file)
        .map(|file| file.len())
        .sum()
}

/// The files of one log from the oldest to the one that is being written.
fn parts(path: &Path) -> Vec<PathBuf> {
    let backup = |number: usize| PathBuf::from(format!("{}.{number}", path.display()));
    let mut parts: Vec<PathBuf> = (1..=BACKUPS).rev().map(backup).filter(|part| part.exists()).collect();
    parts.push(path.to_owned());
    parts
}

/// How many whole records a log has. Each must follow the one before it, in all its bytes.
pub(crate) fn count_records(path: &Path, record_bytes: usize) -> Result<u64, Trouble> {
    let mut text = Vec::new();
    let mut number = 0;
    for part in parts(path) {
        text.extend(fs::read(&part)?);
        let whole = text.len() - text.len() % record_bytes;
        for record in text[..whole].chunks_exact(record_bytes) {
            if !is_record(record, number) {
                let message = format!("{}: record {number} is not what was written", part.display());
                return Err(message.into());
            }
            number += 1;
        }
        text.drain(..whole);
    }
    Ok(number)
}

/// Whether this is the record that the child program writes as that number.
fn is_record(record: &[u8], number: u64) -> bool {
    let (digits, rest) = record.split_at(DIGITS);
    let Some((end, rest)) = rest.split_last() else { return false };
    let written = digits.iter().fold(0, |sum: u64, digit| sum * 10 + u64::from(digit.wrapping_sub(b'0')));
    let filling = (DIGITS..).map(|at| b"abcdefghijklmnopqrstuvwxyz"[at % 26]);
    written == number && *end == b'\n' && rest.iter().copied().eq(filling.take(rest.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(number: u64) -> Vec<u8> {
        format!("{number:012}mno\n").into_bytes()
    }

    #[test]
    fn records_are_counted_over_all_parts_of_a_log() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let all: Vec<u8> = (0..5).flat_map(record).collect();
        fs::write(format!("{}.1", path.display()), &all[..20]).unwrap();
        fs::write(&path, &all[20..]).unwrap();
        assert_eq!(count_records(&path, 16).unwrap(), 5);
        assert_eq!(total_bytes(folder.path()), 80);
    }

    #[test]
    fn a_record_that_is_missing_or_torn_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        fs::write(&path, [record(0), record(2)].concat()).unwrap();
        assert!(count_records(&path, 16).is_err());
        let mut torn = record(0);
        torn[13] = b'X';
        fs::write(&path, torn).unwrap();
        assert!(count_records(&path, 16).is_err());
    }
}
