//! What a connector runs on: network, clock, patience.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use http::HeaderValue;
use tokio::sync::Semaphore;

use crate::clock::{SharedClock, SystemClock};
use crate::error::{Error, Result};
use crate::http::{
    Budget, Endpoint, HttpClient, HttpClientBuilder, Limiter, NetworkConfig, ReqwestTransport,
    RetryPolicy, Transport, USER_AGENT,
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
    in_flight: Option<Arc<Semaphore>>,
    user_agent: HeaderValue,
    observer: Observer,
}

impl Environment {
    /// The real network and the machine's clock.
    ///
    /// # Errors
    /// `config` when no HTTP client can be made on this machine.
    pub fn system() -> Result<Self> {
        Self::on_network(&NetworkConfig::default())
    }

    /// The real network as `config` describes it, and the machine's clock.
    ///
    /// # Errors
    /// `config` when a setting cannot be used, with its name, or no HTTP client can be made on this
    /// machine.
    pub fn on_network(config: &NetworkConfig) -> Result<Self> {
        let transport = Arc::new(ReqwestTransport::on_network(config)?);
        let mut environment = Self::new(transport, Arc::new(SystemClock::new()));
        if let Some(most) = config.requests_in_flight {
            environment = environment.requests_in_flight(most)?;
        }
        match &config.user_agent {
            Some(name) => environment.user_agent(name),
            None => Ok(environment),
        }
    }

    /// Has at most `most` requests in flight, of all accounts that are opened from now on together; of several
    /// calls, and of [`NetworkConfig::requests_in_flight`], the last counts.
    ///
    /// # Errors
    /// `config` when it is zero.
    pub fn requests_in_flight(mut self, most: usize) -> Result<Self> {
        if most == 0 {
            return Err(Error::config("`requests_in_flight` must be at least 1"));
        }
        let most = most.min(Semaphore::MAX_PERMITS);
        self.in_flight = Some(Arc::new(Semaphore::new(most)));
        Ok(self)
    }

    /// Sets the name that requests bear in `User-Agent`, before that of lmsync.
    ///
    /// # Errors
    /// `config` when `name` is empty or holds what no header can carry.
    pub fn user_agent(mut self, name: &str) -> Result<Self> {
        let wrong = |_| Error::config("`user_agent` holds characters that no header can carry");
        if name.trim().is_empty() {
            return Err(Error::config("`user_agent` is empty"));
        }
        self.user_agent = HeaderValue::try_from(format!("{name} {USER_AGENT}")).map_err(wrong)?;
        Ok(self)
    }

    /// Another network and clock: a proxy, a recorder, a simulator.
    #[must_use]
    pub fn new(transport: Arc<dyn Transport>, clock: SharedClock) -> Self {
        Self {
            transport,
            clock,
            retry: RetryPolicy::default(),
            limiters: Arc::default(),
            in_flight: None,
            user_agent: HeaderValue::from_static(USER_AGENT),
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
            .within(self.in_flight.clone())
    }

    /// A client on this network and clock, within `limiter`, that sends to `origin` only.
    #[must_use]
    pub fn client(&self, limiter: Limiter, origin: &Endpoint) -> HttpClientBuilder {
        let (transport, clock) = (Arc::clone(&self.transport), self.clock.clone());
        HttpClient::builder(transport, limiter, clock, origin)
            .retry(self.retry)
            .user_agent(self.user_agent.clone())
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
