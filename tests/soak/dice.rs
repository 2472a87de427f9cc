//! What an account's life is drawn from.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use fastrand::Rng;
use lmsync::two_way::AssetDates;

/// Numbers that look random and are the same for the same seed.
pub(crate) struct Dice(Rng);

impl Dice {
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(Rng::with_seed(seed))
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0.usize(..end.max(1))
    }

    pub(crate) fn pick<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }

    /// Some of `choices`, each once, at most `most`.
    pub(crate) fn some<T: Clone + Ord>(&mut self, choices: &[T], most: usize) -> Vec<T> {
        let picked: BTreeSet<T> = (0..most).map(|_| self.pick(choices)).collect();
        picked.into_iter().collect()
    }

    fn day(&mut self, year: i32) -> NaiveDate {
        let first = NaiveDate::from_ymd_opt(year, 1, 1).expect("a day");
        first + Days::new(self.below(1_000) as u64)
    }

    pub(crate) fn dates(&mut self) -> AssetDates {
        AssetDates::new(Some(self.day(2021)), Some(self.day(2026)))
    }
}
