//! From a configuration to a connector: what people paste is checked, the parts are put together.

use std::sync::Arc;

use lmsync_core::auth::Credential;
use lmsync_core::http::{Budget, Endpoint, Redactor};
use lmsync_core::tenant_fields::TenantFields;
use lmsync_core::{
    Account, Capabilities, CheckInSupport, ConnectorInfo, Detail, Environment, Error, Result, input,
};

use crate::answers::KEY_HINT;
use crate::api::Api;
use crate::config::SyncroConfig;
use crate::connector::Syncro;
use crate::product::{CONNECTOR, PRODUCT};
use crate::quirks::merging::Merging;
use crate::quirks::owners::Owners;
use crate::tenant_fields::SUPPORTED;

/// By the vendor's reference, for all requests of one source address.
const REQUESTS_PER_MINUTE: usize = 180;
const CONCURRENCY: usize = 4;
/// The only two domains that a key is ever sent to; the first where none is named.
const DOMAINS: [&str; 2] = ["syncromsp.com", "repairshopr.com"];

const HOSTNAME_HINT: &str = "copy it from the browser's address bar while signed in to Syncro: \
     lifecyclemanager.syncromsp.com, or the part before .syncromsp.com alone";

lmsync_core::account_config!(SyncroConfig opens Syncro, counted by limit_of: name, endpoint, requests_per_minute, concurrency, rules, fields);

impl SyncroConfig {
    /// A connector on `environment`, shared with others or simulated.
    ///
    /// # Errors
    /// `config` when a value cannot work, with where to find the right one.
    pub fn connect_in(&self, environment: &Environment) -> Result<Syncro> {
        let host = Host::parse(&self.hostname)?;
        let key = input::token("API key", &self.api_key.resolve()?)
            .map_err(|error| error.with_hint(KEY_HINT))?;
        let other = self.other_origin()?;
        let fields = TenantFields::new(self.fields.clone(), SUPPORTED)?;
        let instance = input::name_or(self.name.as_deref(), || host.instance())?;
        let environment = environment.for_account(CONNECTOR, &instance);
        let limiter = environment.limiter(self.limit_of()?, self.budget()?);
        let endpoint = match other {
            Some(other) => other,
            None => Endpoint::parse(&host.origin())?,
        };
        let credential =
            Credential::bearer(key.clone()).map_err(|error| error.with_hint(KEY_HINT))?;
        let http = environment
            .client(limiter, &endpoint)
            .credential(credential)
            .redactor(Redactor::default().and(&key))
            .build();
        let capabilities = Capabilities::new()
            .check_in(CheckInSupport::Agent)
            .detail(Detail::NONE.software())
            .two_way(fields.dates());
        let info = ConnectorInfo::new(CONNECTOR, PRODUCT, instance, capabilities);
        let api = Api {
            account: Account::new(info, http).with_rules(self.rules.clone()),
            endpoint,
            fields,
            owners: Arc::new(Owners::new(environment.clock.clone())),
            merging: Merging::new(self.properties_sent),
        };
        Ok(Syncro { api: Arc::new(api) })
    }

    /// The name of the limit. The vendor counts by source address: one budget for all accounts and
    /// keys.
    fn limit_of(&self) -> Result<String> {
        Ok(match self.other_origin()? {
            Some(origin) => format!("{CONNECTOR} {}", origin.join("/")?),
            None => CONNECTOR.to_owned(),
        })
    }

    fn other_origin(&self) -> Result<Option<Endpoint>> {
        self.endpoint.as_deref().map(Endpoint::parse).transpose()
    }

    fn budget(&self) -> Result<Budget> {
        Budget::per_minute(REQUESTS_PER_MINUTE, CONCURRENCY)?
            .configured(self.requests_per_minute, self.concurrency)
    }
}

/// An account's host: one label below one of the two domains.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Host {
    label: String,
    domain: &'static str,
}

impl Host {
    /// The host in whatever form of it was pasted.
    fn parse(pasted: &str) -> Result<Self> {
        let (label, domain) = input::subdomain("hostname", pasted, &DOMAINS)
            .map_err(|error| error.with_hint(HOSTNAME_HINT))?;
        if label == "www" {
            let why = "the hostname is the vendor's own site, not an account";
            return Err(Error::config(why).with_hint(HOSTNAME_HINT));
        }
        Ok(Self { label, domain })
    }

    fn origin(&self) -> String {
        format!("https://{}.{}", self.label, self.domain)
    }

    /// The label alone, unless it would be taken for the account of that name at Syncro.
    fn instance(&self) -> String {
        if self.domain == DOMAINS[0] {
            self.label.clone()
        } else {
            format!("{}.{}", self.label, self.domain)
        }
    }
}

#[cfg(test)]
mod tests {
    use lmsync_core::ErrorKind;
    use lmsync_core::tenant_fields::{TenantField, TenantFieldNames};
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;

