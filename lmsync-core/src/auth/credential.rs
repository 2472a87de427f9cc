//! What a request carries to be let in.

use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;
use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::error::{Error, Result};
use crate::http::Meter;
use crate::secret::Secret;

/// Supplies the credential for each request.
#[async_trait]
pub trait Authorizer: Debug + Send + Sync + 'static {
    /// A credential that is believed to be valid; requests it takes to get one go to `meter`.
    ///
    /// # Errors
    /// When none can be had.
    async fn credential(&self, meter: &Meter) -> Result<Credential>;

    /// Hears that the vendor refused `refused`; says whether another one can be had.
    ///
    /// Only that very credential is dropped: one fetched since stays.
    fn renew(&self, refused: &Credential) -> bool;
}

/// Headers that let a request in, and the secret in them.
#[derive(Debug, Clone)]
pub struct Credential {
    headers: HeaderMap,
    secret: Secret,
    generation: u64,
    expires_at: Option<Duration>,
}

impl Credential {
    /// `Authorization: Bearer <secret>`.
    ///
    /// # Errors
    /// `config` when the secret holds characters that no header can carry.
    pub fn bearer(secret: Secret) -> Result<Self> {
        let value = header_value(&format!("Bearer {}", secret.expose()))?;
        Ok(Self {
            headers: HeaderMap::from_iter([(header::AUTHORIZATION, value)]),
            secret,
            generation: 0,
            expires_at: None,
        })
    }

    /// Adds another header, such as the account's name.
    ///
    /// # Errors
    /// `config` when `value` holds characters that no header can carry.
    pub fn with_header(mut self, name: HeaderName, value: &str) -> Result<Self> {
        self.headers.insert(name, header_value(value)?);
        Ok(self)
    }

    pub(super) fn of_generation(mut self, generation: u64, expires_at: Option<Duration>) -> Self {
        self.generation = generation;
        self.expires_at = expires_at;
        self
    }

    pub(super) fn generation(&self) -> u64 {
        self.generation
    }

    /// Whether it has run out at `now`, a reading of [`Clock::elapsed`](crate::Clock::elapsed).
    #[must_use]
    pub fn is_expired(&self, now: Duration) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }

    pub(crate) fn secret(&self) -> &Secret {
        &self.secret
    }

    pub(crate) fn apply(&self, headers: &mut HeaderMap) {
        for (name, value) in &self.headers {
            headers.insert(name.clone(), value.clone());
        }
    }
}

fn header_value(text: &str) -> Result<HeaderValue> {
    let mut value = HeaderValue::from_str(text)
        .map_err(|_| Error::config("the credential holds characters that no header can carry"))?;
    value.set_sensitive(true);
    Ok(value)
}
