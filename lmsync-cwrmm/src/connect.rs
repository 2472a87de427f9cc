//! From a configuration to a connector: what people paste is checked, the parts are put together.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use lmsync_core::auth::TokenAuth;
use lmsync_core::http::{Budget, Endpoint, Redactor};
use lmsync_core::tenant_fields::{TenantFieldNames, TenantFields};
use lmsync_core::{
    Account, Capabilities, CheckInSupport, ConnectorInfo, Detail, Environment, Error, Result, input,
};

use crate::api::{Api, Options};
use crate::config::{CwRmmConfig, Region};
use crate::connector::CwRmm;
use crate::product::{CONNECTOR, PRODUCT};
use crate::quirks::scope::Scopes;
use crate::quirks::sign_in::{Purpose, SignIn};
use crate::quirks::writer::Writer;
use crate::tenant_fields::SUPPORTED;

/// The documented quota: so many requests in five minutes.
const REQUESTS: usize = 500;
const QUOTA_WINDOW: Duration = Duration::from_secs(5 * 60);
const CONCURRENCY: usize = 4;

const CLIENT_ID_HINT: &str = "in ConnectWise RMM, open Integrations, choose the integration (or \
     API Access > Generate API Access), choose Generate and copy the Client ID";
const SECRET_HINT: &str = "in ConnectWise RMM, open Integrations, choose the integration (or API \
     Access), choose Generate or Regenerate and copy the Client Secret: it is shown once";
const REGION_HINT: &str = "set `region` to `na`, `eu` or `au`, whichever the portal's address is \
     of, or copy the whole Client ID: one of 0e30 is of NA, 0e31 of EU, 0e32 of AU";

lmsync_core::account_config!(CwRmmConfig opens CwRmm, counted by limit_of: name, endpoint, requests_per_minute, concurrency, rules, fields);

impl CwRmmConfig {
    /// A connector on `environment`, shared with others or simulated.
    ///
    /// # Errors
    /// `config` when a value cannot work, with where to find the right one.
    pub fn connect_in(&self, environment: &Environment) -> Result<CwRmm> {
        let client_id = self.client_id()?;
        let secret = input::token("Client Secret", &self.client_secret.resolve()?)
            .map_err(|error| error.with_hint(SECRET_HINT))?;
        let endpoint = self.endpoint_of(&client_id)?;
        let fields = TenantFields::new(self.fields.clone(), SUPPORTED)?;
        let instance = input::name_or(self.name.as_deref(), || client_id.clone())?;
        let environment = environment.for_account(CONNECTOR, &instance);
        let token_url = endpoint.join("/v1/token")?;
        let limiter = environment.limiter(self.limit_of()?, self.budget()?);
        // Shared: what reads masks the token that writes, and the other way round.
        let redactor = Redactor::default().and(&secret);
        let http = || {
            environment
                .client(limiter.clone(), &endpoint)
                .redactor(redactor.clone())
        };
        let reading = Scopes::to_read(self.fields != TenantFieldNames::default());
        let writing = Scopes::to_write(self.create_custom_fields);
        let tokens = |scopes: &Scopes, purpose| {
            let sign_in = SignIn {
                url: token_url.clone(),
                http: http().build(),
                scopes: scopes.clone(),
                purpose,
                region_advice: self.region_advice(&client_id),
                client_secret: secret.clone(),
                client_id: client_id.clone(),
            };
            TokenAuth::new(Arc::new(sign_in), environment.clock.clone())
        };
        let with = |tokens: &TokenAuth| http().authorizer(Arc::new(tokens.clone())).build();
        let purpose = Purpose::Writing {
            reading: reading.clone(),
        };
        let to_read = tokens(&reading, Purpose::Reading);
        let to_write = tokens(&writing, purpose);
        let writer = Writer::new(with(&to_write), to_write, endpoint.clone(), writing);
        let capabilities = Capabilities::new()
            .check_in(CheckInSupport::Agent)
            .detail(Detail::NONE.hardware().software())
            .two_way(fields.dates());
        let info = ConnectorInfo::new(CONNECTOR, PRODUCT, instance, capabilities);
        let account = Account::new(info, with(&to_read)).with_rules(self.rules.clone());
        let api = Api {
            account,
            endpoint,
            options: Options {
                network_devices: self.network_devices,
                fields,
                create_custom_fields: self.create_custom_fields,
            },
            scopes: reading,
            writer,
            verb: OnceLock::new(),
        };
        Ok(CwRmm { api: Arc::new(api) })
    }

    /// The name of the limit. The quota is the key's, sign-ins included.
    fn limit_of(&self) -> Result<String> {
        let client_id = self.client_id()?;
        let origin = self.endpoint_of(&client_id)?.join("/")?;
        Ok(format!("{CONNECTOR} {origin} {client_id}"))
    }

    fn client_id(&self) -> Result<String> {
        let client_id = input::token("Client ID", &self.client_id.as_str().into())
            .map_err(|error| error.with_hint(CLIENT_ID_HINT))?;
        Ok(client_id.expose().to_owned())
    }

    fn endpoint_of(&self, client_id: &str) -> Result<Endpoint> {
        Endpoint::parse(&self.origin(client_id)?)
    }

    fn origin(&self, client_id: &str) -> Result<String> {
        if let Some(endpoint) = &self.endpoint {
            return Ok(endpoint.clone());
        }
        self.region
            .or_else(|| Region::of_client_id(client_id))
            .map(|region| region.origin().to_owned())
            .ok_or_else(|| {
                Error::config("the Client ID does not tell the region").with_hint(REGION_HINT)
            })
    }

    /// Why a sign-in that fails may be one in the wrong region.
    fn region_advice(&self, client_id: &str) -> Option<String> {
        if self.endpoint.is_some() {
            return None;
        }
        let (chosen, named) = (self.region?, Region::of_client_id(client_id));
        match named {
            Some(named) if named == chosen => None,
            Some(named) => Some(format!(
                "`region` is `{}`, but the Client ID is one of `{}`: leave `region` away",
                chosen.as_str(),
                named.as_str()
            )),
            None => Some(format!(
                "check that the account is of the region `{}`",
                chosen.as_str()
            )),
        }
    }

    fn budget(&self) -> Result<Budget> {
        Budget::new(REQUESTS, QUOTA_WINDOW, CONCURRENCY)?
            .configured(self.requests_per_minute, self.concurrency)
    }
}

#[cfg(test)]
mod tests;
