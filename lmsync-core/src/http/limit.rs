//! The request budget: never more than the vendor allows in any rolling window.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use crate::clock::SharedClock;
use crate::error::{Error, Result};

/// What a vendor allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    requests: usize,
    window: Duration,
    concurrency: usize,
}

impl Budget {
    /// At most `requests` in any span of `window`, at most `concurrency` of them in flight.
    ///
    /// # Errors
    /// `config` when a number is zero.
    pub fn new(requests: usize, window: Duration, concurrency: usize) -> Result<Self> {
        if requests == 0 || concurrency == 0 || window.is_zero() {
            return Err(Error::config(
                "a request budget needs at least one request, one in flight, and a window",
            ));
        }
        Ok(Self {
            requests,
            window,
            concurrency,
        })
    }

    /// At most `requests` in any minute, at most `concurrency` in flight.
    ///
    /// # Errors
    /// `config` when a number is zero.
    pub fn per_minute(requests: usize, concurrency: usize) -> Result<Self> {
        Self::new(requests, Duration::from_secs(60), concurrency)
    }

    /// This budget with what an account's settings say instead, in the names that
    /// all connectors give them; `requests_per_minute` replaces the window too.
    ///
    /// ```
    /// use lmsync_core::http::Budget;
    ///
    /// let documented = Budget::per_minute(180, 4)?;
    /// assert_eq!(documented.configured(None, None)?, documented);
    /// assert_eq!(documented.configured(Some(60), None)?, Budget::per_minute(60, 4)?);
    /// assert!(documented.configured(None, Some(0)).is_err());
    /// # Ok::<(), lmsync_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `config` when a setting is zero.
    pub fn configured(
        self,
        requests_per_minute: Option<u32>,
        concurrency: Option<u32>,
    ) -> Result<Self> {
        let concurrency = concurrency.map_or(self.concurrency, |number| number as usize);
        match requests_per_minute {
            Some(requests) => Self::per_minute(requests as usize, concurrency),
            None => Self::new(self.requests, self.window, concurrency),
        }
        .map_err(|_| Error::config("`requests_per_minute` and `concurrency` must be at least 1"))
    }

    /// Most requests in flight.
    #[must_use]
    pub const fn concurrency(&self) -> usize {
        self.concurrency
    }
}

/// Hands out the right to send one request at a time, in the order asked.
///
/// A slot is taken when a request starts and comes back one window after it
/// *ended*. The vendor counts a request somewhere between the two, so its count
/// cannot exceed the budget in any window, however long requests are under way.
/// A small account is read at full speed; a large one at exactly the limit.
///
/// Clones share everything. [`with_concurrency`](Self::with_concurrency) gives a
/// limiter that shares budget and cool-down and has a number in flight of its own.
#[derive(Debug, Clone)]
pub struct Limiter {
    shared: Arc<Shared>,
    in_flight: Arc<Semaphore>,
    concurrency: usize,
}

#[derive(Debug)]
struct Shared {
    budget: Budget,
    clock: SharedClock,
    state: Mutex<State>,
    // Held by the caller at the head of the queue; tokio's mutex is first come, first served.
    turn: tokio::sync::Mutex<()>,
    released: Notify,
}

#[derive(Debug, Default)]
struct State {
    in_flight: usize,
    ended: VecDeque<Duration>,
    cool_down_until: Duration,
}

enum Turn {
    Go,
    WaitFor(Duration),
    WaitForRelease,
}

impl Limiter {
    /// A limiter with all of `budget` left.
    #[must_use]
    pub fn new(budget: Budget, clock: SharedClock) -> Self {
        Self {
            shared: Arc::new(Shared {
                budget,
                clock,
                state: Mutex::default(),
                turn: tokio::sync::Mutex::default(),
                released: Notify::new(),
            }),
            in_flight: Arc::new(Semaphore::new(budget.concurrency)),
            concurrency: budget.concurrency,
        }
    }

    /// A limiter of the same budget and cool-down with `concurrency` requests in
    /// flight of its own: one of several connectors that a vendor counts together.
    #[must_use]
    pub fn with_concurrency(&self, concurrency: usize) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            in_flight: Arc::new(Semaphore::new(concurrency)),
            concurrency,
        }
    }

    /// Most requests in flight.
    #[must_use]
    pub fn concurrency(&self) -> usize {
        self.concurrency
    }

    /// Waits until one more request may start. Dropping the permit ends it.
    ///
    /// A caller that gives up while waiting uses up nothing.
    pub async fn acquire(&self) -> Permit {
        let shared = &self.shared;
        // Never closed, so there is always a permit to wait for.
        let in_flight = Arc::clone(&self.in_flight).acquire_owned().await.ok();
        let _turn = shared.turn.lock().await;
        loop {
            // Registered before looking, so that a release in between is not missed.
            let released = shared.released.notified();
            match shared.take(shared.clock.elapsed()) {
                Turn::Go => {
                    return Permit {
                        shared: Arc::clone(shared),
                        used: true,
                        _in_flight: in_flight,
                    };
                }
                Turn::WaitFor(wait) => shared.clock.sleep(wait).await,
                Turn::WaitForRelease => released.await,
            }
        }
    }

    /// Lets nobody start a request for `wait` from now; a longer cool-down stays.
    pub fn cool_down(&self, wait: Duration) {
        let until = self.shared.clock.elapsed().saturating_add(wait);
        let mut state = self.shared.state();
        state.cool_down_until = state.cool_down_until.max(until);
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, now: Duration) -> Turn {
        let mut state = self.state();
        let window = self.budget.window;
        while state.ended.front().is_some_and(|end| *end + window <= now) {
            state.ended.pop_front();
        }
        if state.cool_down_until > now {
            return Turn::WaitFor(state.cool_down_until - now);
        }
        if state.in_flight + state.ended.len() < self.budget.requests {
            state.in_flight += 1;
            return Turn::Go;
        }
        match state.ended.front() {
            Some(end) => Turn::WaitFor(*end + window - now),
            None => Turn::WaitForRelease,
        }
    }
}

/// The right to have one request under way.
#[derive(Debug)]
#[must_use = "the request ends when the permit is dropped"]
pub struct Permit {
    shared: Arc<Shared>,
    used: bool,
    _in_flight: Option<OwnedSemaphorePermit>,
}

impl Permit {
    /// Gives the right back unused: no request was sent.
    pub fn give_back(mut self) {
        self.used = false;
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let now = self.shared.clock.elapsed();
        {
            let mut state = self.shared.state();
            state.in_flight -= 1;
            if self.used {
                state.ended.push_back(now);
            }
        }
        self.shared.released.notify_one();
    }
}
