//! A vendor's limit on requests.

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};

/// At most so many requests in any window of a given length.
///
/// A refused request does not count against the limit.
#[derive(Debug, Clone)]
pub struct RollingLimit {
    limit: usize,
    window: TimeDelta,
    admitted: VecDeque<DateTime<Utc>>,
}

impl RollingLimit {
    /// `limit` requests in any `window`.
    #[must_use]
    pub fn new(limit: usize, window: TimeDelta) -> Self {
        Self {
            limit,
            window,
            admitted: VecDeque::new(),
        }
    }

    /// `limit` requests in any sixty seconds.
    #[must_use]
    pub fn per_minute(limit: usize) -> Self {
        Self::new(limit, TimeDelta::seconds(60))
    }

    /// How many requests a window may hold.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Whether a request at `now` is within the limit; if so, it counts.
    pub fn admit(&mut self, now: DateTime<Utc>) -> bool {
        let window = self.window;
        self.admitted.retain(|at| now - *at < window);
        let admitted = self.admitted.len() < self.limit;
        if admitted {
            self.admitted.push_back(now);
        }
        admitted
    }

    /// How long after `now` the next request will be admitted; zero when it is already.
    #[must_use]
    pub fn wait(&self, now: DateTime<Utc>) -> TimeDelta {
        let waiting = self.admitted.len().checked_sub(self.limit.max(1));
        let blocker = waiting.and_then(|place| self.admitted.get(place));
        blocker.map_or(TimeDelta::zero(), |at| {
            (*at + self.window - now).max(TimeDelta::zero())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(milliseconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::milliseconds(milliseconds)
    }

    #[test]
    fn the_window_rolls_and_refusals_are_free() {
        let mut limit = RollingLimit::per_minute(3);
        assert!(
            [0, 20_000, 40_000]
                .iter()
                .all(|time| limit.admit(at(*time)))
        );
        assert!(!limit.admit(at(59_999)));
        assert_eq!(limit.wait(at(59_000)), TimeDelta::seconds(1));
        assert!(limit.admit(at(60_000)));
        assert!(!limit.admit(at(60_000)));
        assert!(limit.admit(at(80_000)));
    }

    #[test]
    fn a_limit_of_nothing_admits_nothing() {
        let mut limit = RollingLimit::per_minute(0);
        assert!(!limit.admit(at(0)));
        assert_eq!(limit.wait(at(0)), TimeDelta::zero());
    }
}
