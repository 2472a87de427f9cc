//! From a configuration to a connector: what people paste is checked, the parts are put together.

use lmsync_core::auth::Credential;
use lmsync_core::http::{Budget, Endpoint, Redactor};
use lmsync_core::{
    Account, Capabilities, CheckInSupport, ConnectorInfo, Detail, Environment, Result, input,
};

use crate::api::Api;
use crate::config::SuperOpsConfig;
use crate::connector::SuperOps;
use crate::two_way::WRITABLE;

/// The connector's name.
const CONNECTOR: &str = "superops";
const PRODUCT: &str = "SuperOps";
/// The vendor's developer reference says 100 a minute, its help centre 800; the lower one is safe.
const REQUESTS_PER_MINUTE: usize = 100;
const CONCURRENCY: usize = 4;
const SUBDOMAIN_HEADER: &str = "customersubdomain";
const PORTAL_DOMAINS: [&str; 2] = ["superops.ai", "superops.com"];

const SUBDOMAIN_HINT: &str = "in SuperOps, open Settings > My MSP > MSP information and copy the \
     \"subdomain name\": `acme` for acme.superops.ai";
const TOKEN_HINT: &str = "in SuperOps, open Settings > Profile information > API token, \
     choose Generate Token and copy the whole token";

lmsync_core::account_config!(SuperOpsConfig opens SuperOps, counted by limit_of: name, endpoint, requests_per_minute, concurrency, rules);

impl SuperOpsConfig {
    /// A connector on `environment`, shared with others or simulated.
    ///
    /// # Errors
    /// `config` when a value cannot work, with where to find the right one.
    pub fn connect_in(&self, environment: &Environment) -> Result<SuperOps> {
        let subdomain = self.subdomain()?;
        let token = input::token("API token", &self.api_token.resolve()?)
            .map_err(|error| error.with_hint(TOKEN_HINT))?;
        let endpoint = self.origin()?;
        let url = endpoint.join(self.product.path())?;
        let instance = input::name_or(self.name.as_deref(), || subdomain.clone())?;
        let environment = environment.for_account(CONNECTOR, &instance);
        // One limiter per credential: the vendor counts a user's requests.
        let whom = (self.limit_of()?, token.expose());
        let limiter = environment.limiter(whom, self.budget()?);
        let credential = Credential::bearer(token.clone())
            .map_err(|error| error.with_hint(TOKEN_HINT))?
            .with_header(http::HeaderName::from_static(SUBDOMAIN_HEADER), &subdomain)?;
        let http = environment
            .client(limiter, &endpoint)
            .credential(credential)
            .redactor(Redactor::default().and(&token))
            .build();
        let capabilities = Capabilities::new()
            .check_in(CheckInSupport::Agent)
            .detail(Detail::NONE.hardware().software())
            .two_way(WRITABLE);
        let info = ConnectorInfo::new(CONNECTOR, PRODUCT, instance, capabilities);
        Ok(SuperOps {
            api: Api {
                account: Account::new(info, http).with_rules(self.rules.clone()),
                url,
                product: self.product,
            }
            .into(),
        })
    }

    /// The name of the limit. The users of an account, whom the vendor counts each by itself, are
    /// not told apart: that takes their tokens.
    fn limit_of(&self) -> Result<String> {
        let url = self.origin()?.join(self.product.path())?;
        Ok(format!("{CONNECTOR} {url} {}", self.subdomain()?))
    }

    fn subdomain(&self) -> Result<String> {
        let (subdomain, _) = input::subdomain("subdomain", &self.subdomain, &PORTAL_DOMAINS)
            .map_err(|error| error.with_hint(SUBDOMAIN_HINT))?;
        Ok(subdomain)
    }

    fn origin(&self) -> Result<Endpoint> {
        Endpoint::parse(self.endpoint.as_deref().unwrap_or(self.region.origin()))
    }

    fn budget(&self) -> Result<Budget> {
        Budget::per_minute(REQUESTS_PER_MINUTE, CONCURRENCY)?
            .configured(self.requests_per_minute, self.concurrency)
    }
}
