//! Credentials and options: what people paste, made into what the API takes.

use std::sync::Arc;

use lmsync_core::auth::{Credential, HeaderAuth};
use lmsync_core::http::{Budget, Endpoint, HttpClient, Redactor};
use lmsync_core::model::Rules;
use lmsync_core::{Environment, Error, Result, Secret, SecretSource};
use serde::Deserialize;

use crate::api::{Api, Product};
use crate::connector::SuperOps;

/// The vendor's developer reference says 100 a minute, its help centre 800; the lower one is safe.
const REQUESTS_PER_MINUTE: u32 = 100;
const CONCURRENCY: u32 = 4;
const SUBDOMAIN_HEADER: &str = "customersubdomain";
const PORTAL_DOMAINS: [&str; 2] = [".superops.ai", ".superops.com"];

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
        let subdomain = subdomain(&self.subdomain)?;
        let token = token(&self.api_token.resolve()?)?;
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
        let instance = match self.name.as_deref().map(str::trim) {
            Some("") => return Err(Error::config("the name is empty")),
            Some(name) => name.to_owned(),
            None => subdomain,
        };
        Ok(SuperOps::new(api, instance, Rules::default()))
    }

    fn budget(&self) -> Result<Budget> {
        let number = |value: Option<u32>, default: u32| value.unwrap_or(default) as usize;
        Budget::per_minute(
            number(self.requests_per_minute, REQUESTS_PER_MINUTE),
            number(self.concurrency, CONCURRENCY),
        )
        .map_err(|_| Error::config("`requests_per_minute` and `concurrency` must be at least 1"))
    }
}

/// The bare subdomain from whatever form of it was pasted.
fn subdomain(pasted: &str) -> Result<String> {
    let text = pasted.trim().to_ascii_lowercase();
    let wrong = |why: &str| Err(Error::config(why).with_hint(SUBDOMAIN_HINT));
    if text.is_empty() {
        return wrong("the subdomain is empty");
    }
    let address = ["https://", "http://"]
        .iter()
        .find_map(|scheme| text.strip_prefix(scheme))
        .unwrap_or(&text);
    let end = address.find(['/', '?', '#']).unwrap_or(address.len());
    let (host, rest) = address.split_at(end);
    let label = match PORTAL_DOMAINS
        .iter()
        .find_map(|domain| host.strip_suffix(domain))
    {
        Some(label) => label,
        None if rest.is_empty() && !host.contains('.') => host,
        None => return wrong("the subdomain is not one of superops.ai"),
    };
    if is_label(label) {
        Ok(label.to_owned())
    } else {
        wrong("the subdomain holds characters that no subdomain has")
    }
}

fn is_label(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// The bare token: people paste it with the scheme in front.
fn token(pasted: &Secret) -> Result<Secret> {
    let text = pasted.expose().trim();
    let bare = match text.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("bearer ") => text[7..].trim(),
        _ => text,
    };
    let wrong = |why: &str| Err(Error::config(why).with_hint(TOKEN_HINT));
    if bare.is_empty() || bare.eq_ignore_ascii_case("bearer") {
        return wrong("the API token is empty");
    }
    if bare.contains(char::is_whitespace) {
        return wrong("the API token holds a blank or a line break");
    }
    Ok(Secret::from(bare))
}

#[cfg(test)]
mod tests {
    use lmsync_core::ErrorKind;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_pasted_form_of_a_subdomain_is_understood() {
        for pasted in [
            "acme",
            " ACME ",
            "acme.superops.ai",
            "acme.superops.com",
            "https://acme.superops.ai/",
            "http://acme.superops.ai",
            "https://acme.superops.ai/#/tickets?x=1",
            "acme.superops.ai/settings",
        ] {
            assert_eq!(subdomain(pasted).unwrap(), "acme", "{pasted}");
        }
        assert_eq!(subdomain("a-1").unwrap(), "a-1");
    }

    #[test]
    fn nothing_else_is_taken_for_a_subdomain() {
        for pasted in [
            "",
            "  ",
            "https://",
            "evil.com/.superops.ai",
            "https://evil.com/.superops.ai",
            "evil.com#.superops.ai",
            "evil.com?.superops.ai",
            "evil.com\\.superops.ai",
            "user@acme.superops.ai",
            "acme.superops.ai.evil.com",
            "acme.superops.ai:8443",
            "a.b.superops.ai",
            ".superops.ai",
            "-acme",
            "acme/../x",
            "acme/",
            "ac me",
            "acme\r\nx: y",
            "portal.acme.example",
            "ácme",
        ] {
            let error = subdomain(pasted).expect_err(pasted);
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.hint().unwrap().contains("My MSP"), "{pasted}");
        }
    }

    #[test]
    fn the_scheme_is_taken_off_a_token() {
        for pasted in ["xyz", " xyz\n", "Bearer xyz", "bearer  xyz "] {
            assert_eq!(token(&Secret::from(pasted)).unwrap().expose(), "xyz");
        }
        for pasted in ["", "  ", "Bearer", "Bearer ", "x y", "x\ny"] {
            let error = token(&Secret::from(pasted)).expect_err(pasted);
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.hint().unwrap().contains("API token"));
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

    proptest! {
        #[test]
        fn what_is_taken_is_always_one_label(pasted in ".*") {
            if let Ok(label) = subdomain(&pasted) {
                prop_assert!(is_label(&label));
            }
        }
    }
}
