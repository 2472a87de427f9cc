//! How many requests an operation cost.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

/// Counts requests, retries and waits; clones count together.
#[derive(Debug, Clone, Default)]
pub struct Meter(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    requests: AtomicU64,
    retries: AtomicU64,
    rate_limited_waits: AtomicU64,
}

/// A reading of a [`Meter`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Usage {
    /// Requests sent, retries and sign-ins included.
    pub requests: u64,
    /// Requests sent again after a failure.
    pub retries: u64,
    /// Times the vendor said "too many requests" and was waited for.
    pub rate_limited_waits: u64,
}

impl Meter {
    /// The counts so far.
    #[must_use]
    pub fn read(&self) -> Usage {
        Usage {
            requests: self.0.requests.load(Ordering::Relaxed),
            retries: self.0.retries.load(Ordering::Relaxed),
            rate_limited_waits: self.0.rate_limited_waits.load(Ordering::Relaxed),
        }
    }

    pub(super) fn request(&self) {
        self.0.requests.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn retry(&self) {
        self.0.retries.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn rate_limited(&self) {
        self.0.rate_limited_waits.fetch_add(1, Ordering::Relaxed);
    }
}
