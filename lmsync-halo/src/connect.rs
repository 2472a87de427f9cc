//! From a configuration to a connector: what people paste is checked, the parts are put together.

use std::sync::Arc;
use std::time::Duration;

use lmsync_core::auth::TokenAuth;
use lmsync_core::http::{Budget, Endpoint, Redactor};
use lmsync_core::tenant_fields::{TenantField, TenantFields};
use lmsync_core::{
    Account, Capabilities, CheckInSupport, ConnectorInfo, Detail, Environment, Error, Result,
    Secret, SecretSource, input,
};

use url::Url;

use crate::answers::TokenFor;
use crate::api::{Api, Clients, Options};
use crate::config::HaloConfig;
use crate::connector::Halo;
use crate::product::HaloProduct;
use crate::quirks::address;
use crate::quirks::sign_in::{
    Application, READ_ASSETS, READ_SOFTWARE, Scopes, SignIn, WRITE_DATES,
};
use crate::tenant_fields::SUPPORTED;
use crate::two_way::WRITABLE;

/// Hosted accounts were seen to allow 300 requests in five minutes, for all their tools together.
const REQUESTS: usize = 250;
const WINDOW: Duration = Duration::from_secs(5 * 60);
const CONCURRENCY: usize = 4;

lmsync_core::account_config!(HaloConfig opens Halo, counted by limit_of: name, requests_per_minute, concurrency, rules, fields);

impl HaloConfig {
    /// A connector on `environment`, shared with others or simulated.
    ///
    /// # Errors
    /// `config` when a value cannot work, with where to find the right one.
    pub fn connect_in(&self, environment: &Environment) -> Result<Halo> {
        let product = self.product;
        let base = self.base()?;
        let (mut addresses, tenant) = self.sign_in()?;
        if let Some(tenant) = &tenant {
            for address in &mut addresses {
                address.query_pairs_mut().append_pair("tenant", tenant);
            }
        }
        let client_id = credential(&self.client_id, product, "Client ID")?;
        let client_secret = credential(&self.client_secret, product, "Client Secret")?;
        let host = base.host_str().unwrap_or_default();
        let instance = input::name_or(self.name.as_deref(), || {
            tenant.clone().unwrap_or_else(|| host.to_owned())
        })?;
        let (connector, label) = (product.connector(), product.label());
        let environment = environment.for_account(connector, &instance);
        let limiter = environment.limiter(self.limit_of()?, self.budget()?);
        let redactor = Redactor::default().and(&client_secret).and(&client_id);
        let client = |origin: &Endpoint| {
            let client = environment.client(limiter.clone(), origin);
            client.redactor(redactor.clone())
        };
        let api_origin = Endpoint::of(&base)?;
        let sign_in_client = addresses
            .iter()
            .map(Endpoint::of)
            .collect::<Result<Vec<_>>>()?
            .iter()
            .fold(client(&api_origin), |client, origin| client.origin(origin))
            .build();
        let application = Application {
            product,
            addresses,
            client_id: client_id.expose().to_owned(),
            client_secret,
        };
        let token = |token_for, scopes| {
            let sign_in = SignIn::new(
                application.clone(),
                token_for,
                scopes,
                sign_in_client.clone(),
            );
            Arc::new(TokenAuth::new(Arc::new(sign_in), environment.clock.clone()))
        };
        let signed_in = |token: Arc<TokenAuth>| client(&api_origin).authorizer(token).build();
        let scopes = &self.scopes;
        let assets = signed_in(token(TokenFor::Reading, scopes.or_least(READ_ASSETS)));
        // Scopes that the user chose hold for all that is read: one token will do.
        let software = match scopes {
            Scopes::Least => signed_in(token(TokenFor::Reading, scopes.or_least(READ_SOFTWARE))),
            Scopes::These(_) => assets.clone(),
        };
        let write_token = token(TokenFor::Writing, scopes.or_least(WRITE_DATES));
        let clients = Clients {
            assets,
            software,
            dates: signed_in(Arc::clone(&write_token)),
            write_token,
        };
        let options = Options {
            fields: TenantFields::new(self.fields.clone(), SUPPORTED)?,
            types: self.asset_types.clone(),
            include_inactive: self.include_inactive,
        };
        let check_in = match options.fields.is_configured(TenantField::LastCheckIn) {
            true => CheckInSupport::Configured,
            false => CheckInSupport::None,
        };
        let capabilities = Capabilities::new()
            .software(true)
            .check_in(check_in)
            .detail(Detail::NONE.software())
            .two_way(WRITABLE);
        let info = ConnectorInfo::new(connector, label, instance, capabilities);
        let account = Account::new(info, clients.assets.clone()).with_rules(self.rules.clone());
        let api = Api {
            account,
            clients,
            base,
            product,
            options,
        };
        Ok(Halo { api: Arc::new(api) })
    }

    /// The name of the limit. Halo counts all requests of an account together, sign-ins included.
    fn limit_of(&self) -> Result<String> {
        let (base, (_, tenant)) = (self.base()?, self.sign_in()?);
        Ok(format!("halo {base} {}", tenant.unwrap_or_default()))
    }

    fn base(&self) -> Result<Url> {
        let hint = self.product.details_hint("the Resource Server");
        address::resource(&self.resource_server_url, &hint)
    }

