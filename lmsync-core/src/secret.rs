//! Credentials that nothing prints.

use std::fmt;

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

use crate::error::{Error, Result};

/// A token, key or client secret.
///
/// `Debug` shows `[REDACTED]`; there is no `Display` and no `Serialize`; the
/// memory is wiped when the value is dropped. The text is reached only through
/// [`expose`](Self::expose), which makes every use easy to find.
///
/// Copies are left in memory where a library keeps one that it does not wipe, until that memory is
/// used again: the text of a configuration file and of the environment, the headers and bodies of
/// requests inside the HTTP and TLS libraries, and what OAuth's library makes of a client secret
/// and of an answer with a token.
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
    /// Wipes `text`, too.
    fn from(text: String) -> Self {
        // To be fitted, it would be moved, and what was there left as it is.
        let text = Zeroizing::new(text);
        Self(SecretString::from(text.as_str()))
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

/// Where a configuration takes a secret from: the text itself, or
/// `{ env = "NAME" }`, the name of an environment variable.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum SecretSource {
    /// The secret itself.
    Literal(Secret),
    /// The environment variable that holds it.
    Environment(EnvironmentVariable),
}

/// The name of an environment variable, as `{ env = "NAME" }`.
///
/// Plain data: a name.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnvironmentVariable {
    /// The variable's name.
    pub env: String,
}

// By hand: a derived "either" would take a list for a table, and its errors would not name
// an unknown key. What is of another type may be a secret and is never quoted.
impl<'de> Deserialize<'de> for SecretSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_any(SecretSourceVisitor)
    }
}

struct SecretSourceVisitor;

impl<'de> Visitor<'de> for SecretSourceVisitor {
    type Value = SecretSource;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a table { env = \"NAME\" }")
    }

    fn visit_str<E>(self, text: &str) -> std::result::Result<SecretSource, E> {
        Ok(SecretSource::Literal(Secret::from(text)))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> std::result::Result<SecretSource, A::Error> {
        EnvironmentVariable::deserialize(MapAccessDeserializer::new(map))
            .map(SecretSource::Environment)
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> std::result::Result<SecretSource, E> {
        Err(E::invalid_type(Unexpected::Other("a truth value"), &self))
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> std::result::Result<SecretSource, E> {
        Err(E::invalid_type(Unexpected::Other("a number"), &self))
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> std::result::Result<SecretSource, E> {
        Err(E::invalid_type(Unexpected::Other("a number"), &self))
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> std::result::Result<SecretSource, E> {
        Err(E::invalid_type(Unexpected::Other("a number"), &self))
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> serde_json::Result<SecretSource> {
        serde_json::from_str(json)
    }

    #[test]
    fn a_secret_is_text_or_the_name_of_a_variable() {
        let literal = read("\"tok-5ecret\"").unwrap();
        assert_eq!(literal.resolve().unwrap().expose(), "tok-5ecret");
        assert!(!format!("{literal:?}").contains("5ecret"));
        let missing = read("{\"env\":\"LMSYNC_NO_SUCH_VARIABLE\"}").unwrap();
        let error = missing.resolve().unwrap_err().to_string();
        assert!(error.contains("LMSYNC_NO_SUCH_VARIABLE"), "{error}");
    }

    #[test]
    fn anything_else_is_refused_and_not_quoted() {
        for json in ["[\"tok-5ecret\"]", "50123456", "1.50123456", "true", "null"] {
            let error = read(json).unwrap_err().to_string();
            assert!(error.contains("a text or a table"), "{error}");
            assert!(
                !error.contains("5ecret") && !error.contains("0123"),
                "{error}"
            );
        }
        let error = read("{\"env\":\"A\",\"foo\":1}").unwrap_err().to_string();
        assert!(error.contains("`foo`"), "{error}");
    }
}
