//! The last lines of the main log, for those who ask what happened: whatever is written, and wherever it goes.

use std::collections::VecDeque;

use supervisor_core::effect::Level;

/// How much is remembered: some hundred lines.
const BYTES_MAX: usize = 64 << 10;

/// The last lines that people read, as they are in the log, the oldest first.
#[derive(Debug, Default)]
pub struct Recent {
    lines: VecDeque<Box<[u8]>>,
    bytes: usize,
}

impl Recent {
    /// Whether lines of that level are remembered: what happens to processes is at `info` and above, even where only
    /// warnings are logged.
    #[must_use]
    pub fn wants(level: Level) -> bool {
        level >= Level::Info
    }

    /// Remembers a line with its line feed, and forgets the oldest ones for it. A line that fills everything is cut.
    pub fn push(&mut self, line: &[u8]) {
        let line = &line[..line.len().min(BYTES_MAX)];
        while self.bytes + line.len() > BYTES_MAX {
            let Some(oldest) = self.lines.pop_front() else { break };
            self.bytes -= oldest.len();
        }
        self.bytes += line.len();
        self.lines.push_back(line.into());
    }

    /// All of it.
    #[must_use]
    pub fn text(&self) -> String {
        let bytes: Vec<u8> = self.lines.iter().flat_map(|line| line.iter().copied()).collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_lines_are_forgotten_for_new_ones() {
        let mut recent = Recent::default();
        for number in 0..10_000 {
            recent.push(format!("line {number}\n").as_bytes());
        }
        let text = recent.text();
        assert!(text.ends_with("line 9998\nline 9999\n"));
        assert!(!text.contains("line 1\n"));
        assert!(text.len() <= BYTES_MAX && text.len() > BYTES_MAX - 20, "{}", text.len());
        recent.push(&vec![b'x'; 2 * BYTES_MAX]);
        assert_eq!(recent.text().len(), BYTES_MAX);
        recent.push(b"short\n");
        assert_eq!(recent.text(), "short\n");
    }
}
