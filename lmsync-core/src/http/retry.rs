//! When to send a request again, and after how long.

use std::time::Duration;

use crate::error::{Error, ErrorKind, RetryClass};

/// Whether sending the same request twice does the same as sending it once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Idempotency {
    /// A read, or whatever is right whenever it arrives.
    Idempotent,
    /// A write of what was just read and decided: sent within seconds, or not at all, and never
    /// repeated, since somebody else may have changed the record by then. Whoever made it
    /// reads again before making another.
    ///
    /// An error of the class [`Safe`](RetryClass::Safe) says that nothing was done, and its
    /// [`retry_after`](Error::retry_after) how long to wait before that.
    Once,
}

crate::words!(Idempotency {
    Idempotent => "idempotent",
    Once => "once",
});

/// How long and how often a request is tried.
///
/// A request fails for good after [`attempts`](Self::attempts) tries that broke.
/// A vendor that says "too many requests" is waited for until
/// [`patience`](Self::patience) is used up, however often it says so.
/// Waits are drawn at random between zero and a ceiling that doubles from
/// [`base`](Self::base) to [`cap`](Self::cap) (full jitter); the vendor's own
/// word (`Retry-After`) is a floor. After "too many requests" without such a
/// word the ceiling itself is waited, starting at [`throttled_base`](Self::throttled_base).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// Most tries of one request; 5.
    pub attempts: u32,
    /// First ceiling of the random wait; 500 ms.
    pub base: Duration,
    /// Highest ceiling; 60 s.
    pub cap: Duration,
    /// First wait after "too many requests" without a word on how long; 5 s.
    pub throttled_base: Duration,
    /// Longest time from the first try to the start of the last; 15 min.
    pub patience: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 5,
            base: Duration::from_millis(500),
            cap: Duration::from_secs(60),
            throttled_base: Duration::from_secs(5),
            patience: Duration::from_secs(15 * 60),
        }
    }
}

impl RetryPolicy {
    /// Never tries twice.
    #[must_use]
    pub fn never() -> Self {
        Self {
            attempts: 1,
            patience: Duration::ZERO,
            ..Self::default()
        }
    }
}

/// What to do after a failed try.
#[derive(Debug)]
pub(super) enum Next {
    /// Wait, then try again.
    Retry(Duration),
    /// Try again once the limiter, which cools down, permits it.
    AfterCoolDown,
    /// Hand out this error.
    GiveUp(Error),
}

/// The tries of one request so far.
#[derive(Debug)]
pub(super) struct Tries {
    policy: RetryPolicy,
    idempotency: Idempotency,
    broken: u32,
    throttled: u32,
}

impl Tries {
    pub(super) fn new(policy: RetryPolicy, idempotency: Idempotency) -> Self {
        Self {
            policy,
            idempotency,
            broken: 0,
            throttled: 0,
        }
    }

    /// The time for which the vendor, by its answer, wants nobody of the account to ask.
    pub(super) fn cool_down(&self, error: &Error) -> Option<Duration> {
        match (error.kind(), error.retry()) {
            (ErrorKind::RateLimited, _) => Some(self.throttled_wait(error)),
            (_, RetryClass::Never) => None,
            _ => error.retry_after(),
        }
    }

    /// Judges a failure `spent` after the first try; `draw` is random in `0.0..1.0`.
    pub(super) fn after(&mut self, error: Error, spent: Duration, draw: f64) -> Next {
        let repeatable = match error.retry() {
            RetryClass::Safe => true,
            RetryClass::OnlyIfIdempotent => self.idempotency == Idempotency::Idempotent,
            RetryClass::Never | RetryClass::Exhausted => false,
        };
        if !repeatable {
            return Next::GiveUp(error);
        }
        if error.kind() == ErrorKind::RateLimited {
            return self.after_throttle(error, spent);
        }
        self.broken += 1;
        let ceiling = doubled(self.policy.base, self.broken - 1, self.policy.cap);
        let wait = ceiling
            .mul_f64(draw)
            .max(error.retry_after().unwrap_or_default());
        if self.broken >= self.policy.attempts || spent.saturating_add(wait) > self.policy.patience
        {
            return Next::GiveUp(exhausted(error));
        }
        self.unless_once(error, Next::Retry(wait))
    }