    #[test]
    fn every_pasted_form_of_a_host_is_understood() {
        for pasted in [
            "acme",
            " ACME ",
            "acme.syncromsp.com",
            "Acme.SyncroMSP.com",
            "https://acme.syncromsp.com/",
            "http://acme.syncromsp.com",
            "https://acme.syncromsp.com/customer_assets?page=2#top",
            "acme.syncromsp.com/api/v1",
        ] {
            let host = Host::parse(pasted).expect(pasted);
            assert_eq!(host.origin(), "https://acme.syncromsp.com", "{pasted}");
            assert_eq!(host.instance(), "acme");
        }
        for pasted in ["acme.repairshopr.com", "https://acme.repairshopr.com/x"] {
            let host = Host::parse(pasted).expect(pasted);
            assert_eq!(host.origin(), "https://acme.repairshopr.com");
            assert_eq!(host.instance(), "acme.repairshopr.com");
        }
    }

    #[test]
    fn nothing_else_is_taken_for_a_host() {
        for pasted in [
            "",
            "  ",
            "https://",
            "syncromsp.com",
            "https://syncromsp.com/",
            "www.syncromsp.com",
            ".syncromsp.com",
            "evilsyncromsp.com",
            "evil.com/.syncromsp.com",
            "https://evil.com/.syncromsp.com",
            "https://evil.com?x=.syncromsp.com",
            "evil.com#.syncromsp.com",
            "evil.com\\.syncromsp.com",
            "user@acme.syncromsp.com",
            "https://acme.syncromsp.com@evil.com",
            "acme.syncromsp.com.evil.com",
            "acme.syncromsp.com:8443",
            "a.b.syncromsp.com",
            "acme.superops.ai",
            "127.0.0.1",
            "localhost:80",
            "-acme",
            "acme/../x",
            "acme/",
            "ac me",
            "acme\r\nx: y",
            "acm\u{e9}",
            "ftp://acme.syncromsp.com",
        ] {
            let error = Host::parse(pasted).expect_err(pasted);
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.hint().unwrap().contains("address bar"), "{pasted}");
        }
    }

    #[test]
    fn a_wrong_key_is_refused_with_where_the_right_one_is() {
        for key in ["", "Bearer ", "x y"] {
            let error = SyncroConfig::new("acme", key).connect().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.hint().unwrap().contains("API Tokens"), "{error}");
        }
    }

    #[test]
    fn a_bad_value_is_refused_before_anything_is_sent() {
        let good = || SyncroConfig::new("acme", "tok");
        let nameless = TenantFieldNames::new().with(TenantField::Serial, [" "]);
        for (config, word) in [
            (good().endpoint("http://acme.syncromsp.com"), "loopback"),
            (good().requests_per_minute(0), "at least 1"),
            (good().concurrency(0), "at least 1"),
            (good().name(" "), "name"),
            (good().fields(nameless), "`fields.serial`"),
            (SyncroConfig::new("acme", "t\u{7f}k"), "characters"),
        ] {
            let error = config.connect().expect_err(word);
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.to_string().contains(word), "{error}");
        }
    }

    #[test]
    fn a_configuration_names_fields_and_no_unknown_key() {
        let read = |json: &str| serde_json::from_str::<SyncroConfig>(json);
        let config = read(
            r#"{"hostname":"acme","api_key":"s3cr3t-key","fields":{"purchase_date":["Bought","Bought on"]}}"#,
        )
        .unwrap();
        assert_eq!(
            config.fields.names(TenantField::PurchaseDate),
            ["Bought", "Bought on"]
        );
        assert!(!format!("{config:?}").contains("s3cr3t"));
        for (json, word) in [
            (r#"{"hostname":"a","api_key":"k","region":"eu"}"#, "region"),
            (
                r#"{"hostname":"a","api_key":"k","fields":{"serail":"x"}}"#,
                "serail",
            ),
            (r#"{"hostname":"a"}"#, "api_key"),
        ] {
            let error = read(json).unwrap_err().to_string();
            assert!(error.contains(word), "{error}");
        }
    }

    #[test]
    fn it_can_be_one_of_several_vendors_in_a_file() {
        #[derive(Deserialize)]
        #[serde(tag = "vendor")]
        enum Any {
            #[serde(rename = "syncro")]
            Syncro(SyncroConfig),
        }
        let Any::Syncro(config) = serde_json::from_str(
            r#"{"hostname":"acme","fields":{"serial":"Tag"},"api_key":{"env":"K"},"vendor":"syncro"}"#,
        )
        .unwrap();
        assert_eq!(config.fields.names(TenantField::Serial), ["Tag"]);
    }

    proptest! {
        #[test]
        fn what_is_taken_is_always_one_label_below_one_of_two_domains(pasted in ".*") {
            expect_safe(&pasted);
        }

        #[test]
        fn nor_is_anything_else_that_ends_like_one(before in ".*", after in "[/?#:@.]?.*") {
            expect_safe(&format!("{before}.syncromsp.com{after}"));
        }
    }

    fn expect_safe(pasted: &str) {
        if let Ok(host) = Host::parse(pasted) {
            assert!(DOMAINS.contains(&host.domain));
            let url = url::Url::parse(&host.origin()).unwrap();
            let name = url.host_str().unwrap();
            assert!(
                DOMAINS
                    .iter()
                    .any(|domain| name.ends_with(&format!(".{domain}")))
            );
        }
    }
}
