//! Random numbers that a seed decides.

/// The splitmix64 generator: eight bytes of state, good enough for dice. Without a state it is still: every number is
/// the lowest, so that the first choice should be the one that makes no trouble.
#[derive(Clone, Debug)]
pub(crate) struct Random(Option<u64>);

impl Random {
    pub(crate) fn from_seed(seed: u64) -> Self {
        Self(Some(seed))
    }

    /// Nothing but zeros.
    pub(crate) fn still() -> Self {
        Self(None)
    }

    pub(crate) fn draw(&mut self) -> u64 {
        let Some(state) = &mut self.0 else { return 0 };
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = *state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Another one that this one decides.
    pub(crate) fn fork(&mut self) -> Self {
        if self.0.is_none() { Self::still() } else { Self::from_seed(self.draw()) }
    }

    /// A number below `bound`, which is not zero.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        let wide = u128::from(self.draw()) * u128::from(bound);
        u64::try_from(wide >> 64).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high - low + 1)
    }

    /// An index into something that has `length` items, at least one.
    pub(crate) fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or(0)
    }

    /// True so many times in a thousand.
    pub(crate) fn per_mille(&mut self, chance: u64) -> bool {
        self.below(1000) + chance >= 1000
    }

    pub(crate) fn coin(&mut self) -> bool {
        self.per_mille(500)
    }

    pub(crate) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.index(choices.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_splitmix64() {
        let mut random = Random::from_seed(1_234_567);
        assert_eq!(random.draw(), 6_457_827_717_110_365_317);
        assert_eq!(random.draw(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn what_is_still_draws_the_first_of_everything() {
        let mut random = Random::still();
        assert!(!random.coin() && !random.per_mille(999));
        assert_eq!((random.between(3, 9), random.pick(&["first", "second"])), (3, "first"));
    }

    #[test]
    fn a_drawn_number_stays_within_its_bounds() {
        let mut random = Random::from_seed(1);
        let mut seen = [false; 3];
        for _ in 0..100 {
            seen[random.index(3)] = true;
            assert!((5..=7).contains(&random.between(5, 7)));
        }
        assert_eq!(seen, [true; 3]);
    }
}
