//! What a subject answered, and how two of them differ.

use std::fmt::{self, Write as _};

/// The normalised answers of one subject in one scenario.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transcript {
    lines: Vec<String>,
}

impl Transcript {
    pub(crate) fn push(&mut self, heading: &str, text: &str) {
        self.lines.push(format!("## {}", heading.trim_end().replace('\n', " / ")));
        self.lines.extend(text.lines().map(str::to_owned));
    }

    /// Both transcripts as one, `-` before lines of this one, `+` before lines of the other.
    #[must_use]
    pub fn diff(&self, other: &Self) -> String {
        let common = common_lengths(&self.lines, &other.lines);
        let (mut left, mut right) = (0, 0);
        let mut text = String::new();
        while left < self.lines.len() || right < other.lines.len() {
            let (mine, theirs) = (self.lines.get(left), other.lines.get(right));
            match (mine, theirs) {
                (Some(line), Some(same)) if line == same => {
                    let _ = writeln!(text, "  {line}");
                    left += 1;
                    right += 1;
                }
                (Some(line), _) if theirs.is_none() || common[left + 1][right] >= common[left][right + 1] => {
                    let _ = writeln!(text, "- {line}");
                    left += 1;
                }
                (_, Some(line)) => {
                    let _ = writeln!(text, "+ {line}");
                    right += 1;
                }
                (_, None) => break,
            }
        }
        text
    }
}

impl fmt::Display for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// For each pair of positions the length of the longest common subsequence of what follows.
fn common_lengths(left: &[String], right: &[String]) -> Vec<Vec<usize>> {
    let mut lengths = vec![vec![0; right.len() + 1]; left.len() + 1];
    for (row, mine) in left.iter().enumerate().rev() {
        for (column, theirs) in right.iter().enumerate().rev() {
            lengths[row][column] = if mine == theirs {
                lengths[row + 1][column + 1] + 1
            } else {
                lengths[row + 1][column].max(lengths[row][column + 1])
            };
        }
    }
    lengths
}

#[cfg(test)]
mod tests {
    use super::Transcript;

    #[test]
    fn a_diff_shows_common_lines_once_and_the_others_with_their_side() {
        let mut reference = Transcript::default();
        reference.push("status", "a RUNNING\nb STOPPED");
        let mut ours = Transcript::default();
        ours.push("status", "a RUNNING\nb EXITED");
        assert_eq!(reference.diff(&ours), "  ## status\n  a RUNNING\n- b STOPPED\n+ b EXITED\n");
    }
}
