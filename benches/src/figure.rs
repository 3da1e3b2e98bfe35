//! Figures: what was measured of one subject, several times.

/// What several rounds gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Figure(Vec<f64>);

impl Figure {
    /// Of these rounds.
    pub(crate) fn of(rounds: impl IntoIterator<Item = f64>) -> Self {
        let mut rounds: Vec<f64> = rounds.into_iter().collect();
        rounds.sort_by(f64::total_cmp);
        Self(rounds)
    }

    /// One more round.
    pub(crate) fn add(&mut self, round: f64) {
        let at = self.0.partition_point(|known| known.total_cmp(&round).is_lt());
        self.0.insert(at, round);
    }

    /// The value below which that part of the rounds lies; `None` without rounds.
    pub(crate) fn quantile(&self, part: f64) -> Option<f64> {
        let last = self.0.len().checked_sub(1)?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let at = (part * last as f64).round() as usize;
        self.0.get(at).copied()
    }

    /// The middle.
    pub(crate) fn median(&self) -> Option<f64> {
        self.quantile(0.5)
    }

    /// The least and the greatest.
    pub(crate) fn spread(&self) -> Option<(f64, f64)> {
        Some((*self.0.first()?, *self.0.last()?))
    }
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Seconds,
    Mebibytes,
    PerSecond,
    MegabytesPerSecond,
    SecondsPerGigabyte,
    Percent,
}

impl Unit {
    /// Whether more is better.
    pub(crate) fn is_rate(self) -> bool {
        matches!(self, Self::PerSecond | Self::MegabytesPerSecond)
    }

    /// A number in words.
    pub(crate) fn text(self, value: f64) -> String {
        match self {
            Self::Seconds if value == 0.0 => "0".to_owned(),
            Self::Seconds if value < 0.001 => format!("{} µs", digits(value * 1e6)),
            Self::Seconds if value < 1.0 => format!("{} ms", digits(value * 1e3)),
            Self::Seconds => format!("{} s", digits(value)),
            Self::Mebibytes => format!("{} MiB", digits(value)),
            Self::PerSecond if value >= 10_000.0 => format!("{} k/s", digits(value / 1e3)),
            Self::PerSecond => format!("{}/s", digits(value)),
            Self::MegabytesPerSecond => format!("{} MB/s", digits(value)),
            Self::SecondsPerGigabyte => format!("{} s/GB", digits(value)),
            Self::Percent => format!("{} %", digits(value)),
        }
    }
}

impl Unit {
    /// Two numbers, the unit said once.
    pub(crate) fn spread(self, least: f64, greatest: f64) -> String {
        format!("{} – {}", self.text(least), self.text(greatest))
    }
}

/// About three digits that mean something.
pub(crate) fn digits(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        small if small < 0.095 => format!("{value:.3}"),
        small if small < 9.95 => format!("{value:.2}"),
        small if small < 99.5 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_of_the_rounds() {
        let mut figure = Figure::of([3.0, 1.0]);
        figure.add(2.0);
        assert_eq!((figure.median(), figure.spread()), (Some(2.0), Some((1.0, 3.0))));
        assert_eq!(figure.quantile(1.0), Some(3.0));
        assert_eq!(Figure::default().median(), None);
    }

    #[test]
    fn numbers_are_shown_as_people_say_them() {
        assert_eq!(Unit::Seconds.text(0.000_24), "240 µs");
        assert_eq!(Unit::Seconds.text(0.0123), "12.3 ms");
        assert_eq!(Unit::Seconds.text(27.04), "27.0 s");
        assert_eq!(Unit::PerSecond.text(177_000.0), "177 k/s");
        assert_eq!(Unit::SecondsPerGigabyte.text(0.66), "0.66 s/GB");
    }
}
