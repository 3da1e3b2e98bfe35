//! Writing records and keeping account of them.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;

use nix::errno::Errno;
use nix::unistd::write;
use supervisor_oracle::random::Random;

use crate::account::Account;
use crate::record;

/// What readers of ours may stumble over.
const ODDITIES: &[&[u8]] =
    &[b"\x1b[31m", b"\xff\xfe", b"\0", "ünïcödé ".as_bytes(), b"\r\n", b"]]>&<", b"\n\n"];

/// The two streams of a child.
#[derive(Debug)]
pub struct Pen {
    account: Account,
    /// Standard error is standard output.
    is_one: bool,
    numbers: [u64; 2],
}

impl Pen {
    /// With an account in that folder. `is_one` if both streams are one pipe.
    ///
    /// # Errors
    /// When there can be no account.
    pub fn new(folder: &Path, is_one: bool) -> io::Result<Self> {
        Ok(Self { account: Account::open(folder)?, is_one, numbers: [0; 2] })
    }

    /// Writes so many records of at most so many bytes each at once, on either stream. How many bytes.
    ///
    /// # Errors
    /// When the account cannot be kept; what writing says.
    pub fn write(&mut self, random: &mut Random, records: usize, bytes_max: usize) -> io::Result<usize> {
        let stream = usize::from(random.per_mille(300));
        self.write_on(stream, random, records, bytes_max)
    }

    /// The same on one stream.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn write_on(
        &mut self,
        stream: usize,
        random: &mut Random,
        records: usize,
        bytes_max: usize,
    ) -> io::Result<usize> {
        let counted = if self.is_one { 0 } else { stream };
        let mut batch = Vec::new();
        for _ in 0..records {
            let payload = payload(random, bytes_max);
            record::append(&mut batch, self.account.instance, self.numbers[counted], &payload);
            self.numbers[counted] += 1;
        }
        if self.account.tally(counted).refused {
            return Ok(batch.len());
        }
        self.account.intend(counted, batch.len(), records as u64)?;
        let mut rest = &batch[..];
        while !rest.is_empty() {
            let written = if stream == 0 {
                write_once(io::stdout().as_fd(), rest)
            } else {
                write_once(io::stderr().as_fd(), rest)
            };
            match written {
                Ok(count) => {
                    self.account.confirm(counted, &rest[..count])?;
                    rest = &rest[count..];
                }
                Err(Errno::EINTR) => {}
                Err(Errno::EPIPE) => {
                    self.account.refuse(counted)?;
                    break;
                }
                Err(errno) => return Err(errno.into()),
            }
        }
        Ok(batch.len())
    }
}

/// One system call, nothing kept back.
fn write_once(fd: BorrowedFd<'_>, bytes: &[u8]) -> Result<usize, Errno> {
    write(fd, bytes)
}

fn payload(random: &mut Random, bytes_max: usize) -> Vec<u8> {
    let length = random.between(0, bytes_max);
    let mut payload = Vec::with_capacity(length + 8);
    while payload.len() + 8 < length {
        let word = random.draw();
        payload.extend(
            word.to_le_bytes().map(|byte| b"abcdefghijklmnopqrstuvwxyz 01234"[usize::from(byte % 32)]),
        );
    }
    if random.per_mille(200) {
        payload.extend_from_slice(random.pick(ODDITIES));
    }
    payload
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_payload_has_a_mark() {
        let mut random = Random::from_seed(1);
        for _ in 0..1000 {
            assert!(!payload(&mut random, 300).contains(&record::MARK));
        }
    }
}
