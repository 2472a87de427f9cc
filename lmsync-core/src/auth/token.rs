//! Tokens that expire: fetched once for all callers, early, and never twice at a time.

use std::fmt::{self, Debug};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared, WeakShared};
use tracing::{Instrument, debug, info};

use super::credential::{Authorizer, Credential};
use crate::clock::SharedClock;
use crate::error::Result;
use crate::http::Meter;
use crate::secret::Secret;

/// A token is replaced when a fifth of its life is left, at most this long before its end.
const LONGEST_MARGIN: Duration = Duration::from_secs(60);
/// After a failed early refresh the valid token serves on; the next attempt waits this long.
const EARLY_REFRESH_PAUSE: Duration = Duration::from_secs(30);

/// Supplies access tokens.
#[async_trait]
pub trait TokenSource: Debug + Send + Sync + 'static {
    /// Signs in; requests it takes go to `meter`.
    ///
    /// # Errors
    /// When the vendor refuses or cannot be reached.
    async fn fetch(&self, meter: &Meter) -> Result<AccessToken>;
}

/// A token that a sign-in gave.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AccessToken {
    /// The token.
    pub secret: Secret,
    /// The time for which it is valid. Where there is none, or zero, the vendor did not say, and it is
    /// used until refused.
    pub lifetime: Option<Duration>,
}

impl AccessToken {
    /// The token `secret`, valid for `lifetime` where the vendor says so.
    #[must_use]
    pub fn new(secret: impl Into<Secret>, lifetime: Option<Duration>) -> Self {
        Self {
            secret: secret.into(),
            lifetime,
        }
    }
}

/// Sends a bearer token, and fetches a new one in time.
///
/// However many callers ask at once, one sign-in runs. It is not tied to the
/// caller that started it: when that one gives up, the others carry it on. A
/// token that is still valid outlives a failed early refresh.
#[derive(Debug, Clone)]
pub struct TokenAuth {
    source: Arc<dyn TokenSource>,
    cache: Arc<Cache>,
}

/// Makes a credential of a token.
pub type SendToken = fn(Secret) -> Result<Credential>;

#[derive(Debug)]
struct Cache {
    clock: SharedClock,
    send: SendToken,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    current: Option<Token>,
    generations: u64,
    refresh: Option<WeakShared<BoxFuture<'static, Result<Credential>>>>,
    no_early_refresh_before: Duration,
}

impl Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("current", &self.current)
            .field("generations", &self.generations)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Clone)]
struct Token {
    credential: Credential,
    refresh_at: Option<Duration>,
}

type Refresh = Shared<BoxFuture<'static, Result<Credential>>>;

enum Choice {
    Use(Credential),
    RefreshEarly(Credential, Refresh),
    Await(Refresh),
}

impl TokenAuth {
    /// Bearer tokens from `source`, timed by `clock`.
    #[must_use]
    pub fn new(source: Arc<dyn TokenSource>, clock: SharedClock) -> Self {
        Self::sent_as(Credential::bearer, source, clock)
    }

    /// Tokens from `source`, timed by `clock`, that `send` puts into a header of the vendor's own.
    #[must_use]
    pub fn sent_as(send: SendToken, source: Arc<dyn TokenSource>, clock: SharedClock) -> Self {
        Self {
            source,
            cache: Arc::new(Cache {
                clock,
                send,
                state: Mutex::default(),
            }),
        }
    }

    fn choose(&self, meter: &Meter) -> Choice {
        let now = self.cache.clock.elapsed();
        let mut state = self.cache.state();
        let running = state.refresh.as_ref().and_then(WeakShared::upgrade);
        let valid = state
            .current
            .clone()
            .filter(|token| !token.credential.is_expired(now));
        match (valid, running) {
            (Some(token), Some(_)) => Choice::Use(token.credential),
            (Some(token), None) => {
                let due = token.refresh_at.is_some_and(|at| at <= now);
                if due && state.no_early_refresh_before <= now {
                    Choice::RefreshEarly(token.credential, self.start(&mut state, meter))
                } else {
                    Choice::Use(token.credential)
                }
            }
            (None, Some(running)) => Choice::Await(running),
            (None, None) => Choice::Await(self.start(&mut state, meter)),
        }
    }

    fn start(&self, state: &mut State, meter: &Meter) -> Refresh {
        let source = Arc::clone(&self.source);
        let cache = Arc::clone(&self.cache);
        let meter = meter.clone();
        let refresh = async move {
            let asked_at = cache.clock.elapsed();
            let fetched = source.fetch(&meter).await;
            cache.finish(asked_at, fetched)
        }
        .in_current_span()
        .boxed()
        .shared();
        state.refresh = refresh.downgrade();
        refresh
    }
}

impl Cache {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn finish(&self, asked_at: Duration, fetched: Result<AccessToken>) -> Result<Credential> {
        let mut state = self.state();
        state.refresh = None;
        let token = fetched.and_then(|token| {
            // Counted from the question: the vendor's clock started no earlier.
            let after = |lifetime| asked_at.saturating_add(lifetime);
            // One that never lived would be fetched anew for each call of a burst.
            let lifetime = token.lifetime.filter(|lifetime| !lifetime.is_zero());
            let expires_at = lifetime.map(after);
            let refresh_at =
                lifetime.map(|lifetime| after(lifetime) - LONGEST_MARGIN.min(lifetime / 5));
            let credential =
                (self.send)(token.secret)?.of_generation(state.generations, expires_at);
            Ok(Token {
                credential,
                refresh_at,
            })
        });
        match token {
            Ok(token) => {
                state.generations += 1;
                debug!("signed in");
                let credential = token.credential.clone();
                state.current = Some(token);
                Ok(credential)
            }
            Err(error) => {
                state.no_early_refresh_before = self.clock.elapsed() + EARLY_REFRESH_PAUSE;
                Err(error)
            }
        }
    }
}

#[async_trait]
impl Authorizer for TokenAuth {
    async fn credential(&self, meter: &Meter) -> Result<Credential> {
        // In a statement of its own: the lock inside is released before waiting.
        let choice = self.choose(meter);
        match choice {
            Choice::Use(credential) => Ok(credential),
            Choice::RefreshEarly(valid, refresh) => Ok(refresh.await.unwrap_or_else(|error| {
                info!(%error, "the token could not be renewed early: the one that is valid serves on");
                valid
            })),
            Choice::Await(refresh) => refresh.await,
        }
    }

    fn renew(&self, refused: &Credential) -> bool {
        let mut state = self.cache.state();
        if state
            .current
            .as_ref()
            .is_some_and(|token| token.credential.generation() == refused.generation())
        {
            state.current = None;
        }
        true
    }
}
