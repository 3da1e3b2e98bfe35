//! What a child knows to have written: a file of its own beside the logs, which no supervisor touches.
//!
//! Before a write it notes how far it wants to come, and after it how far it came. So when it is killed between
//! the two, it is known what must be in its log, and what may be.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process;

use supervisor_sys::clock::monotonic_nanoseconds;

use crate::record::Checksum;

/// Bytes of one stream's part of the file.
const PART_BYTES: usize = 40;

/// One stream of one instance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// So many bytes it has tried to write.
    pub intended: u64,
    /// For so many bytes `write(2)` has returned.
    pub confirmed: u64,
    /// The checksum of those.
    pub checksum: Checksum,
    /// So many records were begun.
    pub records: u64,
    /// Its pipe was closed by the other side.
    pub refused: bool,
}

impl Tally {
    fn to_bytes(self) -> [u8; PART_BYTES] {
        let Self { intended, confirmed, checksum, records, refused } = self;
        let mut bytes = [0; PART_BYTES];
        let numbers = [intended, confirmed, checksum.0, records, u64::from(refused)];
        for (place, number) in bytes.chunks_exact_mut(8).zip(numbers) {
            place.copy_from_slice(&number.to_le_bytes());
        }
        bytes
    }

    /// An instance that was killed at its very beginning has an account without numbers.
    fn from_bytes(bytes: &[u8]) -> Self {
        if bytes.len() < PART_BYTES {
            return Self::default();
        }
        let number = |index: usize| {
            let place = bytes.get(index * 8..index * 8 + 8).and_then(|place| place.try_into().ok());
            u64::from_le_bytes(place.unwrap_or_default())
        };
        Self {
            intended: number(0),
            confirmed: number(1),
            checksum: Checksum(number(2)),
            records: number(3),
            refused: number(4) != 0,
        }
    }
}

/// The account of an instance, being kept.
#[derive(Debug)]
pub struct Account {
    file: File,
    /// The instance's number: larger than those of instances that were started before.
    pub instance: u64,
    tallies: [Tally; 2],
}

impl Account {
    /// Begins one in the folder of a program.
    ///
    /// # Errors
    /// What making a file says.
    pub fn open(folder: &Path) -> io::Result<Self> {
        loop {
            let instance = monotonic_nanoseconds();
            let path = folder.join(format!("{instance:016x}-{}", process::id()));
            match OpenOptions::new().write(true).create_new(true).open(path) {
                Ok(file) => {
                    let account = Self { file, instance, tallies: [Tally::default(); 2] };
                    account.write(0)?;
                    account.write(1)?;
                    return Ok(account);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// How a stream stands; 0 is standard output, 1 standard error.
    #[must_use]
    pub fn tally(&self, stream: usize) -> &Tally {
        &self.tallies[stream]
    }

    /// Notes what will be written.
    ///
    /// # Errors
    /// What writing says.
    pub fn intend(&mut self, stream: usize, bytes: usize, records: u64) -> io::Result<()> {
        let tally = &mut self.tallies[stream];
        tally.intended = tally.confirmed + bytes as u64;
        tally.records += records;
        self.write(stream)
    }

    /// Notes what was written.
    ///
    /// # Errors
    /// What writing says.
    pub fn confirm(&mut self, stream: usize, bytes: &[u8]) -> io::Result<()> {
        let tally = &mut self.tallies[stream];
        tally.confirmed += bytes.len() as u64;
        tally.checksum.add(bytes);
        self.write(stream)
    }

    /// Notes that nobody reads the stream any more.
    ///
    /// # Errors
    /// What writing says.
    pub fn refuse(&mut self, stream: usize) -> io::Result<()> {
        let tally = &mut self.tallies[stream];
        tally.refused = true;
        tally.intended = tally.confirmed;
        self.write(stream)
    }

    fn write(&self, stream: usize) -> io::Result<()> {
        let offset = (stream * PART_BYTES) as u64;
        self.file.write_all_at(&self.tallies[stream].to_bytes(), offset)
    }
}

/// The account of an instance that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed {
    /// The instance's number.
    pub instance: u64,
    /// Its process id.
    pub pid: i32,
    /// Its two streams.
    pub tallies: [Tally; 2],
}

/// Reads the accounts of a program's instances, in the order in which they were started.
///
/// # Errors
/// When the folder or a file cannot be read, or is no account.
pub fn read_all(folder: &Path) -> io::Result<Vec<Closed>> {
    let mut accounts = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let parsed = name
            .split_once('-')
            .and_then(|(instance, pid)| Some((u64::from_str_radix(instance, 16).ok()?, pid.parse().ok()?)));
        let (instance, pid) = parsed.ok_or_else(|| io::Error::other(format!("{name} is no account")))?;
        let bytes = fs::read(&path)?;
        let (stdout, stderr) = bytes.split_at_checked(PART_BYTES).unwrap_or((&bytes, &[]));
        accounts.push(Closed {
            instance,
            pid,
            tallies: [Tally::from_bytes(stdout), Tally::from_bytes(stderr)],
        });
    }
    accounts.sort_by_key(|account| account.instance);
    Ok(accounts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_that_was_only_opened_is_empty() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("0000000000000007-12"), "").unwrap();
        let read = read_all(folder.path()).unwrap();
        assert_eq!(read, [Closed { instance: 7, pid: 12, tallies: [Tally::default(); 2] }]);
    }

    #[test]
    fn what_was_intended_and_what_was_confirmed_are_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let mut account = Account::open(folder.path()).unwrap();
        account.intend(1, 10, 2).unwrap();
        account.confirm(1, b"1234567").unwrap();
        let read = read_all(folder.path()).unwrap();
        assert_eq!(read.len(), 1);
        assert_eq!(read[0].instance, account.instance);
        assert_eq!(read[0].tallies[0], Tally::default());
        let [_, stderr] = read[0].tallies;
        assert_eq!((stderr.intended, stderr.confirmed, stderr.records), (10, 7, 2));
        assert_eq!(stderr.checksum, Checksum::of(b"1234567"));
    }
}
