//! Virtual time: hours of waiting in milliseconds.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use lmsync_core::Clock;
use tokio::time::Instant;

/// A clock on tokio's paused time.
///
/// Use it inside `#[tokio::test(start_paused = true)]`, with transports that
/// live in memory: when every task waits, time jumps to the end of the shortest
/// wait. With real sockets it would jump over the network's time too, and
/// everything would time out.
#[derive(Debug, Clone)]
pub struct VirtualClock {
    start: DateTime<Utc>,
    origin: Instant,
}

impl VirtualClock {
    /// A clock that shows `start` now.
    #[must_use]
    #[allow(clippy::disallowed_methods)]
    pub fn starting_at(start: DateTime<Utc>) -> Self {
        Self {
            start,
            origin: Instant::now(),
        }
    }
}

impl Default for VirtualClock {
    /// A clock that shows noon of 31 March 2026, UTC.
    fn default() -> Self {
        Self::starting_at(DateTime::UNIX_EPOCH + TimeDelta::seconds(1_774_958_400))
    }
}

#[async_trait]
impl Clock for VirtualClock {
    fn now(&self) -> DateTime<Utc> {
        self.start + TimeDelta::from_std(self.elapsed()).unwrap_or(TimeDelta::MAX)
    }

    fn elapsed(&self) -> Duration {
        self.origin.elapsed()
    }

    #[allow(clippy::disallowed_methods)]
    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}
