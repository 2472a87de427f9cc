//! Credentials and options of an account.

use lmsync_core::SecretSource;
use lmsync_core::model::Rules;
use lmsync_core::tenant_fields::TenantFieldNames;
use serde::Deserialize;

/// The credentials and options of a ConnectWise RMM account.
///
/// ```
/// use lmsync_cwrmm::CwRmmConfig;
///
/// let config = CwRmmConfig::new(
///     "0e31f5a2-client-id",
///     "client-secret-from-the-portal",
/// );
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
pub struct CwRmmConfig {
    /// The account's name for reports; the Client ID when absent.
    #[serde(default)]
    pub name: Option<String>,
    /// The Client ID.
    pub client_id: String,
    /// The Client Secret.
    pub client_secret: SecretSource,
    /// Where the account is hosted; the Client ID tells when absent.
    #[serde(default)]
    pub region: Option<Region>,
    /// Another origin than the vendor's, such as a simulator on loopback.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// Request budget per minute; when absent 500 in five minutes.
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
    /// The custom fields that hold dates and tags, by name or id. They are read with
    /// [`Detail::hardware`](lmsync_core::Detail::hardware), and both dates are written there.
    #[serde(default)]
    pub fields: TenantFieldNames,
    /// Whether a write creates the custom field for a date where the account has none; it
    /// does not when absent. Reading never does.
    #[serde(default)]
    pub create_custom_fields: bool,
    /// The choice to list network devices too, where the key may read them; `true` when absent.
    #[serde(default = "yes")]
    pub network_devices: bool,
}

const fn yes() -> bool {
    true
}

/// Where an account is hosted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Region {
    /// North America; Client IDs begin with `0e30`.
    Na,
    /// Europe; Client IDs begin with `0e31`.
    Eu,
    /// Australia; Client IDs begin with `0e32`.
    Au,
}

lmsync_core::words!(Region {
    Na => "na",
    Eu => "eu",
    Au => "au",
});

impl Region {
    pub(crate) const fn origin(self) -> &'static str {
        match self {
            Self::Na => "https://openapi.service.itsupport247.net",
            Self::Eu => "https://openapi.service.euplatform.connectwise.com",
            Self::Au => "https://openapi.service.auplatform.connectwise.com",
        }
    }

    /// The region that a Client ID names by its first four characters.
    pub(crate) fn of_client_id(client_id: &str) -> Option<Self> {
        match client_id.get(..4)?.to_ascii_lowercase().as_str() {
            "0e30" => Some(Self::Na),
            "0e31" => Some(Self::Eu),
            "0e32" => Some(Self::Au),
            _ => None,
        }
    }
}

impl CwRmmConfig {
    /// An account in the region that the Client ID names.
    #[must_use]
    pub fn new(client_id: impl Into<String>, client_secret: impl Into<SecretSource>) -> Self {
        Self {
            name: None,
            client_id: client_id.into(),
            client_secret: client_secret.into(),
            region: None,
            endpoint: None,
            requests_per_minute: None,
            concurrency: None,
            rules: Rules::default(),
            fields: TenantFieldNames::default(),
            create_custom_fields: false,
            network_devices: true,
        }
    }

    /// Sets where the account is hosted, whatever the Client ID says.
    #[must_use]
    pub fn region(mut self, region: Region) -> Self {
        self.region = Some(region);
        self
    }

    /// Lets a write create the custom field for a date where the account has none: one of the
    /// type `string` for all endpoints, called as the first name in [`fields`](Self::fields).
    /// The key needs *Platform - Custom Fields Definitions - Write* for it.
    #[must_use]
    pub fn create_custom_fields(mut self, created: bool) -> Self {
        self.create_custom_fields = created;
        self
    }

    /// Lists network devices too, where the key may read them, or leaves them out. They cost a
    /// second request per four companies, and one per company where none of the four has any.
    #[must_use]
    pub fn network_devices(mut self, listed: bool) -> Self {
        self.network_devices = listed;
        self
    }
}
