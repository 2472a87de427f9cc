//! Credentials and options of an account.

use lmsync_core::SecretSource;
use lmsync_core::model::Rules;
use serde::Deserialize;

use crate::product::Product;

/// The credentials and options of a SuperOps account.
///
/// ```
/// use lmsync_superops::{Region, SuperOpsConfig};
///
/// let config = SuperOpsConfig::new("acme", "the-api-token")
///     .region(Region::Eu);
/// let connector = config.connect()?;
/// # Ok::<(), lmsync_core::Error>(())
/// ```
#[cfg_attr(
    feature = "schema",
    derive(lmsync_core::schemars::JsonSchema),
    schemars(crate = "lmsync_core::schemars")
)]
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SuperOpsConfig {
    /// The account's name for reports; the subdomain when absent.
    #[serde(default)]
    pub name: Option<String>,
    /// The MSP subdomain: `acme`, `acme.superops.ai` or the portal's address.
    pub subdomain: String,
    /// The API token of an administrator or technician.
    pub api_token: SecretSource,
    /// The place where the account is hosted.
    #[serde(default)]
    pub region: Region,
    /// The product that the account is of.
    #[serde(default)]
    pub product: Product,
    /// Another origin than the vendor's, such as a simulator on loopback.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// Request budget per minute; 100 when absent.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub requests_per_minute: Option<u32>,
    /// Most requests in flight; 4 when absent.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub concurrency: Option<u32>,
    /// The rules by which values are read.
    #[serde(default)]
    pub rules: Rules,
}

/// The place where an account is hosted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Region {
    /// `api.superops.ai`.
    #[default]
    Us,
    /// `euapi.superops.ai`.
    Eu,
}

lmsync_core::words!(Region {
    Us => "us",
    Eu => "eu",
});

impl Region {
    pub(crate) const fn origin(self) -> &'static str {
        match self {
            Self::Us => "https://api.superops.ai",
            Self::Eu => "https://euapi.superops.ai",
        }
    }
}

impl SuperOpsConfig {
    /// An MSP account hosted in the US.
    #[must_use]
    pub fn new(subdomain: impl Into<String>, api_token: impl Into<SecretSource>) -> Self {
        Self {
            name: None,
            subdomain: subdomain.into(),
            api_token: api_token.into(),
            region: Region::default(),
            product: Product::default(),
            endpoint: None,
            requests_per_minute: None,
            concurrency: None,
            rules: Rules::default(),
        }
    }

    /// Sets the place where the account is hosted.
    #[must_use]
    pub fn region(mut self, region: Region) -> Self {
        self.region = region;
        self
    }

    /// Sets the product that the account is of.
    #[must_use]
    pub fn product(mut self, product: Product) -> Self {
        self.product = product;
        self
    }
}

#[cfg(test)]
mod tests {
    use lmsync_core::{Connector, ErrorKind};

    use super::*;

    #[test]
    fn what_people_paste_is_understood() {
        for (subdomain, token) in [
            ("acme", "xyz"),
            ("https://acme.superops.ai/#/tickets", "Bearer xyz"),
            ("ACME.superops.com", " xyz\n"),
        ] {
            let connector = SuperOpsConfig::new(subdomain, token).connect().unwrap();
            assert_eq!(connector.info().instance, "acme");
        }
    }

    #[test]
    fn a_wrong_credential_is_refused_with_where_the_right_one_is() {
        for subdomain in ["", "evil.com/.superops.ai", "portal.acme.example"] {
            let error = SuperOpsConfig::new(subdomain, "xyz").connect().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.hint().unwrap().contains("My MSP"), "{error}");
        }
        for token in ["", "Bearer ", "x y"] {
            let error = SuperOpsConfig::new("acme", token).connect().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.hint().unwrap().contains("API token"), "{error}");
        }
    }

    #[test]
    fn a_bad_value_is_refused_before_anything_is_sent() {
        let good = || SuperOpsConfig::new("acme", "tok");
        for (config, word) in [
            (good().endpoint("http://api.superops.ai"), "loopback"),
            (good().requests_per_minute(0), "at least 1"),
            (good().concurrency(0), "at least 1"),
            (good().name(" "), "name"),
            (SuperOpsConfig::new("acme", "t\u{7f}k"), "characters"),
        ] {
            let error = config.connect().expect_err(word);
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.to_string().contains(word), "{error}");
        }
    }
}
