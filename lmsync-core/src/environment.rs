//! What a connector runs on: network, clock, patience.

use std::sync::Arc;

use crate::clock::{SharedClock, SystemClock};
use crate::error::Result;
use crate::http::{ReqwestTransport, RetryPolicy, Transport};

/// What a connector runs on.
///
/// Share one among the connectors of a process: they then share connections.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Environment {
    /// Sends requests.
    pub transport: Arc<dyn Transport>,
    /// Tells the time and waits.
    pub clock: SharedClock,
    /// How long and how often a request is tried.
    pub retry: RetryPolicy,
}

impl Environment {
    /// The real network and the machine's clock.
    ///
    /// # Errors
    /// `config` when the machine's TLS set-up is unusable.
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
        }
    }

    /// Replaces the default [`RetryPolicy`].
    #[must_use]
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }
}
