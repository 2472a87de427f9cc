//! Numbers that look random and depend on nothing but their key.

/// A short stream of numbers, the same for the same key on every machine and in every release.
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    /// The stream of one thing: `topic` keeps two questions about the same index apart.
    pub(super) fn new(seed: u64, topic: u64, index: usize) -> Self {
        Self(mix(seed ^ mix(topic ^ mix(index as u64))))
    }

    /// The next number.
    pub(super) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// The next number, less than `sides`.
    pub(super) fn below(&mut self, sides: usize) -> usize {
        (self.roll() % sides.max(1) as u64) as usize
    }

    /// The next number in `from..to`.
    pub(super) fn between(&mut self, from: i64, to: i64) -> i64 {
        from + (self.roll() % to.saturating_sub(from).max(1) as u64) as i64
    }

    /// True in `percent` of a hundred cases.
    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of `choices`.
    pub(super) fn pick<T: Copy, const N: usize>(&mut self, choices: &[T; N]) -> T {
        const { assert!(N > 0) }
        choices[self.below(N)]
    }
}

/// Spreads every bit of `value` over all bits of the result; different values stay different.
pub(super) fn mix(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// A number of `bits` bits that no other index below `2^bits` has.
pub(super) fn distinct(seed: u64, index: usize, bits: u32) -> u64 {
    // An odd factor only permutes the numbers modulo a power of two.
    let scattered = (index as u64).wrapping_mul(0x5851_f42d_4c95_7f2d) ^ mix(seed);
    scattered & (u64::MAX >> (64 - bits.clamp(1, 64)))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

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
