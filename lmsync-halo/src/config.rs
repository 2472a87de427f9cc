//! Credentials and options of an account.

use lmsync_core::SecretSource;
use lmsync_core::model::Rules;
use lmsync_core::tenant_fields::TenantFieldNames;
use serde::Deserialize;

use crate::product::HaloProduct;
use crate::quirks::asset_types::AssetTypes;
use crate::quirks::sign_in::Scopes;

/// The credentials and options of a Halo account: the five values that Halo shows.
///
/// ```
/// use lmsync_halo::{HaloConfig, HaloProduct};
///
/// let config = HaloConfig::new(
///     HaloProduct::Psa,
///     "https://acme.halopsa.com/api",
///     "https://acme.halopsa.com/auth",
///     "client-id-from-View-Applications",
///     "client-secret-from-View-Applications",
/// )
/// .tenant("acme");
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
pub struct HaloConfig {
    /// The product that the account is of; not a key of a configuration.
    #[serde(skip)]
    pub product: HaloProduct,
    /// The account's name for reports; the tenant, else the host, when absent.
    #[serde(default)]
    pub name: Option<String>,
    /// The Resource Server, with or without `/api`.
    pub resource_server_url: String,
    /// The Authorisation Server, with or without `/auth` and `/token`.
    pub authorisation_server_url: String,
    /// The tenant; absent or empty where Halo shows none, as on premise.
    #[serde(default)]
    pub tenant: Option<String>,
    /// The application's Client ID.
    pub client_id: SecretSource,
    /// The application's Client Secret.
    pub client_secret: SecretSource,
    /// The names of the fields in which the tenant keeps what Halo has no field for. The two dates are written where
    /// they are read.
    #[serde(default)]
    pub fields: TenantFieldNames,
    /// Request budget per minute; 250 in five minutes when absent.
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
    /// The rights to ask for; not a key of a configuration.
    #[serde(skip)]
    pub scopes: Scopes,
    /// The asset types that count as hardware; not a key of a configuration.
    #[serde(skip)]
    pub asset_types: AssetTypes,
    /// Inactive assets and customers are listed too; not a key of a configuration.
    #[serde(skip)]
    pub include_inactive: bool,
}

impl HaloConfig {
    /// An account of `product`, without a tenant.
    #[must_use]
    pub fn new(
        product: HaloProduct,
        resource_server_url: impl Into<String>,
        authorisation_server_url: impl Into<String>,
        client_id: impl Into<SecretSource>,
        client_secret: impl Into<SecretSource>,
    ) -> Self {
        Self {
            product,
            name: None,
            resource_server_url: resource_server_url.into(),
            authorisation_server_url: authorisation_server_url.into(),
            tenant: None,
            client_id: client_id.into(),
            client_secret: client_secret.into(),
            fields: TenantFieldNames::new(),
            requests_per_minute: None,
            concurrency: None,
            rules: Rules::default(),
            scopes: Scopes::default(),
            asset_types: AssetTypes::default(),
            include_inactive: false,
        }
    }

    /// Sets which product the account is of.
    #[must_use]
    pub fn product(mut self, product: HaloProduct) -> Self {
        self.product = product;
        self
    }

    /// Sets the tenant.
    #[must_use]
    pub fn tenant(mut self, tenant: impl Into<String>) -> Self {
        self.tenant = Some(tenant.into());
        self
    }

    /// Sets which rights to ask for.
    #[must_use]
    pub fn scopes(mut self, scopes: Scopes) -> Self {
        self.scopes = scopes;
        self
    }

    /// Sets which asset types count as hardware, as software, or as neither.
    #[must_use]
    pub fn asset_types(mut self, types: AssetTypes) -> Self {
        self.asset_types = types;
        self
    }

    /// Lists inactive assets and customers too; Halo leaves them out otherwise.
    #[must_use]
    pub fn include_inactive(mut self) -> Self {
        self.include_inactive = true;
        self
    }
}
