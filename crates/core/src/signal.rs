//! Signals by number and by name, as Linux has them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A signal number that Linux knows: 1 to 31, or a real-time signal (34 to 64). Zero, the existence test,
/// can be sent but not configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Signal(i32);

/// Number and the names of it; the first one is what messages show (Python's choice among aliases).
const NAMES: &[(i32, &[&str])] = &[
    (1, &["SIGHUP"]),
    (2, &["SIGINT"]),
    (3, &["SIGQUIT"]),
    (4, &["SIGILL"]),
    (5, &["SIGTRAP"]),
    (6, &["SIGABRT", "SIGIOT"]),
    (7, &["SIGBUS"]),
    (8, &["SIGFPE"]),
    (9, &["SIGKILL"]),
    (10, &["SIGUSR1"]),
    (11, &["SIGSEGV"]),
    (12, &["SIGUSR2"]),
    (13, &["SIGPIPE"]),
    (14, &["SIGALRM"]),
    (15, &["SIGTERM"]),
    (16, &["SIGSTKFLT"]),
    (17, &["SIGCHLD", "SIGCLD"]),
    (18, &["SIGCONT"]),
    (19, &["SIGSTOP"]),
    (20, &["SIGTSTP"]),
    (21, &["SIGTTIN"]),
    (22, &["SIGTTOU"]),
    (23, &["SIGURG"]),
    (24, &["SIGXCPU"]),
    (25, &["SIGXFSZ"]),
    (26, &["SIGVTALRM"]),
    (27, &["SIGPROF"]),
    (28, &["SIGWINCH"]),
    (29, &["SIGPOLL", "SIGIO"]),
    (30, &["SIGPWR"]),
    (31, &["SIGSYS"]),
    (34, &["SIGRTMIN"]),
    (64, &["SIGRTMAX"]),
];

impl Signal {
    /// Hang up.
    pub const HUP: Self = Self(1);
    /// Interrupt from the keyboard.
    pub const INT: Self = Self(2);
    /// Quit from the keyboard.
    pub const QUIT: Self = Self(3);
    /// Second user-defined signal.
    pub const USR2: Self = Self(12);
    /// No signal: asks only whether the process exists.
    pub const EXISTENCE: Self = Self(0);
    /// The signal that cannot be refused.
    pub const KILL: Self = Self(9);
    /// The polite request to end, and the default `stopsignal`.
    pub const TERM: Self = Self(15);

    /// The signal of that number, unless Linux has none (0 included).
    #[must_use]
    pub fn from_number(number: i32) -> Option<Self> {
        NAMES.iter().any(|&(known, _)| known == number).then_some(Self(number))
    }

    /// The signal of that name: any case, with or without `SIG`, blanks around it ignored.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let upper = name.trim().to_ascii_uppercase();
        let bare = upper.strip_prefix("SIG").unwrap_or(&upper);
        NAMES
            .iter()
            .find(|(_, names)| names.iter().any(|known| &known["SIG".len()..] == bare))
            .map(|&(number, _)| Self(number))
    }

    /// A signal as a client writes it: a number (0 included) or a name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim().parse() {
            Ok(0) => Some(Self::EXISTENCE),
            Ok(number) => Self::from_number(number),
            Err(_) => Self::from_name(text),
        }
    }

    /// Its number.
    #[must_use]
    pub fn number(self) -> i32 {
        self.0
    }
}

impl fmt::Display for Signal {
    /// `SIGTERM`; a number without a name is `signal 40`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match NAMES.iter().find(|&&(number, _)| number == self.0) {
            Some((_, names)) => f.write_str(names[0]),
            None => write!(f, "signal {}", self.0),
        }
    }
}

/// The name that messages show for any number the kernel may report.
#[must_use]
pub fn signal_name(number: i32) -> String {
    Signal(number).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_known_in_any_case_with_or_without_sig() {
        for text in ["TERM", "term", "SIGTERM", " sigterm "] {
            assert_eq!(Signal::from_name(text), Some(Signal::TERM), "{text}");
        }
        assert_eq!(Signal::from_name("CLD").map(Signal::number), Some(17));
        assert_eq!(Signal::from_name("RTMIN+1"), None);
        assert_eq!(Signal::from_name("_DFL"), None);
    }

    #[test]
    fn aliases_are_shown_by_their_first_name() {
        assert_eq!(Signal::from_name("IOT").unwrap().to_string(), "SIGABRT");
        assert_eq!(Signal::from_name("IO").unwrap().to_string(), "SIGPOLL");
        assert_eq!(signal_name(40), "signal 40");
    }

    #[test]
    fn only_numbers_of_the_platform_are_signals() {
        assert_eq!(Signal::from_number(0), None);
        assert_eq!(Signal::from_number(32), None);
        assert_eq!(Signal::from_number(65), None);
        assert!(Signal::from_number(64).is_some());
    }
}
