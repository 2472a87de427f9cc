//! Credentials that nothing prints.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};

use crate::error::{Error, Result};

/// A token, key or client secret.
///
/// `Debug` shows `[REDACTED]`; there is no `Display` and no `Serialize`; the
/// memory is wiped when the value is dropped. The text is reached only through
/// [`expose`](Self::expose), which makes every use easy to find.
///
/// ```
/// let token = lmsync_core::Secret::from("s3cr3t");
/// assert_eq!(format!("{token:?}"), "[REDACTED]");
/// assert_eq!(token.expose(), "s3cr3t");
/// ```
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// The secret text. Never log it, never put it into an error.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[REDACTED]")
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(SecretString::from(text))
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(SecretString::from(text))
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

/// Where a configuration takes a secret from: the text itself, or
/// `{ env = "NAME" }`, the name of an environment variable.
#[derive(Clone, Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "expected a string or a table { env = \"NAME\" }"
)]
#[non_exhaustive]
pub enum SecretSource {
    /// The secret itself.
    Literal(Secret),
    /// The environment variable that holds it.
    Environment(EnvironmentVariable),
}

/// The name of an environment variable, as `{ env = "NAME" }`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnvironmentVariable {
    /// The variable's name.
    pub env: String,
}

impl SecretSource {
    /// The secret, read from the environment where the source says so.
    ///
    /// # Errors
    /// `config` when the named variable is not set or is not text.
    pub fn resolve(&self) -> Result<Secret> {
        match self {
            Self::Literal(secret) => Ok(secret.clone()),
            Self::Environment(EnvironmentVariable { env }) => std::env::var(env)
                .map(Secret::from)
                .map_err(|_| Error::config(format!("the environment variable `{env}` is not set"))),
        }
    }
}

impl<T: Into<Secret>> From<T> for SecretSource {
    fn from(secret: T) -> Self {
        Self::Literal(secret.into())
    }
}
