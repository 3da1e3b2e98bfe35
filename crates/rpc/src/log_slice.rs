//! Which bytes of a log a client gets for an offset and a length.

use std::ops::Range;

use supervisor_core::command::Fault;

/// What a client asks for, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slice {
    /// Where to begin; what negative numbers mean depends on the method.
    pub offset: i64,
    /// How much; what zero and negative numbers mean depends on the method.
    pub length: i64,
}

/// What a `tail…Log` method answers beside the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tail {
    /// The bytes to read.
    pub bytes: Range<u64>,
    /// The size of the log, which the client passes as the next offset.
    pub offset: u64,
    /// More was written than the client asked for.
    pub overflow: bool,
}

impl Slice {
    /// The bytes that `readLog` and the `read…Log` methods return of a log of that size: a negative offset
    /// counts from the end, a length of zero reads to the end.
    ///
    /// # Errors
    /// `BAD_ARGUMENTS` for a negative length, and for a length beside a negative offset.
    pub fn read(self, size: u64) -> Result<Range<u64>, Fault> {
        let bad = Err(Fault::BadArguments(None));
        let start = match u64::try_from(self.offset) {
            Err(_) if self.length != 0 => return bad,
            Err(_) => return Ok(size.saturating_sub(self.offset.unsigned_abs())..size),
            Ok(offset) => offset.min(size),
        };
        match u64::try_from(self.length) {
            Err(_) => bad,
            Ok(0) => Ok(start..size),
            Ok(length) => Ok(start..start.saturating_add(length).min(size)),
        }
    }

    /// What the `tail…Log` methods return of a log of that size: always its last bytes, not those from the
    /// offset.
    #[must_use]
    pub fn tail(self, size: u64) -> Tail {
        let overflow = i128::from(size) > i128::from(self.offset) + i128::from(self.length);
        let is_past_end = u64::try_from(self.offset).is_ok_and(|offset| offset >= size);
        let length = if is_past_end { 0 } else { u64::try_from(self.length).unwrap_or(0) };
        Tail { bytes: size.saturating_sub(length)..size, offset: size, overflow }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "abcdefghij";

    fn read(offset: i64, length: i64) -> Result<&'static str, Fault> {
        let range = Slice { offset, length }.read(TEXT.len() as u64)?;
        Ok(&TEXT[range.start as usize..range.end as usize])
    }

    fn tail(offset: i64, length: i64) -> (&'static str, u64, bool) {
        let tail = Slice { offset, length }.tail(TEXT.len() as u64);
        (&TEXT[tail.bytes.start as usize..tail.bytes.end as usize], tail.offset, tail.overflow)
    }

    #[test]
    fn a_negative_offset_counts_from_the_end() {
        assert_eq!(read(-3, 0), Ok("hij"));
        assert_eq!(read(-30, 0), Ok(TEXT));
        assert_eq!(read(i64::MIN, 0), Ok(TEXT));
    }

    #[test]
    fn a_length_of_zero_reads_to_the_end() {
        assert_eq!(read(0, 0), Ok(TEXT));
        assert_eq!(read(7, 0), Ok("hij"));
        assert_eq!(read(10, 0), Ok(""));
        assert_eq!(read(99, 0), Ok(""));
    }

    #[test]
    fn a_length_is_a_maximum() {
        assert_eq!(read(2, 3), Ok("cde"));
        assert_eq!(read(8, 30), Ok("ij"));
        assert_eq!(read(8, i64::MAX), Ok("ij"));
        assert_eq!(read(99, 3), Ok(""));
    }

    #[test]
    fn negative_lengths_make_no_sense() {
        for (offset, length) in [(-3, 1), (-3, -1), (0, -1), (99, -1)] {
            assert_eq!(read(offset, length), Err(Fault::BadArguments(None)), "({offset}, {length})");
        }
    }

    #[test]
    fn a_tail_is_always_the_last_bytes() {
        assert_eq!(tail(0, 3), ("hij", 10, true));
        assert_eq!(tail(0, 10), (TEXT, 10, false));
        assert_eq!(tail(8, 10), (TEXT, 10, false));
        assert_eq!(tail(9, 5), ("fghij", 10, false));
        assert_eq!(tail(10, 5), ("", 10, false));
        assert_eq!(tail(-3, 2), ("ij", 10, true));
        assert_eq!(tail(0, 0), ("", 10, true));
        assert_eq!(tail(100, 3), ("", 10, false));
        assert_eq!(tail(0, -5), ("", 10, true));
        assert_eq!(tail(i64::MAX, i64::MAX), ("", 10, false));
    }
}
