//! The table of figures, on the screen and in the documentation.

use std::fs;
use std::path::Path;

use crate::Trouble;
use crate::figure::{Figure, Unit, digits};
use crate::machine;
use crate::say;
use crate::subject::Subject;

const BEGIN: &str = "<!-- figures begin -->\n";
const END: &str = "<!-- figures end -->\n";
const HEAD: &str = "| metric | Supervisor 4.3.0 | peers | floor | ours | to 4.3.0 | to the floor |\n|---|---|---|---|---|---|---|\n";

/// One thing that was measured of several subjects.
#[derive(Debug)]
pub(crate) struct Row {
    label: String,
    unit: Unit,
    figures: Vec<(Subject, Figure)>,
}

impl Row {
    /// What was measured of nobody yet.
    pub(crate) fn new(label: impl Into<String>, unit: Unit) -> Self {
        Self { label: label.into(), unit, figures: Vec::new() }
    }

    /// One more round of a subject.
    pub(crate) fn add(&mut self, subject: Subject, value: f64) {
        say(&format!("  {}: {} {}", self.label, subject.name(), self.unit.text(value)));
        match self.figures.iter_mut().find(|(known, _)| *known == subject) {
            Some((_, figure)) => figure.add(value),
            None => self.figures.push((subject, Figure::of([value]))),
        }
    }

    fn median(&self, subject: Subject) -> Option<f64> {
        self.figures.iter().find(|(known, _)| *known == subject)?.1.median()
    }

    fn cell(&self, subject: Subject) -> Option<String> {
        let figure = &self.figures.iter().find(|(known, _)| *known == subject)?.1;
        let median = self.unit.text(figure.median()?);
        let (least, greatest) = figure.spread()?;
        let spread = self.unit.spread(least, greatest);
        #[expect(clippy::float_cmp, reason = "one round, or rounds that are exactly alike")]
        let is_one = least == greatest;
        Some(if is_one { median } else { format!("{median} ({spread})") })
    }

    fn peers(&self) -> String {
        let peers = [Subject::Runit, Subject::S6];
        let cells =
            peers.into_iter().filter_map(|peer| Some(format!("{} {}", peer.name(), self.cell(peer)?)));
        cells.collect::<Vec<_>>().join("; ")
    }

    /// Ours in words, measured by another: so much better, or such a part.
    fn ratio(&self, other: Subject) -> String {
        let (Some(ours), Some(theirs)) = (self.median(Subject::Ours), self.median(other)) else {
            return String::new();
        };
        if ours == 0.0 || theirs == 0.0 {
            return if ours == theirs { "equal".to_owned() } else { String::new() };
        }
        let better = if self.unit.is_rate() { ours / theirs } else { theirs / ours };
        match (other, self.unit.is_rate()) {
            (Subject::Floor, true) => format!("{} % of it", digits(better * 100.0)),
            (Subject::Floor, false) => format!("{} × it", digits(1.0 / better)),
            _ if better >= 1.0 => format!("{} × better", digits(better)),
            _ => format!("{} × worse", digits(1.0 / better)),
        }
    }

    /// As a line of the table.
    fn line(&self) -> String {
        let cell = |subject| self.cell(subject).unwrap_or_default();
        format!(
            "| {} | {} | {} | {} | {} | {} | {} |\n",
            self.label,
            cell(Subject::Reference),
            self.peers(),
            cell(Subject::Floor),
            cell(Subject::Ours),
            self.ratio(Subject::Reference),
            self.ratio(Subject::Floor)
        )
    }
}

/// All rows.
pub(crate) fn markdown(rows: &[Row]) -> String {
    let lines: String = rows.iter().map(Row::line).collect();
    format!("{HEAD}{lines}")
}

/// Puts the rows into the documentation, in the place of earlier ones of the same names.
pub(crate) fn write(path: &Path, rows: &[Row]) -> Result<(), Trouble> {
    let text = fs::read_to_string(path)?;
    let (before, rest) = text.split_once(BEGIN).ok_or("the documentation has no place for figures")?;
    let (old, after) = rest.split_once(END).ok_or("the place for figures has no end")?;
    let table = format!("{}\n\n{HEAD}{}", machine::description(), merged(old, rows));
    Ok(fs::write(path, format!("{before}{BEGIN}{table}{END}{after}"))?)
}

/// The lines of before with the new ones in their places, further ones after them.
fn merged(old: &str, rows: &[Row]) -> String {
    let label =
        |line: &str| line.strip_prefix("| ").and_then(|rest| rest.split(" | ").next()).map(str::to_owned);
    let mut lines: Vec<String> = old
        .lines()
        .skip_while(|line| !line.starts_with("|---"))
        .skip(1)
        .filter(|line| line.starts_with('|'))
        .map(|line| format!("{line}\n"))
        .collect();
    for row in rows {
        match lines.iter_mut().find(|line| label(line).as_deref() == Some(row.label.as_str())) {
            Some(line) => *line = row.line(),
            None => lines.push(row.line()),
        }
    }
    lines.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(label: &str, unit: Unit, values: &[(Subject, f64)]) -> Row {
        let mut row = Row::new(label, unit);
        values.iter().for_each(|&(subject, value)| row.add(subject, value));
        row
    }

    #[test]
    fn less_time_and_more_per_second_are_better() {
        let times = row(
            "a",
            Unit::Seconds,
            &[(Subject::Reference, 2.0), (Subject::Ours, 0.5), (Subject::Floor, 0.25)],
        );
        assert_eq!(times.ratio(Subject::Reference), "4.00 × better");
        assert_eq!(times.ratio(Subject::Floor), "2.00 × it");
        let rates = row(
            "a",
            Unit::PerSecond,
            &[(Subject::Reference, 30.0), (Subject::Ours, 15.0), (Subject::Floor, 60.0)],
        );
        assert_eq!(rates.ratio(Subject::Reference), "2.00 × worse");
        assert_eq!(rates.ratio(Subject::Floor), "25.0 % of it");
    }

    #[test]
    fn new_lines_take_the_places_of_old_ones() {
        let old = format!("words\n\n{HEAD}| a | old |\n| b | kept |\n");
        let rows = [row("a", Unit::Seconds, &[(Subject::Ours, 1.0)]), row("c", Unit::Seconds, &[])];
        let lines = merged(&old, &rows);
        let labels: Vec<_> = lines.lines().map(|line| line.split(" | ").next().unwrap_or_default()).collect();
        assert_eq!(labels, ["| a", "| b", "| c"]);
        assert!(!lines.contains("old"), "{lines}");
    }
}
