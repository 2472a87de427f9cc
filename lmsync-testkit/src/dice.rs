//! Numbers that look random and depend on nothing but their key.

/// A stream of numbers, the same for the same key on every machine and in every release
/// (`SplitMix64`).
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    /// The stream that begins with `seed`.
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// The stream of one thing: `topic` keeps two questions about the same index apart.
    pub(crate) fn new(seed: u64, topic: u64, index: usize) -> Self {
        Self(mix(seed ^ mix(topic ^ mix(index as u64))))
    }

    /// The next number.
    pub(crate) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// The next number, less than `sides`.
    pub(crate) fn below(&mut self, sides: usize) -> usize {
        (self.roll() % sides.max(1) as u64) as usize
    }

    /// The next number in `from..to`.
    pub(crate) fn between(&mut self, from: i64, to: i64) -> i64 {
        from + (self.roll() % to.saturating_sub(from).max(1) as u64) as i64
    }

    /// True in `percent` of a hundred cases.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of `choices`.
    pub(crate) fn pick<T: Copy, const N: usize>(&mut self, choices: &[T; N]) -> T {
        const { assert!(N > 0) }
        choices[self.below(N)]
    }

    /// One of `choices`, unless there are none.
    pub(crate) fn choose<'c, T>(&mut self, choices: &'c [T]) -> Option<&'c T> {
        choices.get(self.below(choices.len()))
    }
}

/// Spreads every bit of `value` over all bits of the result; different values stay different.
pub(crate) fn mix(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// A number of `bits` bits that no other index below `2^bits` has.
pub(crate) fn distinct(seed: u64, index: usize, bits: u32) -> u64 {
    // An odd factor only permutes the numbers modulo a power of two.
    let scattered = (index as u64).wrapping_mul(0x5851_f42d_4c95_7f2d) ^ mix(seed);
    scattered & (u64::MAX >> (64 - bits.clamp(1, 64)))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_stream_is_the_published_one() {
        // The reference implementation's first numbers for this seed.
        let mut dice = Dice::seeded(1_234_567);
        let numbers = [(); 5].map(|()| dice.roll());
        assert_eq!(
            numbers,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423,
                4_593_380_528_125_082_431,
                16_408_922_859_458_223_821,
            ]
        );
    }

    #[test]
    fn numbers_stay_within_their_bounds_and_reach_them() {
        let mut dice = Dice::seeded(1);
        let below: HashSet<_> = (0..200).map(|_| dice.below(3)).collect();
        assert_eq!(below, HashSet::from([0, 1, 2]));
        let between: HashSet<_> = (0..200).map(|_| dice.between(-1, 2)).collect();
        assert_eq!(between, HashSet::from([-1, 0, 1]));
        let chosen: HashSet<_> = (0..200).filter_map(|_| dice.choose(&[5, 6])).collect();
        assert_eq!(chosen, HashSet::from([&5, &6]));
        assert_eq!(dice.choose::<u8>(&[]), None);
        assert!((0..200).all(|_| dice.chance(100) && !dice.chance(0)));
        let often = (0..10_000).filter(|_| dice.chance(20)).count();
        assert!((1_800..2_200).contains(&often), "{often}");
    }

    #[test]
    fn distinct_numbers_do_not_repeat() {
        let numbers: HashSet<_> = (0..50_000).map(|index| distinct(7, index, 24)).collect();
        assert_eq!(numbers.len(), 50_000);
        assert!(numbers.iter().all(|number| *number < 1 << 24));
    }

    #[test]
    fn a_stream_depends_on_seed_topic_and_index() {
        let first = |seed, topic, index| Dice::new(seed, topic, index).roll();
        assert_eq!(first(1, 2, 3), first(1, 2, 3));
        assert_ne!(first(1, 2, 3), first(2, 2, 3));
        assert_ne!(first(1, 2, 3), first(1, 3, 3));
        assert_ne!(first(1, 2, 3), first(1, 2, 4));
    }
}
