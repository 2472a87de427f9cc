//! The `[[warranty]]` tables of a configuration: one for each maker that is to be asked.

use std::sync::Arc;

use lmsync_core::{Environment, Result, SecretSource};
use serde::Deserialize;

use crate::cache::WarrantyCache;
use crate::maker::Maker;
use crate::source::WarrantySource;

/// A maker that is to be asked, and the key to it: a maker without one is asked nothing.
///
/// ```
/// use lmsync_warranty::{Maker, WarrantyConfig};
///
/// let table = r#"{"maker":"lenovo","client_id":"key-from-lenovo"}"#;
/// let config: WarrantyConfig = serde_json::from_str(table)?;
/// assert_eq!(config.maker(), Maker::LENOVO);
/// let odd = r#"{"maker":"lenovo","client_id":"k","token_endpoint":"https://example.com"}"#;
/// let error = serde_json::from_str::<WarrantyConfig>(odd).unwrap_err();
/// assert!(error.to_string().contains("token_endpoint"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[cfg_attr(
    feature = "schema",
    derive(lmsync_core::schemars::JsonSchema),
    schemars(crate = "lmsync_core::schemars")
)]
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "maker", rename_all = "lowercase")]
#[non_exhaustive]
pub enum WarrantyConfig {
    /// Cisco's SN2INFO.
    #[cfg(feature = "cisco")]
    Cisco(MakerKey),
    /// Dell's TechDirect.
    #[cfg(feature = "dell")]
    Dell(MakerKey),
    /// HP's product warranty jobs.
    #[cfg(feature = "hp")]
    Hp(MakerKey),
    /// Lenovo's Support API.
    #[cfg(feature = "lenovo")]
    Lenovo(LenovoKey),
}

/// A key with a secret, by which tokens are had.
#[cfg_attr(
    feature = "schema",
    derive(lmsync_core::schemars::JsonSchema),
    schemars(crate = "lmsync_core::schemars")
)]
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct MakerKey {
    /// The client id.
    pub client_id: SecretSource,
    /// The client secret.
    pub client_secret: SecretSource,
    /// Another origin than the maker's, such as a simulator on loopback. Tokens come from there, too,
    /// unless `token_endpoint` is given.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// Another address that gives tokens: a whole URL.
    #[serde(default)]
    pub token_endpoint: Option<String>,
    /// Request budget per minute; the maker's own when absent.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub requests_per_minute: Option<u32>,
}

/// The key to Lenovo's Support API, which has no secret beside it.
#[cfg_attr(
    feature = "schema",
    derive(lmsync_core::schemars::JsonSchema),
    schemars(crate = "lmsync_core::schemars")
)]
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct LenovoKey {
    /// The ClientID, which is the whole key.
    pub client_id: SecretSource,
    /// Another origin than the maker's, such as a simulator on loopback.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// Request budget per minute; 60 when absent.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub requests_per_minute: Option<u32>,
}

impl MakerKey {
    /// The key of this id and secret, at the maker's own addresses.
    #[must_use]
    pub fn new(client_id: impl Into<SecretSource>, client_secret: impl Into<SecretSource>) -> Self {
        Self {
            client_id: client_id.into(),
            client_secret: client_secret.into(),
            endpoint: None,
            token_endpoint: None,
            requests_per_minute: None,
        }
    }

    /// Asks for tokens at another address; plain http only to loopback.
    #[must_use]
    pub fn token_endpoint(mut self, url: impl Into<String>) -> Self {
        self.token_endpoint = Some(url.into());
        self
    }

    lmsync_core::account_setting!(endpoint);
    lmsync_core::account_setting!(requests_per_minute);
}

impl LenovoKey {
    /// The key of this ClientID, at Lenovo's own address.
    #[must_use]
    pub fn new(client_id: impl Into<SecretSource>) -> Self {
        Self {
            client_id: client_id.into(),
            endpoint: None,
            requests_per_minute: None,
        }
    }

    lmsync_core::account_setting!(endpoint);
    lmsync_core::account_setting!(requests_per_minute);
}

impl WarrantyConfig {
    /// The maker.
    #[must_use]
    pub const fn maker(&self) -> Maker {
        match *self {
            #[cfg(feature = "cisco")]
            Self::Cisco(_) => Maker::CISCO,
            #[cfg(feature = "dell")]
            Self::Dell(_) => Maker::DELL,
            #[cfg(feature = "hp")]
            Self::Hp(_) => Maker::HP,
            #[cfg(feature = "lenovo")]
            Self::Lenovo(_) => Maker::LENOVO,
        }
    }

    /// The maker's source on `environment`. Sends nothing yet. What outlives a run, such as HP's jobs, is
    /// kept in `cache`.
    ///
    /// # Errors
    /// `config` when a value cannot work, with where to find the right one.
    pub fn connect_in(
        &self,
        environment: &Environment,
        cache: &Arc<dyn WarrantyCache>,
    ) -> Result<Arc<dyn WarrantySource>> {
        // Without a maker there is nothing to connect to.
        let _ = (environment, cache);
        match *self {
            #[cfg(feature = "cisco")]
            Self::Cisco(ref key) => Ok(Arc::new(crate::Cisco::connect_in(key, environment)?)),
            #[cfg(feature = "dell")]
            Self::Dell(ref key) => Ok(Arc::new(crate::Dell::connect_in(key, environment)?)),
            #[cfg(feature = "hp")]
            Self::Hp(ref key) => Ok(Arc::new(crate::Hp::connect_in(
                key,
                environment,
                cache.clone(),
            )?)),
            #[cfg(feature = "lenovo")]
            Self::Lenovo(ref key) => Ok(Arc::new(crate::Lenovo::connect_in(key, environment)?)),
        }
    }
}

#[cfg(all(
    test,
    feature = "dell",
    feature = "lenovo",
    feature = "hp",
    feature = "cisco"
))]
mod tests {
    use super::*;

    fn read(json: &str) -> serde_json::Result<WarrantyConfig> {
        serde_json::from_str(json)
    }

    #[test]
    fn each_maker_has_its_table() {
        for maker in ["cisco", "dell", "hp"] {
            let table = format!(
                r#"{{"maker":"{maker}","client_id":"an-id","client_secret":{{"env":"NAME"}},"requests_per_minute":5}}"#
            );
            assert_eq!(read(&table).expect(maker).maker().as_str(), maker);
        }
    }

    #[test]
    fn what_a_maker_does_not_know_is_an_error_that_names_it() {
        for (table, named) in [
            (
                r#"{"maker":"dell","client_id":"a","client_secret":"b","region":"eu"}"#,
                "region",
            ),
            (r#"{"maker":"dell","client_id":"a"}"#, "client_secret"),
            (
                r#"{"maker":"lenovo","client_id":"a","client_secret":"5ecret-b"}"#,
                "client_secret",
            ),
            (r#"{"maker":"acer","client_id":"a"}"#, "acer"),
            (r#"{"client_id":"a"}"#, "maker"),
        ] {
            let error = read(table).unwrap_err().to_string();
            assert!(error.contains(named), "{error}");
            assert!(!error.contains("5ecret"), "{error}");
        }
    }
}
