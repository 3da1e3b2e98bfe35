//! Whether every byte that a child wrote is in its log, once, whole and in order, across rotations.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::Path;

use crate::account::{self, Closed, Tally};
use crate::plan::Program;
use crate::record::{self, Checksum, MARK, Piece};

/// What was audited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Audited {
    /// Instances of programs.
    pub instances: u64,
    /// Whole records in logs.
    pub records: u64,
    /// Bytes in logs.
    pub bytes: u64,
    /// Log files, old ones included.
    pub files: u64,
    /// Streams that were closed before their writers had ended.
    pub refused: u64,
}

/// A log as it was written: the old files, oldest first, and the current one.
///
/// # Errors
/// When a file cannot be read.
pub fn whole_log(logs: &Path, name: &str, kind: &str) -> io::Result<(Vec<u8>, u64)> {
    let path = |number: u64| match number {
        0 => logs.join(format!("{name}.{kind}")),
        number => logs.join(format!("{name}.{kind}.{number}")),
    };
    let oldest = (1..).find(|&number| !path(number).exists()).unwrap_or(1) - 1;
    let (mut bytes, mut files) = (Vec::new(), 0);
    for number in (0..=oldest).rev() {
        match fs::read(path(number)) {
            Ok(content) => {
                bytes.extend_from_slice(&content);
                files += 1;
            }
            // Moved away, and not yet made anew.
            Err(error) if error.kind() == io::ErrorKind::NotFound && number == 0 => {}
            Err(error) => return Err(error),
        }
    }
    Ok((bytes, files))
}

/// Audits the logs of a program; says what differs first in each.
///
/// # Errors
/// When logs or accounts cannot be read.
pub fn audit(folder: &Path, program: &Program, audited: &mut Audited) -> io::Result<Vec<String>> {
    let logs = folder.join("logs");
    let accounts = account::read_all(&folder.join("accounts").join(&program.name))?;
    let mut findings = Vec::new();
    audited.instances += accounts.len() as u64;
    let kinds: &[&str] = if program.is_one { &["out"] } else { &["out", "err"] };
    for (stream, kind) in kinds.iter().enumerate() {
        let (log, files) = whole_log(&logs, &program.name, kind)?;
        if !program.is_moved && files > program.backups {
            findings.push(format!("{}.{kind}: so many old logs that some may be gone", program.name));
        }
        audited.files += files;
        audited.bytes += log.len() as u64;
        let mut audit = Audit::new(&accounts, stream);
        if let Err(difference) = audit.read(&log).and_then(|()| audit.close()) {
            findings.push(format!("{}.{kind}: {difference}", program.name));
        }
        audited.records += audit.records;
        let refused = accounts.iter().filter(|account| account.tallies[stream].refused).count();
        audited.refused += refused as u64;
    }
    Ok(findings)
}

/// One log against the accounts of those who wrote it.
struct Audit<'a> {
    accounts: &'a [Closed],
    places: HashMap<u64, usize>,
    stream: usize,
    seen: Vec<Seen>,
    records: u64,
}

/// What was found of one instance.
#[derive(Clone, Debug, Default)]
struct Seen {
    bytes: u64,
    checksum: Checksum,
    /// The checksum of as many bytes as were confirmed.
    confirmed: Option<Checksum>,
    next_number: u64,
    is_cut: bool,
}

impl<'a> Audit<'a> {
    fn new(accounts: &'a [Closed], stream: usize) -> Self {
        let places = accounts.iter().enumerate().map(|(place, account)| (account.instance, place)).collect();
        let mut seen = vec![Seen::default(); accounts.len()];
        for (seen, account) in seen.iter_mut().zip(accounts) {
            if account.tallies[stream].confirmed == 0 {
                seen.confirmed = Some(Checksum::default());
            }
        }
        Self { accounts, places, stream, seen, records: 0 }
    }

    fn tally(&self, place: usize) -> &Tally {
        &self.accounts[place].tallies[self.stream]
    }

    fn name(&self, place: usize) -> String {
        let account = &self.accounts[place];
        format!("instance {:016x} (pid {})", account.instance, account.pid)
    }

    fn read(&mut self, log: &[u8]) -> Result<(), String> {
        let mut at = 0;
        let mut last = None;
        if log.first().is_some_and(|&byte| byte != MARK) {
            return Err("it does not begin with a record".to_owned());
        }
        for piece in log.split(|&byte| byte == MARK).skip(1) {
            let place =
                self.place(piece, last).map_err(|why| format!("at byte {at}: {why}: {}", shown(piece)))?;
            self.take(place, piece);
            last = Some(place);
            at += 1 + piece.len();
        }
        Ok(())
    }

    /// Who wrote a piece, if it is what must come next of that one.
    fn place(&mut self, piece: &[u8], last: Option<usize>) -> Result<usize, String> {
        let (instance, is_cut) = match record::read(piece) {
            Piece::Whole { instance, number } => {
                let place = *self.places.get(&instance).ok_or("nobody wrote this")?;
                let name = self.name(place);
                let seen = &mut self.seen[place];
                if number != seen.next_number {
                    let expected = seen.next_number;
                    return Err(format!("of {name} comes record {number} in place of {expected}"));
                }
                seen.next_number += 1;
                self.records += 1;
                (Some(instance), false)
            }
            Piece::Cut { instance } => (instance, true),
            Piece::Damaged => return Err("this is no record".to_owned()),
        };
        // Whose name is cut off wrote what was before, too: a pipe takes the beginning of a life whole.
        let named = instance.and_then(|instance| self.places.get(&instance).copied());
        let place = named.or(last).ok_or("nobody wrote this")?;
        if self.seen[place].is_cut {
            return Err(format!("{} goes on after a record that is cut", self.name(place)));
        }
        self.seen[place].is_cut = is_cut;
        Ok(place)
    }

