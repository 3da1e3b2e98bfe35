//! How a child behaves.

/// What a child does with its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Habit {
    /// Writes on both streams until it is stopped, which a signal does at once.
    Steady,
    /// Writes until it is told to stop, says a few last words, and exits.
    Polite,
    /// Ends after a while: with any exit status, or killed by its own hand.
    Crasher,
    /// Ignores SIGTERM.
    Hanger,
    /// Is silent, and then writes a lot at once, in very long lines, too.
    Bursty,
    /// Starts others that go on writing where it wrote, and exits.
    Forker,
    /// Closes its standard output and goes on with standard error.
    Closer,
    /// Says something and exits at once.
    Flash,
}

/// All of them, with how often each is chosen.
pub const HABITS: &[(Habit, usize)] = &[
    (Habit::Steady, 25),
    (Habit::Polite, 15),
    (Habit::Crasher, 25),
    (Habit::Hanger, 5),
    (Habit::Bursty, 10),
    (Habit::Forker, 8),
    (Habit::Closer, 5),
    (Habit::Flash, 7),
];

impl Habit {
    /// Its name on a command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Steady => "steady",
            Self::Polite => "polite",
            Self::Crasher => "crasher",
            Self::Hanger => "hanger",
            Self::Bursty => "bursty",
            Self::Forker => "forker",
            Self::Closer => "closer",
            Self::Flash => "flash",
        }
    }

    /// The habit of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        HABITS.iter().map(|(habit, _)| *habit).find(|habit| habit.name() == name)
    }

    /// How many bytes it writes in a second, about.
    #[must_use]
    pub fn bytes_per_second(self) -> u64 {
        match self {
            Self::Bursty => 20_000,
            Self::Flash => 8_000,
            _ => 2_500,
        }
    }
}
