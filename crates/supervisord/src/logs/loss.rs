//! What a log of lines has lost while it could not be written, until the log itself can say so.

/// Lines that are not in the log, as a count of bytes.
#[derive(Debug, Default)]
pub(super) struct Loss {
    bytes: u64,
    /// The last line in the file has no end.
    is_torn: bool,
}

impl Loss {
    /// Whether something was lost that the log does not tell yet.
    pub(super) fn is_some(&self) -> bool {
        self.bytes > 0
    }

    /// So many bytes were not even tried.
    pub(super) fn missed(&mut self, count: usize) {
        self.bytes += count as u64;
    }

    /// Whole lines were written, but for the last `lost` bytes.
    pub(super) fn wrote(&mut self, lines: &[u8], lost: usize) {
        self.missed(lost);
        self.tore(lines, lost);
    }

    /// What is to be told of it.
    pub(super) fn told(&self, path: &str) -> String {
        format!("writing to {path} again; {} bytes of this log were lost", self.bytes)
    }

    /// The line for the log, which has `size_bytes` so far: a torn line gets its end first.
    pub(super) fn line(&self, stamp: &[u8], what: &str, size_bytes: u64) -> Vec<u8> {
        let mut line = Vec::new();
        if self.is_torn && size_bytes > 0 {
            line.push(b'\n');
        }
        line.extend_from_slice(stamp);
        line.extend_from_slice(format!(" WARN {what}\n").as_bytes());
        line
    }

    /// That line was written, but for the last `lost` bytes; returns whether it was whole.
    pub(super) fn told_with(&mut self, line: &[u8], lost: usize) -> bool {
        self.tore(line, lost);
        if lost == 0 {
            self.bytes = 0;
        }
        lost == 0
    }

    fn tore(&mut self, lines: &[u8], lost: usize) {
        if let Some(last) = lines[..lines.len().saturating_sub(lost)].last() {
            self.is_torn = *last != b'\n';
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(loss: &Loss) -> String {
        String::from_utf8(loss.line(b"now", &loss.told("/log"), 9)).unwrap()
    }

    #[test]
    fn a_torn_line_gets_its_end_before_the_loss_is_told() {
        let mut loss = Loss::default();
        loss.wrote(b"one\n", 0);
        assert!(!loss.is_some());
        loss.wrote(b"two\n", 2);
        loss.missed(6);
        let told = "now WARN writing to /log again; 8 bytes of this log were lost\n";
        assert_eq!(line(&loss), format!("\n{told}"));
        // What there is room for may be the end of the torn line alone.
        assert!(!loss.told_with(format!("\n{told}").as_bytes(), told.len()));
        assert_eq!(line(&loss), told);
        assert!(!loss.told_with(told.as_bytes(), told.len()));
        assert_eq!(line(&loss), told);
        assert!(!loss.told_with(told.as_bytes(), 1));
        assert_eq!(line(&loss), format!("\n{told}"));
        assert!(loss.told_with(told.as_bytes(), 0));
        assert!(!loss.is_some());
    }

    #[test]
    fn a_new_file_has_no_torn_line() {
        let mut loss = Loss::default();
        loss.wrote(b"two\n", 2);
        assert!(loss.line(b"now", "", 0).starts_with(b"now"));
    }
}