    /// Counts a piece, its mark included.
    fn take(&mut self, place: usize, piece: &[u8]) {
        let confirmed = self.tally(place).confirmed;
        let seen = &mut self.seen[place];
        for part in [&[MARK][..], piece] {
            let until = usize::try_from(confirmed.saturating_sub(seen.bytes)).unwrap_or(usize::MAX);
            let (before, after) = part.split_at(until.min(part.len()));
            seen.checksum.add(before);
            seen.bytes += before.len() as u64;
            if seen.bytes == confirmed && seen.confirmed.is_none() {
                seen.confirmed = Some(seen.checksum);
            }
            seen.checksum.add(after);
            seen.bytes += after.len() as u64;
        }
    }

    /// Whether all is there that must be.
    fn close(&self) -> Result<(), String> {
        for place in 0..self.accounts.len() {
            let (tally, seen, name) = (self.tally(place), &self.seen[place], self.name(place));
            if seen.bytes < tally.confirmed {
                let (wrote, found, number) = (tally.confirmed, seen.bytes, seen.next_number);
                return Err(format!(
                    "{name} wrote {wrote} bytes, the log has {found}; record {number} is missing"
                ));
            }
            if seen.bytes > tally.intended && seen.bytes > tally.confirmed {
                let (wanted, found) = (tally.intended, seen.bytes);
                return Err(format!("{name} wrote {wanted} bytes at most, the log has {found}"));
            }
            if seen.bytes >= tally.confirmed && seen.confirmed != Some(tally.checksum) {
                return Err(format!("{name}: the bytes of the log are not those that it wrote"));
            }
        }
        Ok(())
    }
}

fn shown(piece: &[u8]) -> String {
    let (start, end) = (&piece[..piece.len().min(60)], &piece[piece.len().saturating_sub(20)..]);
    format!("{} bytes, {} … {}", piece.len(), start.escape_ascii(), end.escape_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log_of(instance: u64, count: u64) -> Vec<u8> {
        let mut batch = Vec::new();
        for number in 0..count {
            record::append(&mut batch, instance, number, b"some words");
        }
        batch
    }

    fn closed(instance: u64, log: &[u8], confirmed: usize) -> Closed {
        let checksum = Checksum::of(&log[..confirmed]);
        let (intended, confirmed) = (log.len() as u64, confirmed as u64);
        let tally = Tally { intended, confirmed, checksum, ..Tally::default() };
        Closed { instance, pid: 1, tallies: [tally, Tally::default()] }
    }

    fn audit(accounts: &[Closed], log: &[u8]) -> Result<(), String> {
        let mut audit = Audit::new(accounts, 0);
        audit.read(log).and_then(|()| audit.close())
    }

    #[test]
    fn two_lives_one_after_the_other_are_in_order() {
        let (first, second) = (log_of(1, 3), log_of(2, 2));
        let accounts = [closed(1, &first, first.len()), closed(2, &second, second.len())];
        assert_eq!(audit(&accounts, &[&first[..], &second].concat()), Ok(()));
    }

    #[test]
    fn whoever_was_killed_over_a_record_may_have_written_a_part_of_it() {
        let (first, second) = (log_of(1, 3), log_of(2, 2));
        let whole = first.len() / 3 * 2;
        let accounts = [closed(1, &first, whole), closed(2, &second, second.len())];
        for end in whole..=first.len() {
            assert_eq!(audit(&accounts, &[&first[..end], &second].concat()), Ok(()), "{end}");
        }
        assert!(audit(&accounts, &[&first[..whole - 1], &second].concat()).is_err());
    }

    #[test]
    fn a_missing_a_changed_and_a_repeated_byte_are_told() {
        let log = log_of(1, 3);
        let accounts = [closed(1, &log, log.len())];
        let without = |from: usize, to: usize| [&log[..from], &log[to..]].concat();
        let third = log.len() / 3;
        assert!(audit(&accounts, &without(third, third * 2)).unwrap_err().contains("record 2 in place of 1"));
        assert!(
            audit(&accounts, &without(third * 2, third * 3)).unwrap_err().contains("record 2 is missing")
        );
        assert!(audit(&accounts, &without(60, 61)).is_err());
        let mut changed = log.clone();
        changed[50] ^= 1;
        assert!(audit(&accounts, &changed).is_err());
        assert!(audit(&accounts, &[&log[..], &log[..third]].concat()).is_err());
        assert!(audit(&accounts, &[&log[..], b"noise"].concat()).is_err());
    }

    #[test]
    fn rotated_logs_are_read_oldest_first() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("p.out", "c"), ("p.out.1", "b"), ("p.out.2", "a")] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        assert_eq!(whole_log(folder.path(), "p", "out").unwrap(), (b"abc".to_vec(), 3));
        assert_eq!(whole_log(folder.path(), "q", "out").unwrap(), (Vec::new(), 0));
    }
}
