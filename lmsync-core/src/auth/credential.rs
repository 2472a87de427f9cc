//! The headers that let a request in.

use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use secrecy::zeroize::Zeroizing;

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

/// Headers that let a request in, and the secrets in them.
#[derive(Debug, Clone)]
pub struct Credential {
    headers: HeaderMap,
    secrets: Vec<Secret>,
    generation: u64,
    expires_at: Option<Duration>,
}

impl Credential {
    /// `Authorization: Bearer <secret>`.
    ///
    /// # Errors
    /// `config` when the secret holds characters that no header can carry.
    pub fn bearer(secret: Secret) -> Result<Self> {
        let value = Secret::from(format!("Bearer {}", secret.expose()));
        Ok(Self::nothing()
            .with(header::AUTHORIZATION, &value)?
            .and_secret(secret))
    }

    /// `Authorization: Basic <user and password>`.
    ///
    /// # Errors
    /// `config` when the user name holds a colon, which would begin the password.
    pub fn basic(user: &str, password: &Secret) -> Result<Self> {
        if user.contains(':') {
            return Err(Error::config("the user name holds a colon"));
        }
        let pair = Zeroizing::new(format!("{user}:{}", password.expose()));
        let pair = Zeroizing::new(STANDARD.encode(pair.as_bytes()));
        let value = Secret::from(format!("Basic {}", *pair));
        Ok(Self::nothing()
            .with(header::AUTHORIZATION, &value)?
            .and_secret(password.clone())
            .and_secret(unpadded(&pair)))
    }

    /// A header with a secret for its value, such as `X-Api-Key`.
    ///
    /// # Errors
    /// `config` when the secret holds characters that no header can carry.
    pub fn header(name: HeaderName, secret: Secret) -> Result<Self> {
        Self::nothing().and_header(name, secret)
    }

    /// Adds a further header with a secret for its value.
    ///
    /// # Errors
    /// `config` when the secret holds characters that no header can carry.
    pub fn and_header(self, name: HeaderName, secret: Secret) -> Result<Self> {
        Ok(self.with(name, &secret)?.and_secret(secret))
    }

    /// Adds a header that is no secret, such as the account's name.
    ///
    /// # Errors
    /// `config` when `value` holds characters that no header can carry.
    pub fn with_header(self, name: HeaderName, value: &str) -> Result<Self> {
        self.with(name, &Secret::from(value))
    }

    fn nothing() -> Self {
        Self {
            headers: HeaderMap::new(),
            secrets: Vec::new(),
            generation: 0,
            expires_at: None,
        }
    }

    fn with(mut self, name: HeaderName, value: &Secret) -> Result<Self> {
        self.headers.insert(name, header_value(value.expose())?);
        Ok(self)
    }

    fn and_secret(mut self, secret: Secret) -> Self {
        self.secrets.push(secret);
        self
    }

    pub(super) fn of_generation(mut self, generation: u64, expires_at: Option<Duration>) -> Self {
        self.generation = generation;
        self.expires_at = expires_at;
        self
    }

    pub(super) fn generation(&self) -> u64 {
        self.generation
    }

    /// Says if it has run out at `now`, a reading of [`Clock::elapsed`](crate::Clock::elapsed).
    #[must_use]
    pub fn is_expired(&self, now: Duration) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }

    pub(crate) fn secrets(&self) -> &[Secret] {
        &self.secrets
    }

    pub(crate) fn apply(&self, headers: &mut HeaderMap) {
        for (name, value) in &self.headers {
            headers.insert(name.clone(), value.clone());
        }
    }
}

/// `base64` as an echo may show it, with padding or without.
pub(super) fn unpadded(base64: &str) -> Secret {
    Secret::from(base64.trim_end_matches('='))
}

fn header_value(text: &str) -> Result<HeaderValue> {
    let mut value = HeaderValue::from_str(text)
        .map_err(|_| Error::config("the credential holds characters that no header can carry"))?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(credential: &Credential) -> Vec<(String, String)> {
        let mut headers = HeaderMap::new();
        credential.apply(&mut headers);
        assert!(headers.values().all(HeaderValue::is_sensitive));
        let text = |value: &HeaderValue| value.to_str().unwrap().to_owned();
        let headers = headers.iter();
        headers
            .map(|(name, value)| (name.to_string(), text(value)))
            .collect()
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn every_kind_of_credential_is_a_header_and_is_masked() {
        let key = HeaderName::from_static("x-api-key");
        let other = HeaderName::from_static("x-api-secret");
        let secret = || Secret::from("s3cr3t-key");
        let bearer = Credential::bearer(secret()).unwrap();
        assert_eq!(sent(&bearer), [pair("authorization", "Bearer s3cr3t-key")]);
        let basic = Credential::basic("me@example.com", &secret()).unwrap();
        let encoded = "bWVAZXhhbXBsZS5jb206czNjcjN0LWtleQ==";
        assert_eq!(
            sent(&basic),
            [pair("authorization", &format!("Basic {encoded}"))]
        );
        assert!(
            basic
                .secrets()
                .iter()
                .any(|secret| secret.expose() == encoded.trim_end_matches('='))
        );
        let several = Credential::header(key, secret()).unwrap();
        let several = several
            .and_header(other, Secret::from("0ther-key"))
            .unwrap();
        let several = several
            .with_header(HeaderName::from_static("account"), "acme")
            .unwrap();
        assert_eq!(
            sent(&several),
            [
                pair("x-api-key", "s3cr3t-key"),
                pair("x-api-secret", "0ther-key"),
                pair("account", "acme"),
            ]
        );
        for credential in [bearer, basic, several] {
            let shown = format!("{credential:?}");
            assert!(
                !shown.contains("s3cr3t") && !shown.contains("0ther"),
                "{shown}"
            );
            assert!(!credential.secrets().is_empty());
        }
    }

    #[test]
    fn what_no_header_can_carry_is_refused_and_not_shown() {
        for credential in [
            Credential::bearer(Secret::from("t\u{7f}k")),
            Credential::header(HeaderName::from_static("x-key"), Secret::from("t\nk")),
            Credential::basic("a:b", &Secret::from("tok")),
        ] {
            let error = credential.unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::Config);
            assert!(!error.to_string().contains('\u{7f}'), "{error}");
        }
    }
}
