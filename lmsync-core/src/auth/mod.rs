//! Credentials: fixed headers, and tokens that expire.
//!
//! | the vendor wants | take |
//! |---|---|
//! | a key or token that stays the same | [`Credential::bearer`], [`Credential::basic`], [`Credential::header`], with [`HeaderAuth`] or [`HttpClientBuilder::credential`](crate::http::HttpClientBuilder::credential) |
//! | an OAuth token: client credentials, a user's password, a refresh token | [`TokenAuth`] over [`OAuth`] |
//! | a sign-in of its own | [`TokenAuth`] over [`SignIn`], or over your own [`TokenSource`] |
//!
//! # The life of a token
//!
//! [`TokenAuth`] signs in when the first request needs a token. A fifth of its lifetime before the end, and
//! at most 60 seconds before it, the next request signs in again. A token without a lifetime is used until
//! the vendor refuses it.
//!
//! One sign-in runs at a time, for all requests of the account. Requests that have no valid token wait
//! for it; the others go on with the token that they have. A caller that gives up does not stop it: the
//! others carry it on. If an early sign-in fails, the valid token is used until its end, and the next
//! attempt comes after 30 seconds.
//!
//! A request that is refused as unauthenticated drops the token that it was sent with, and no newer one.
//! It is then sent once more with the next token.
//!
//! ```
//! use std::sync::Arc;
//!
//! use futures_util::future::join;
//! use lmsync_core::auth::{Authorizer, Grant, OAuth, OAuthConfig, TokenAuth};
//! use lmsync_core::http::{Budget, Endpoint, Meter};
//! use lmsync_core::{Environment, Secret, SharedClock};
//! use lmsync_testkit::{Line, Script, VirtualClock, conformance};
//!
//! # async fn example() -> lmsync_core::Result<()> {
//! let clock: SharedClock = Arc::new(VirtualClock::default());
//! // One answer, and no network: a second sign-in would fail.
//! let answer = r#"{"access_token":"t0ken-1","token_type":"Bearer","expires_in":3600}"#;
//! let vendor = Script::new(clock.clone(), [Line::answer(200, answer)]);
//! let environment = Environment::new(Arc::new(vendor.clone()), clock.clone());
//!
//! let login = Endpoint::parse("https://login.example.com")?;
//! let limiter = environment.limiter("acme", Budget::per_minute(60, 4)?);
//! let http = environment.client(limiter, &login).build();
//! let config = OAuthConfig::new(login.join("/token")?, Grant::ClientCredentials, "the-client")
//!     .client_secret(Secret::from("s3cr3t"))
//!     .scopes(["assets.read"]);
//! let auth = TokenAuth::new(Arc::new(OAuth::new(config, http)), clock);
//!
//! let meter = Meter::default();
//! let (one, other) = join(auth.credential(&meter), auth.credential(&meter)).await;
//! assert!(one.is_ok() && other.is_ok());
//! assert_eq!(vendor.heard().len(), 1);
//! # Ok(())
//! # }
//! # conformance::run(async { example().await.unwrap() });
//! ```

mod credential;
mod header;
mod oauth;
mod sign_in;
mod token;
mod token_answer;

pub use self::credential::{Authorizer, Credential};
pub use self::header::HeaderAuth;
pub use self::oauth::{ClientAuth, Grant, OAuth, OAuthConfig};
pub use self::sign_in::{SignIn, SignInAnswer, SignInClient};
pub use self::token::{AccessToken, SendToken, TokenAuth, TokenSource};
