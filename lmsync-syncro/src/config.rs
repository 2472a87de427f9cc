//! Credentials and options of an account.

use lmsync_core::SecretSource;
use lmsync_core::model::Rules;
use lmsync_core::tenant_fields::TenantFieldNames;
use serde::Deserialize;

/// The credentials and options of a Syncro or RepairShopr account.
///
/// ```
/// use lmsync_syncro::SyncroConfig;
///
/// // The key comes from Profile/Password > API Tokens.
/// let connector = SyncroConfig::new("acme.syncromsp.com", "T0123456789abcdef").connect()?;
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
pub struct SyncroConfig {
    /// The account's name for reports; the subdomain when absent.
    #[serde(default)]
    pub name: Option<String>,
    /// The account's host: `acme.syncromsp.com`, `acme`, or the address of any of its pages.
    pub hostname: String,
    /// The API key (the API token) of the account.
    pub api_key: SecretSource,
    /// Another origin than the vendor's, such as a simulator on loopback.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// Request budget per minute; 180 when absent. All Syncro connectors of an
    /// [`Environment`](lmsync_core::Environment) share one, so the first of them decides.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub requests_per_minute: Option<u32>,
    /// Most requests in flight; 4 when absent. Shared like the budget.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub concurrency: Option<u32>,
    /// The properties in which the tenant keeps what Syncro has no field for. Dates are
    /// written there, too: an asset that has none of a date's names gets the first.
    #[serde(default)]
    pub fields: TenantFieldNames,
    /// The properties that are sent when a date is written.
    #[serde(default)]
    pub properties_sent: PropertiesSent,
    /// The rules by which values are read.
    #[serde(default)]
    pub rules: Rules,
}

/// The properties that a change of dates sends to Syncro, whose reference does not say what becomes
/// of those that are not sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PropertiesSent {
    /// The dates alone, as released clients do: nobody else's edit can be undone. Where Syncro
    /// turns out to have dropped the others, they are put back at once, and everything is sent
    /// from then on.
    #[default]
    Dates,
    /// Everything, as it was read a moment before, with the name: nothing is lost whatever Syncro
    /// does, but for an edit by somebody else in that moment.
    All,
}

lmsync_core::words!(PropertiesSent {
    Dates => "dates",
    All => "all",
});

impl SyncroConfig {
    /// The account at `hostname`.
    #[must_use]
    pub fn new(hostname: impl Into<String>, api_key: impl Into<SecretSource>) -> Self {
        Self {
            name: None,
            hostname: hostname.into(),
            api_key: api_key.into(),
            endpoint: None,
            requests_per_minute: None,
            concurrency: None,
            fields: TenantFieldNames::new(),
            properties_sent: PropertiesSent::default(),
            rules: Rules::default(),
        }
    }

    /// Sends these properties when a date is written.
    #[must_use]
    pub fn properties_sent(mut self, sent: PropertiesSent) -> Self {
        self.properties_sent = sent;
        self
    }
}
