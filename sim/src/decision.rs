//! Decisions: all that chance decides in a world, in portions that can be taken away one by one.
//!
//! Each decision draws from a generator of its own, made of the seed and of what is decided: the third request, the
//! second life of `web`, what happens at this instant. So one that is taken away leaves the others as they were, and a
//! failing world can be made smaller decision by decision. One that is taken away draws nothing but zeros, which stand
//! for what makes no trouble: no request, a child that stays up, an outcome that comes at once.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use crate::random::Random;

/// What is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    /// How things happen at one instant: in which order, how late.
    Instant,
    /// One property of the weather.
    Weather,
    /// One life of a program.
    Child,
    /// One thing that a client asks.
    Request,
    /// One signal to the daemon.
    DaemonSignal,
    /// One edit of the configuration file.
    Edit,
    /// One time that somebody sets the wall clock.
    WallClock,
    /// One time that the system is short of something.
    Shortage,
    /// A group in the first configuration.
    Group,
    /// The options of a program.
    Program,
}

impl Kind {
    /// In the order in which they are taken away.
    pub(crate) const ALL: [Self; 10] = [
        Self::Weather,
        Self::Instant,
        Self::Edit,
        Self::DaemonSignal,
        Self::WallClock,
        Self::Shortage,
        Self::Request,
        Self::Child,
        Self::Program,
        Self::Group,
    ];

    fn letter(self) -> char {
        match self {
            Self::Instant => 'i',
            Self::Weather => 'w',
            Self::Child => 'c',
            Self::Request => 'r',
            Self::DaemonSignal => 's',
            Self::Edit => 'e',
            Self::WallClock => 'k',
            Self::Shortage => 'h',
            Self::Group => 'g',
            Self::Program => 'p',
        }
    }
}

/// One decision: `r3` is the third request, `c5d1f.2` the second life of some program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decision {
    pub(crate) kind: Kind,
    key: u64,
    nth: u32,
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{:x}", self.kind.letter(), self.key)?;
        if self.nth == 0 { Ok(()) } else { write!(f, ".{}", self.nth) }
    }
}

impl FromStr for Decision {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text} is no decision");
        let letter = text.chars().next().ok_or_else(wrong)?;
        let kind = Kind::ALL.into_iter().find(|kind| kind.letter() == letter).ok_or_else(wrong)?;
        let (key, nth) =
            text[letter.len_utf8()..].split_once('.').unwrap_or((&text[letter.len_utf8()..], "0"));
        let key = u64::from_str_radix(key, 16).map_err(|_| wrong())?;
        Ok(Self { kind, key, nth: nth.parse().map_err(|_| wrong())? })
    }
}

/// Where decisions come from.
#[derive(Clone, Debug)]
pub(crate) struct Chance {
    seed: u64,
    /// Only these are left, if any were taken away.
    only: Option<BTreeSet<Decision>>,
    /// Those that were asked for, if anybody wants to know.
    taken: Option<BTreeSet<Decision>>,
}

impl Chance {
    pub(crate) fn new(seed: u64, only: Option<BTreeSet<Decision>>, records: bool) -> Self {
        Self { seed, only, taken: records.then(BTreeSet::new) }
    }

    /// The generator of a decision, or `None` if it was taken away.
    pub(crate) fn decide(&mut self, kind: Kind, key: u64, nth: u32) -> Option<Random> {
        let decision = Decision { kind, key, nth };
        if self.only.as_ref().is_some_and(|only| !only.contains(&decision)) {
            return None;
        }
        if let Some(taken) = &mut self.taken {
            taken.insert(decision);
        }
        Some(self.generator(u64::from(u32::from(kind.letter())), key, nth))
    }

    /// When the decision after that one comes, which nobody can take away.
    pub(crate) fn pace(&self, kind: Kind, key: u64) -> Random {
        self.generator(u64::from(u32::from(kind.letter().to_ascii_uppercase())), key, 0)
    }

    fn generator(&self, kind: u64, key: u64, nth: u32) -> Random {
        let mut state = self.seed;
        for part in [kind, key, u64::from(nth)] {
            state = Random::from_seed(state ^ part).draw();
        }
        Random::from_seed(state)
    }

    /// The same, still if it was taken away.
    pub(crate) fn draw_for(&mut self, kind: Kind, key: u64, nth: u32) -> Random {
        self.decide(kind, key, nth).unwrap_or_else(Random::still)
    }

    /// The decisions that were asked for.
    pub(crate) fn into_taken(self) -> BTreeSet<Decision> {
        self.taken.unwrap_or_default()
    }
}

/// A key for a name: the lower half of its FNV-1a.
pub(crate) fn key_of(name: &str) -> u64 {
    let hash = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    name.bytes().fold(0xcbf2_9ce4_8422_2325, hash) & 0xffff_ffff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_is_read_as_it_is_written() {
        for text in ["r3", "c5d1f.2", "ie8d4a51000.1"] {
            assert_eq!(text.parse::<Decision>().unwrap().to_string(), text);
        }
        assert!("".parse::<Decision>().is_err());
        assert!("x1".parse::<Decision>().is_err());
    }

    #[test]
    fn what_one_decision_draws_does_not_depend_on_the_others() {
        let all = &mut Chance::new(7, None, true);
        let first = all.draw_for(Kind::Request, 1, 0).draw();
        let second = all.draw_for(Kind::Request, 2, 0).draw();
        assert_ne!(first, second);
        let only = [all.clone().into_taken().pop_last().unwrap()].into();
        let less = &mut Chance::new(7, Some(only), false);
        assert!(less.decide(Kind::Request, 1, 0).is_none());
        assert_eq!(less.draw_for(Kind::Request, 2, 0).draw(), second);
    }
}
