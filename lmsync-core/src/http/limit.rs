//! The request budget: never more than the vendor allows in any rolling window.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::select;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use crate::clock::SharedClock;
use crate::error::{Error, Result};

/// Longest cool-down: a vendor that names more, by mistake or for good, is asked again after it.
/// Assumed.
const LONGEST_COOL_DOWN: Duration = Duration::from_secs(24 * 60 * 60);

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
    /// The requests in flight of a whole process.
    process: Option<Arc<Semaphore>>,
}

#[derive(Debug)]
struct Shared {
    budget: Budget,
    clock: SharedClock,
    state: Mutex<State>,
    // Held by the caller at the head of the queue; tokio's mutex is first come, first served.
    turn: tokio::sync::Mutex<()>,
    // Told of each request that ends and each cool-down that begins.
    changed: Notify,
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
    /// The cool-down lasts for so long, which is longer than the caller waits.
    GiveUp(Duration),
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
                changed: Notify::new(),
            }),
            in_flight: Arc::new(Semaphore::new(budget.concurrency)),
            concurrency: budget.concurrency,
            process: None,
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
            process: self.process.clone(),
        }
    }

    /// This limiter, with requests in flight only as long as there is room in `process`, too.
    pub(crate) fn within(mut self, process: Option<Arc<Semaphore>>) -> Self {
        self.process = process;
        self
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
        loop {
            // No cool-down is longer than this patience.
            if let Ok(permit) = self.acquire_within(Duration::MAX).await {
                return permit;
            }
        }
    }

    /// As [`acquire`](Self::acquire), unless a cool-down lasts beyond `patience` from now.
    ///
    /// # Errors
    /// The time that the cool-down still lasts, as soon as it is known to be too long.
    pub(super) async fn acquire_within(&self, patience: Duration) -> Result<Permit, Duration> {
        let shared = &self.shared;
        let latest = shared.clock.elapsed().saturating_add(patience);
        if let Turn::GiveUp(remaining) = shared.look(1, latest) {
            return Err(remaining);
        }
        // Never closed, so there is always a permit to wait for.
        let in_flight = Arc::clone(&self.in_flight).acquire_owned().await.ok();
        let _turn = shared.turn.lock().await;
        let in_process = self.wait_for_process(latest).await?;
        shared.state().in_flight += 1;
        Ok(Permit {
            shared: Arc::clone(shared),
            used: true,
            _in_flight: in_flight,
            _in_process: in_process,
        })
    }

    /// Waits, as the head of the queue, until one more request may start, and there is room for it in
    /// the process.
    async fn wait_for_process(
        &self,
        latest: Duration,
    ) -> Result<Option<OwnedSemaphorePermit>, Duration> {
        loop {
            self.shared.wait_for_room(1, latest).await?;
            let Some(process) = &self.process else {
                return Ok(None);
            };
            let permit = Arc::clone(process).acquire_owned().await.ok();
            // A cool-down may have begun meanwhile, and others need not wait for its end.
            if matches!(self.shared.look(1, latest), Turn::Go) {
                return Ok(permit);
            }
        }
    }

    /// Waits until `requests` could start one after the other without waiting, or as many as the
    /// budget has, unless a cool-down lasts beyond `patience` from now. Uses up nothing.
    pub(super) async fn wait_for_room(&self, requests: usize, patience: Duration) {
        let shared = &self.shared;
        let latest = shared.clock.elapsed().saturating_add(patience);
        let requests = requests.min(shared.budget.requests);
        let _turn = shared.turn.lock().await;
        // Whoever asks for a permit next hears of a cool-down that is too long.
        let _ = shared.wait_for_room(requests, latest).await;
    }

    /// Tells whether the vendor wants to be left alone now.
    pub(super) fn is_cooling_down(&self) -> bool {
        self.shared.state().cool_down_until > self.shared.clock.elapsed()
    }

    /// Lets nobody start a request for `wait` from now; a longer cool-down stays.
    pub fn cool_down(&self, wait: Duration) {
        let wait = wait.min(LONGEST_COOL_DOWN);
        let until = self.shared.clock.elapsed().saturating_add(wait);
        {
            let mut state = self.shared.state();
            state.cool_down_until = state.cool_down_until.max(until);
        }
        self.shared.changed.notify_one();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits, as the head of the queue, until `requests` more may start.
    async fn wait_for_room(&self, requests: usize, latest: Duration) -> Result<(), Duration> {
        loop {
            // Registered before looking, so that a change in between is not missed.
            let changed = self.changed.notified();
            match self.look(requests, latest) {
                Turn::Go => return Ok(()),
                Turn::GiveUp(remaining) => return Err(remaining),
                Turn::WaitFor(wait) => {
                    select(self.clock.sleep(wait), Box::pin(changed)).await;
                }
                Turn::WaitForRelease => changed.await,
            }
        }
    }

    /// Tells whether `requests` more may start now, for a caller that waits until `latest`.
    fn look(&self, requests: usize, latest: Duration) -> Turn {
        let now = self.clock.elapsed();
        let mut state = self.state();
        let window = self.budget.window;
        while state.ended.front().is_some_and(|end| *end + window <= now) {
            state.ended.pop_front();
        }
        if state.cool_down_until > latest {
            return Turn::GiveUp(state.cool_down_until.saturating_sub(now));
        }
        if state.cool_down_until > now {
            return Turn::WaitFor(state.cool_down_until - now);
        }
        let wanted = state.in_flight + state.ended.len() + requests;
        let Some(last_to_leave) = wanted.saturating_sub(self.budget.requests).checked_sub(1) else {
            return Turn::Go;
        };
        match state.ended.get(last_to_leave) {
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
    _in_process: Option<OwnedSemaphorePermit>,
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
        self.shared.changed.notify_one();
    }
}
