//! The one place that reads the machine's time.
//!
//! Everything that waits or stamps takes a [`Clock`], so that hours of rate
//! limiting are tested in milliseconds and a check-in window has one "now".

use std::fmt::Debug;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// Time as the rest of the SDK sees it.
#[async_trait]
pub trait Clock: Debug + Send + Sync + 'static {
    /// The present moment in UTC; may jump when the machine's time is set.
    fn now(&self) -> DateTime<Utc>;

    /// Time since an arbitrary fixed point; never goes back.
    fn elapsed(&self) -> Duration;

    /// Returns once `duration` has passed on this clock.
    async fn sleep(&self, duration: Duration);
}

/// A clock that any number of owners share.
pub type SharedClock = Arc<dyn Clock>;

/// The machine's own clock; needs a tokio runtime with time enabled to sleep.
#[derive(Debug, Clone)]
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// A clock whose [`elapsed`](Clock::elapsed) starts at zero now.
    #[must_use]
    #[allow(clippy::disallowed_methods)]
    pub fn new() -> Self {
        Self {
            start: Instant::now(),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods)]
    fn now(&self) -> DateTime<Utc> {
        SystemTime::now().into()
    }

    fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    #[allow(clippy::disallowed_methods)]
    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}