    /// The addresses where to sign in, and the tenant.
    fn sign_in(&self) -> Result<(Vec<Url>, Option<String>)> {
        let hint = self.product.details_hint("the Authorisation Server");
        let (addresses, pasted) = address::authorisation(&self.authorisation_server_url, &hint)?;
        Ok((addresses, self.tenant_or(pasted)?))
    }

    /// The tenant, if there is one. Two that differ are an error.
    fn tenant_or(&self, pasted: Option<String>) -> Result<Option<String>> {
        let hint = || self.product.details_hint("the Tenant");
        let wrong = |why: &str| Err(Error::config(why).with_hint(hint()));
        let given = self.tenant.as_deref().and_then(named);
        let pasted = pasted.as_deref().and_then(named);
        let tenant = match (given, pasted) {
            (Some(given), Some(pasted)) if given != pasted => {
                return wrong("the tenant is not the one in the Authorisation Server's address");
            }
            (given, pasted) => given.or(pasted),
        };
        match tenant {
            Some(tenant) if tenant.contains(['/', '?', '#', '&', ':', '@', '\\']) => {
                wrong("the tenant is a name, not an address")
            }
            Some(tenant) if tenant.contains(|c: char| c.is_whitespace() || c.is_control()) => {
                wrong("the tenant holds a blank or a line break")
            }
            tenant => Ok(tenant.map(ToOwned::to_owned)),
        }
    }

    fn budget(&self) -> Result<Budget> {
        Budget::new(REQUESTS, WINDOW, CONCURRENCY)?
            .configured(self.requests_per_minute, self.concurrency)
    }
}

/// `tenant` without blanks; Halo shows "None" where there is none.
fn named(tenant: &str) -> Option<&str> {
    let tenant = tenant.trim();
    let is_none = ["", "none", "null", "n/a"]
        .iter()
        .any(|word| tenant.eq_ignore_ascii_case(word));
    (!is_none).then_some(tenant)
}

fn credential(source: &SecretSource, product: HaloProduct, field: &str) -> Result<Secret> {
    input::token(field, &source.resolve()?)
        .map_err(|error| error.with_hint(product.application_hint(field)))
}

#[cfg(test)]
mod tests {
    use lmsync_core::{Connector, ErrorKind};
    use proptest::prelude::*;

    use super::*;

    fn good() -> HaloConfig {
        HaloConfig::new(
            HaloProduct::Itsm,
            "acme.haloitsm.com/api",
            "acme.haloitsm.com/auth",
            "id-1",
            "s3cr3t-canary",
        )
    }

    #[test]
    fn the_instance_is_the_name_the_tenant_or_the_host() {
        let instance = |config: HaloConfig| config.connect().unwrap().info().instance.clone();
        assert_eq!(instance(good()), "acme.haloitsm.com");
        assert_eq!(instance(good().tenant(" None ")), "acme.haloitsm.com");
        assert_eq!(instance(good().tenant("acme")), "acme");
        assert_eq!(instance(good().tenant("acme").name("Acme IT")), "Acme IT");
    }

    #[test]
    fn a_bad_value_is_refused_in_the_products_menu_words() {
        let with = |change: fn(&mut HaloConfig)| {
            let mut config = good();
            change(&mut config);
            config
        };
        for (config, word) in [
            (with(|c| c.resource_server_url.clear()), "Resource Server"),
            (
                with(|c| c.authorisation_server_url = "?".into()),
                "Authorisation Server",
            ),
            (with(|c| c.client_id = "".into()), "Client ID"),
            (
                with(|c| c.client_secret = "a b-canary".into()),
                "Client Secret",
            ),
            (good().tenant("https://acme.haloitsm.com"), "Tenant"),
            (good().tenant("ac me"), "Tenant"),
        ] {
            let error = config.connect().expect_err(word);
            assert_eq!(error.kind(), ErrorKind::Config);
            let hint = error.hint().unwrap();
            assert!(
                hint.contains(word) && hint.contains("HaloITSM API"),
                "{error}"
            );
            assert!(!error.to_string().contains("canary"), "{error}");
        }
        for config in [
            good().requests_per_minute(0),
            good().concurrency(0),
            good().name(" "),
        ] {
            assert_eq!(config.connect().unwrap_err().kind(), ErrorKind::Config);
        }
    }

    #[test]
    fn a_tenant_pasted_with_the_address_counts_unless_it_contradicts() {
        let mut config = good();
        config.authorisation_server_url = "auth.haloitsm.com/token?tenant=acme".to_owned();
        assert_eq!(config.connect().unwrap().info().instance, "acme");
        assert!(config.clone().tenant("acme").connect().is_ok());
        assert!(config.tenant("other").connect().is_err());
    }

    #[test]
    fn no_debug_output_shows_the_secret() {
        let config = good();
        let connector = config.connect().unwrap();
        assert!(!format!("{config:?} {connector:?}").contains("canary"));
    }

    proptest! {
        #[test]
        fn a_tenant_that_is_taken_is_one_word(pasted in ".*") {
            if let Ok(Some(tenant)) = good().tenant(pasted).tenant_or(None) {
                prop_assert!(!tenant.is_empty());
                prop_assert!(!tenant.contains(|c: char| c.is_whitespace() || c.is_control()));
            }
        }
    }
}
