//! When a log is rotated and which names move.

/// How a log file is kept small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// Rotate once the file has this many bytes; 0 or less never.
    pub maxbytes: i64,
    /// How many old files are kept; with 0 or less the file is emptied instead.
    pub backups: i64,
}

/// No log has more numbered files than this, whatever `backups` says: each rotation looks at every number.
const BACKUPS_MAX: i64 = 10_000;

impl Rotation {
    /// Never rotates.
    pub const NEVER: Self = Self { maxbytes: 0, backups: 0 };

    /// Whether a file of that size must be rotated.
    #[must_use]
    pub fn is_due(self, size_bytes: u64) -> bool {
        self.maxbytes > 0 && i64::try_from(size_bytes).unwrap_or(i64::MAX) >= self.maxbytes
    }

    /// How many more bytes fit before the next rotation; `None` for no limit.
    #[must_use]
    pub fn room(self, size_bytes: u64) -> Option<u64> {
        let maxbytes = u64::try_from(self.maxbytes).ok().filter(|&bytes| bytes > 0)?;
        Some(maxbytes.saturating_sub(size_bytes))
    }

    /// Which numbers move, in order: `(from, to)`, where 0 is the file itself. Empty when the file is only emptied.
    pub fn moves(self) -> impl Iterator<Item = (i64, i64)> {
        (0..self.backups.clamp(0, BACKUPS_MAX)).rev().map(|number| (number, number + 1))
    }
}

/// The name of a rotated file: `path` for 0, else `path.N`.
#[must_use]
pub fn rotated_name(path: &str, number: i64) -> String {
    if number == 0 { path.to_owned() } else { format!("{path}.{number}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_moves_first() {
        let rotation = Rotation { maxbytes: 10, backups: 3 };
        assert_eq!(rotation.moves().collect::<Vec<_>>(), [(2, 3), (1, 2), (0, 1)]);
        assert_eq!(Rotation { maxbytes: 10, backups: 0 }.moves().count(), 0);
        assert_eq!(rotated_name("log", 0), "log");
        assert_eq!(rotated_name("log", 2), "log.2");
    }

    #[test]
    fn a_file_is_due_when_it_reaches_its_limit() {
        let rotation = Rotation { maxbytes: 10, backups: 3 };
        assert!(!rotation.is_due(9));
        assert!(rotation.is_due(10));
        assert!(!Rotation::NEVER.is_due(u64::MAX));
        assert!(!Rotation { maxbytes: -5, backups: 0 }.is_due(100));
        assert_eq!(rotation.room(4), Some(6));
        assert_eq!(Rotation::NEVER.room(4), None);
    }
}
