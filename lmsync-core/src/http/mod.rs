//! One HTTP stack for all vendors: transport, limits, retries, redaction.
//!
//! An [`HttpClient`] comes from [`Environment::client`](crate::Environment::client). It takes a [`Call`], adds
//! the credential, waits for the budget, sends, and hands the [`Answer`] to the connector, which says what
//! it means. Requests are counted by a [`Meter`].
//!
//! # Addresses
//!
//! An [`Endpoint`] is an origin: scheme, host and port. The scheme is `https`, or `http` for `127.0.0.0/8`,
//! `[::1]` and `localhost`. An address with a user name, a path, a query or a fragment is no endpoint. A client
//! sends to the endpoints that it was made for; a request or a link to any other address fails, and nothing
//! is sent. Redirects are not followed. [`Endpoint::path`] puts an id into an address as one segment.
//!
//! # Budget
//!
//! A [`Budget`] says how many requests may start in any window of time, and how many may be in flight at once.
//! All clients that share a [`Limiter`] share the first; requests start in the order in which they were
//! asked for. [`Environment::limiter`](crate::Environment::limiter) gives one limiter to all connectors whose
//! requests the vendor counts together.
//!
//! # Retries and patience
//!
//! The numbers are those of the default [`RetryPolicy`]:
//!
//! - A request that broke (no connection, no answer, an answer that says the service is down) is tried up to
//!   5 times. The wait before each further try is drawn at random, from zero to a ceiling of 500 ms that doubles
//!   up to 60 s.
//! - "Too many requests" counts as no try. Every request of the limiter waits as long as the vendor says;
//!   where it does not say, 5 s, then twice as long each time, up to 60 s.
//! - The vendor's own word on waiting is always kept. A pause of more than a day is taken for one day.
//! - Patience is 15 minutes, from the first try to the beginning of the last. A request that would have to wait
//!   longer fails at once with the kind `rate_limited`, or with the error that it met last.
//! - A write ([`Idempotency::Once`]) is sent once. It is not repeated after a wait, and not sent at all
//!   when its turn comes more than 5 seconds after the record was read.
//!
//! ```
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use lmsync_core::http::{Budget, Endpoint, Meter};
//! use lmsync_core::{Environment, ErrorKind, SharedClock};
//! use lmsync_testkit::{Line, Script, VirtualClock, conformance};
//! use serde_json::Value;
//!
//! # async fn example() -> lmsync_core::Result<()> {
//! let clock: SharedClock = Arc::new(VirtualClock::default());
//! let vendor = Script::new(clock.clone(), [
//!     Line::answer(429, "slow down").header("retry-after", "30"),
//!     Line::answer(200, r#"{"devices":2}"#),
//! ]);
//! let environment = Environment::new(Arc::new(vendor.clone()), clock.clone());
//!
//! let api = Endpoint::parse("https://api.example.com")?;
//! let limiter = environment.limiter("acme", Budget::per_minute(100, 4)?);
//! let http = environment.client(limiter, &api).build();
//! let meter = Meter::default();
//! let received = http
//!     .get_json::<Value>("count devices", &api.join("/count")?, &meter)
//!     .await?;
//! assert_eq!(received.value["devices"], 2);
//! assert_eq!(meter.read().rate_limited_waits, 1);
//! assert!(clock.elapsed() >= Duration::from_secs(30));
//!
//! // Another origin: refused, and nothing is sent.
//! let elsewhere = Endpoint::parse("https://other.example.com")?.join("/count")?;
//! let refused = http.get_json::<Value>("count devices", &elsewhere, &meter).await;
//! assert_eq!(refused.unwrap_err().kind(), ErrorKind::Config);
//! assert_eq!(vendor.heard().len(), 2);
//! # Ok(())
//! # }
//! # conformance::run(async { example().await.unwrap() });
//! ```

mod answer;
mod call;
mod client;
mod endpoint;
mod limit;
mod link;
mod meter;
mod network;
mod origins;
mod proxy;
mod reading;
mod redact;
mod reqwest;
mod retry;
mod said;
mod tls;
mod transport;
mod unpack;

pub use self::answer::Answer;
pub use self::call::Call;
pub(crate) use self::client::USER_AGENT;
pub use self::client::{HttpClient, HttpClientBuilder, Received};
pub use self::endpoint::Endpoint;
pub use self::limit::{Budget, Limiter, Permit};
pub use self::meter::{Meter, Usage};
pub use self::network::{NetworkConfig, Pem, ProxyChoice};
pub use self::redact::Redactor;
pub use self::reqwest::ReqwestTransport;
pub use self::retry::{Idempotency, RetryPolicy};
pub use self::said::Said;
pub use self::transport::{Transport, TransportError, TransportErrorKind};
