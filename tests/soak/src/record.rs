//! What children write: records that tell who wrote them, which number they have, and whether they are whole.
//!
//! `MARK instance number length checksum payload NEWLINE`, where the mark is a byte that stands nowhere else. So a
//! record that was cut off is seen as such by the mark of the next one.

use std::io::Write;

/// The byte that begins each record. No payload has it.
pub const MARK: u8 = 0x1e;

/// A checksum that grows with the bytes (FNV-1a).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checksum(pub u64);

impl Default for Checksum {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Checksum {
    /// Adds bytes.
    pub fn add(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    /// The checksum of these bytes alone.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut checksum = Self::default();
        checksum.add(bytes);
        checksum
    }
}

/// Appends a record to a batch.
pub fn append(batch: &mut Vec<u8>, instance: u64, number: u64, payload: &[u8]) {
    batch.push(MARK);
    let (length, checksum) = (payload.len(), Checksum::of(payload).0);
    // A vector takes everything.
    let _ = write!(batch, "{instance:016x} {number} {length} {checksum:016x} ");
    batch.extend_from_slice(payload);
    batch.push(b'\n');
}

/// What stands between two marks of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A whole record.
    Whole {
        /// Who wrote it.
        instance: u64,
        /// Which one it is.
        number: u64,
    },
    /// The beginning of a record, as its writer was killed over it.
    Cut {
        /// Who wrote it, if that much is there.
        instance: Option<u64>,
    },
    /// Something else.
    Damaged,
}

/// Reads what follows a mark, up to the next one.
#[must_use]
pub fn read(piece: &[u8]) -> Piece {
    let mut fields = piece.splitn(5, |&byte| byte == b' ');
    let mut number = |radix| {
        let text = std::str::from_utf8(fields.next()?).ok()?;
        u64::from_str_radix(text, radix).ok()
    };
    let (instance, serial, length, checksum) = (number(16), number(10), number(10), number(16));
    let is_named = piece.len() > 16 && piece[16] == b' ';
    let instance = instance.filter(|_| is_named);
    let (Some(writer), Some(number), Some(length), Some(checksum), Some(rest)) =
        (instance, serial, length, checksum, fields.next())
    else {
        return Piece::Cut { instance };
    };
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    match rest.len().checked_sub(length) {
        Some(1) if rest.ends_with(b"\n") && Checksum::of(&rest[..length]).0 == checksum => {
            Piece::Whole { instance: writer, number }
        }
        None | Some(0) => Piece::Cut { instance },
        Some(_) => Piece::Damaged,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(payload: &[u8]) -> Vec<u8> {
        let mut batch = Vec::new();
        append(&mut batch, 77, 5, payload);
        batch
    }

    #[test]
    fn a_record_is_read_back_whatever_is_in_it() {
        for payload in [&b""[..], b"text with blanks", b"\n\n\x00\xff\x1b[1m"] {
            let batch = record(payload);
            assert_eq!(batch[0], MARK);
            assert_eq!(read(&batch[1..]), Piece::Whole { instance: 77, number: 5 });
        }
    }

    #[test]
    fn wherever_a_record_is_cut_it_is_no_whole_one() {
        let batch = record(b"some words and 12 numbers");
        for end in 1..batch.len() {
            assert!(matches!(read(&batch[1..end]), Piece::Cut { .. }), "{end}");
        }
    }

    #[test]
    fn a_changed_or_additional_byte_is_noticed() {
        let mut batch = record(b"words");
        let at = batch.len() - 3;
        batch[at] ^= 1;
        assert_eq!(read(&batch[1..]), Piece::Damaged);
        batch[at] ^= 1;
        batch.push(b'x');
        assert_eq!(read(&batch[1..]), Piece::Damaged);
    }
}
