//! What a connector runs on: network, clock, patience.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use crate::clock::{SharedClock, SystemClock};
use crate::error::Result;
use crate::http::{
    Budget, Endpoint, HttpClient, HttpClientBuilder, Limiter, ReqwestTransport, RetryPolicy,
    Transport,
};
use crate::observe::{Metrics, Observer};

/// What a connector runs on.
///
/// Share one among the connectors of a process: they then share connections, and
/// those that a vendor counts together share their request budget.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Environment {
    /// Sends requests.
    pub transport: Arc<dyn Transport>,
    /// Tells the time and waits.
    pub clock: SharedClock,
    /// How long and how often a request is tried.
    pub retry: RetryPolicy,
    limiters: Arc<Mutex<HashMap<u64, Limiter>>>,
    observer: Observer,
}

impl Environment {
    /// The real network and the machine's clock.
    ///
    /// # Errors
    /// `config` when no HTTP client can be made on this machine.
    pub fn system() -> Result<Self> {
        Ok(Self::new(
            Arc::new(ReqwestTransport::new()?),
            Arc::new(SystemClock::new()),
        ))
    }

    /// Another network and clock: a proxy, a recorder, a simulator.
    #[must_use]
    pub fn new(transport: Arc<dyn Transport>, clock: SharedClock) -> Self {
        Self {
            transport,
            clock,
            retry: RetryPolicy::default(),
            limiters: Arc::default(),
            observer: Observer::default(),
        }
    }

    /// A limiter for one of all who are counted together as `whom`: one credential,
    /// or one source address. The first to ask decides on the budget; the number in
    /// flight is each one's own.
    ///
    /// `whom` may hold a secret: only its hash is kept.
    #[must_use]
    pub fn limiter(&self, whom: impl Hash, budget: Budget) -> Limiter {
        let mut hasher = DefaultHasher::new();
        whom.hash(&mut hasher);
        self.limiters
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(hasher.finish())
            .or_insert_with(|| Limiter::new(budget, self.clock.clone()))
            .with_concurrency(budget.concurrency())
    }

    /// A client on this network and clock, within `limiter`, that sends to `origin` only.
    #[must_use]
    pub fn client(&self, limiter: Limiter, origin: &Endpoint) -> HttpClientBuilder {
        let (transport, clock) = (Arc::clone(&self.transport), self.clock.clone());
        HttpClient::builder(transport, limiter, clock, origin)
            .retry(self.retry)
            .observer(self.observer.clone())
    }

    /// This environment for the account `instance` of `connector`: spans and metrics of the
    /// [clients](Self::client) that it makes bear these names. All else is shared.
    #[must_use]
    pub fn for_account(&self, connector: &str, instance: &str) -> Self {
        Self {
            observer: self.observer.for_account(connector, instance),
            ..self.clone()
        }
    }

    /// Tells `metrics` of the requests, waits and listings of the accounts that are opened from now on.
    #[must_use]
    pub fn metrics(mut self, metrics: Arc<dyn Metrics>) -> Self {
        self.observer = self.observer.telling(metrics);
        self
    }

    /// Replaces the default [`RetryPolicy`].
    #[must_use]
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }
}
