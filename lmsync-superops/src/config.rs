//! Credentials and options: what people paste, made into what the API takes.

use std::sync::Arc;

use lmsync_core::auth::{Credential, HeaderAuth};
use lmsync_core::http::{Budget, Endpoint, HttpClient, Redactor};
use lmsync_core::model::Rules;
use lmsync_core::{Environment, Result, SecretSource, input};
use serde::Deserialize;

use crate::api::{Api, Product};
use crate::connector::SuperOps;

/// The vendor's developer reference says 100 a minute, its help centre 800; the lower one is safe.
const REQUESTS_PER_MINUTE: usize = 100;
const CONCURRENCY: usize = 4;
const SUBDOMAIN_HEADER: &str = "customersubdomain";
const PORTAL_DOMAINS: [&str; 2] = ["superops.ai", "superops.com"];

const SUBDOMAIN_HINT: &str = "in SuperOps, open Settings > My MSP > MSP information and copy the \
     \"subdomain name\": `acme` for acme.superops.ai";
const TOKEN_HINT: &str = "in SuperOps, open Settings > Profile information > API token, \
     choose Generate Token and copy the whole token";

/// What opens a SuperOps account.
///
/// ```
/// use lmsync_superops::{Region, SuperOpsConfig};
///
/// let config = SuperOpsConfig::new("acme", "the-api-token")
///     .region(Region::Eu);
/// let connector = config.connect()?;
/// # Ok::<(), lmsync_core::Error>(())
/// ```
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
    /// Where the account is hosted.
    #[serde(default)]
    pub region: Region,
    /// Which of the two products the account is of.
    #[serde(default)]
    pub product: Product,
    /// Another origin than the vendor's, such as a simulator on loopback.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// Request budget per minute; 100 when absent.
    #[serde(default)]
    pub requests_per_minute: Option<u32>,
    /// Most requests in flight; 4 when absent.
    #[serde(default)]
    pub concurrency: Option<u32>,
}

/// Where an account is hosted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Region {
    /// `api.superops.ai`.
    #[default]
    Us,
    /// `euapi.superops.ai`.
    Eu,
}

impl Region {
    const fn origin(self) -> &'static str {
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
        }
    }

    /// Sets the account's name for reports.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets where the account is hosted.
    #[must_use]
    pub fn region(mut self, region: Region) -> Self {
        self.region = region;
        self
    }

    /// Sets which product the account is of.
    #[must_use]
    pub fn product(mut self, product: Product) -> Self {
        self.product = product;
        self
    }

    /// Sends requests to another origin; plain http only to loopback.
    #[must_use]
    pub fn endpoint(mut self, origin: impl Into<String>) -> Self {
        self.endpoint = Some(origin.into());
        self
    }

    /// Sets the request budget per minute.
    #[must_use]
    pub fn requests_per_minute(mut self, requests: u32) -> Self {
        self.requests_per_minute = Some(requests);
        self
    }

    /// Sets the most requests in flight.
    #[must_use]
    pub fn concurrency(mut self, requests: u32) -> Self {
        self.concurrency = Some(requests);
        self
    }

    /// A connector on the real network. Sends nothing yet.
    ///
    /// # Errors
    /// `config` when a value cannot work, with where to find the right one.
    pub fn connect(&self) -> Result<SuperOps> {
        self.connect_in(&Environment::system()?)
    }

    /// A connector on `environment`, shared with others or simulated.
    ///
    /// # Errors
    /// `config` when a value cannot work, with where to find the right one.
    pub fn connect_in(&self, environment: &Environment) -> Result<SuperOps> {
        let (subdomain, _) = input::subdomain("subdomain", &self.subdomain, &PORTAL_DOMAINS)
            .map_err(|error| error.with_hint(SUBDOMAIN_HINT))?;
        let token = input::token("API token", &self.api_token.resolve()?)
            .map_err(|error| error.with_hint(TOKEN_HINT))?;
        let endpoint = Endpoint::parse(self.endpoint.as_deref().unwrap_or(self.region.origin()))?;
        let url = endpoint.join(self.product.path())?;
        // One limiter per credential: the vendor counts a user's requests.
        let whom = (url.as_str(), &subdomain, token.expose());
        let limiter = environment.limiter(whom, self.budget()?);
        let credential = Credential::bearer(token.clone())
            .map_err(|error| error.with_hint(TOKEN_HINT))?
            .with_header(http::HeaderName::from_static(SUBDOMAIN_HEADER), &subdomain)?;
        let http = HttpClient::builder(
            Arc::clone(&environment.transport),
            limiter,
            environment.clock.clone(),
        )
        .authorizer(Arc::new(HeaderAuth::new(credential)))
        .retry(environment.retry)
        .redactor(Redactor::default().and(&token))
        .build();
        let api = Api::new(http, url, self.product);
        let instance = input::name_or(self.name.as_deref(), || subdomain)?;
        Ok(SuperOps::new(api, instance, Rules::default()))
    }

    fn budget(&self) -> Result<Budget> {
        Budget::per_minute(REQUESTS_PER_MINUTE, CONCURRENCY)?
            .configured(self.requests_per_minute, self.concurrency)
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