    fn after_throttle(&mut self, error: Error, spent: Duration) -> Next {
        let wait = self.throttled_wait(&error);
        self.throttled += 1;
        let error = error.with_retry_after(wait);
        if spent.saturating_add(wait) > self.policy.patience {
            return Next::GiveUp(exhausted(error));
        }
        self.unless_once(error, Next::AfterCoolDown)
    }

    /// The vendor's word on waiting, or else a time that doubles.
    fn throttled_wait(&self, error: &Error) -> Duration {
        let own = doubled(self.policy.throttled_base, self.throttled, self.policy.cap);
        error.retry_after().unwrap_or(own)
    }

    /// `next`, or `error` for what is not to be sent after any wait.
    fn unless_once(&self, error: Error, next: Next) -> Next {
        match self.idempotency {
            Idempotency::Idempotent => next,
            Idempotency::Once => Next::GiveUp(error),
        }
    }
}

fn doubled(base: Duration, times: u32, cap: Duration) -> Duration {
    base.saturating_mul(2_u32.saturating_pow(times)).min(cap)
}

fn exhausted(error: Error) -> Error {
    error.with_retry(RetryClass::Exhausted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(retry: RetryClass) -> Error {
        Error::new(ErrorKind::Network, "broken").with_retry(retry)
    }

    fn throttled() -> Error {
        Error::new(ErrorKind::RateLimited, "slow down").with_retry(RetryClass::Safe)
    }

    fn wait_of(tries: &mut Tries, error: Error, spent: Duration, draw: f64) -> Duration {
        let cool_down = tries.cool_down(&error);
        match tries.after(error, spent, draw) {
            Next::Retry(wait) => wait,
            Next::AfterCoolDown => cool_down.unwrap(),
            Next::GiveUp(error) => panic!("gave up: {error}"),
        }
    }

    #[test]
    fn a_write_of_unknown_outcome_is_never_repeated() {
        let mut write = Tries::new(RetryPolicy::default(), Idempotency::Once);
        let next = write.after(broken(RetryClass::OnlyIfIdempotent), Duration::ZERO, 0.5);
        assert!(
            matches!(next, Next::GiveUp(error) if error.retry() == RetryClass::OnlyIfIdempotent)
        );
    }

    #[test]
    fn a_write_is_not_repeated_after_a_wait_even_if_the_vendor_certainly_did_not_act() {
        for error in [broken(RetryClass::Safe), throttled()] {
            let mut write = Tries::new(RetryPolicy::default(), Idempotency::Once);
            let next = write.after(error, Duration::ZERO, 0.5);
            assert!(matches!(next, Next::GiveUp(error) if error.retry() == RetryClass::Safe));
        }
    }

    #[test]
    fn whoever_made_a_throttled_write_is_told_how_long_to_wait() {
        let mut write = Tries::new(RetryPolicy::default(), Idempotency::Once);
        let base = RetryPolicy::default().throttled_base;
        let next = write.after(throttled(), Duration::ZERO, 0.5);
        assert!(matches!(next, Next::GiveUp(error) if error.retry_after() == Some(base)));
    }

    #[test]
    fn what_asks_for_a_pause_cools_down_however_the_call_ends() {
        let minute = Duration::from_secs(60);
        let tries = Tries::new(RetryPolicy::never(), Idempotency::Once);
        let cool_down = |kind, retry, wait: Option<Duration>| {
            let error = Error::new(kind, "no").with_retry(retry);
            tries.cool_down(&wait.map_or(error.clone(), |wait| error.with_retry_after(wait)))
        };
        use ErrorKind as K;
        use RetryClass as R;
        for retry in [R::Safe, R::Never, R::Exhausted, R::OnlyIfIdempotent] {
            assert_eq!(cool_down(K::RateLimited, retry, Some(minute)), Some(minute));
        }
        let own = RetryPolicy::default().throttled_base;
        assert_eq!(cool_down(K::RateLimited, R::Safe, None), Some(own));
        // A service that is down for a while, and what would fail the same way after it.
        let down = cool_down(K::Vendor, R::OnlyIfIdempotent, Some(minute));
        assert_eq!(down, Some(minute));
        assert_eq!(cool_down(K::Vendor, R::OnlyIfIdempotent, None), None);
        assert_eq!(cool_down(K::Permission, R::Never, Some(minute)), None);
    }

    #[test]
    fn who_never_tries_twice_does_not() {
        for error in [broken(RetryClass::Safe), throttled()] {
            let mut tries = Tries::new(RetryPolicy::never(), Idempotency::Idempotent);
            let next = tries.after(error, Duration::ZERO, 0.0);
            assert!(matches!(next, Next::GiveUp(_)));
        }
    }

    #[test]
    fn a_wait_may_last_as_long_as_patience_and_no_longer() {
        let policy = RetryPolicy::default();
        let tenth = Duration::from_millis(100);
        for error in [broken(RetryClass::Safe), throttled()] {
            let error = error.with_retry_after(Duration::from_secs(60));
            let mut tries = Tries::new(policy, Idempotency::Idempotent);
            let last = policy.patience - Duration::from_secs(60);
            let wait = wait_of(&mut tries, error.clone(), last, 0.0);
            assert_eq!(wait, Duration::from_secs(60));
            let next = tries.after(error.clone(), last + tenth, 0.0);
            assert!(matches!(next, Next::GiveUp(_)));
        }
    }

    #[test]
    fn a_wait_without_end_is_not_waited() {
        let mut tries = Tries::new(RetryPolicy::default(), Idempotency::Idempotent);
        let second = Duration::from_secs(1);
        for error in [broken(RetryClass::Safe), throttled()] {
            let next = tries.after(error.with_retry_after(Duration::MAX), second, 0.5);
            assert!(matches!(next, Next::GiveUp(_)));
        }
    }

    #[test]
    fn the_ceiling_doubles_up_to_the_cap_and_the_draw_scales_it() {
        let policy = RetryPolicy {
            attempts: 20,
            ..RetryPolicy::default()
        };
        let mut tries = Tries::new(policy, Idempotency::Idempotent);
        let safe = || broken(RetryClass::Safe);
        let mut wait = |draw| wait_of(&mut tries, safe(), Duration::ZERO, draw);
        assert_eq!(wait(1.0), Duration::from_millis(500));
        assert_eq!(wait(0.5), Duration::from_millis(500));
        assert_eq!(wait(1.0), Duration::from_millis(2000));
        for _ in 0..10 {
            wait(0.0);
        }
        assert_eq!(wait(1.0), Duration::from_secs(60));
    }

    #[test]
    fn tries_run_out() {
        let mut tries = Tries::new(RetryPolicy::default(), Idempotency::Idempotent);
        for _ in 0..4 {
            wait_of(&mut tries, broken(RetryClass::Safe), Duration::ZERO, 0.0);
        }
        let next = tries.after(broken(RetryClass::Safe), Duration::ZERO, 0.0);
        assert!(matches!(next, Next::GiveUp(error) if error.retry() == RetryClass::Exhausted));
    }

    #[test]
    fn throttling_is_waited_out_until_patience_ends() {
        let policy = RetryPolicy::default();
        let mut tries = Tries::new(policy, Idempotency::Idempotent);
        let mut spent = Duration::ZERO;
        let mut waits = Vec::new();
        loop {
            let wait = tries.cool_down(&throttled()).unwrap();
            let Next::AfterCoolDown = tries.after(throttled(), spent, 0.0) else {
                break;
            };
            spent += wait;
            waits.push(wait.as_secs());
        }
        assert_eq!(&waits[..6], [5, 10, 20, 40, 60, 60]);
        assert!(spent <= policy.patience && spent > policy.patience - policy.cap);
    }

    #[test]
    fn the_vendors_word_is_obeyed_and_can_exceed_patience() {
        let mut tries = Tries::new(RetryPolicy::default(), Idempotency::Idempotent);
        let hour = Duration::from_secs(3600);
        let ask = |wait| throttled().with_retry_after(wait);
        assert_eq!(
            wait_of(
                &mut tries,
                ask(Duration::from_secs(33)),
                Duration::ZERO,
                0.0
            ),
            Duration::from_secs(33)
        );
        assert!(matches!(
            tries.after(ask(hour), Duration::ZERO, 0.0),
            Next::GiveUp(error) if error.retry_after() == Some(hour)
        ));
    }
}
