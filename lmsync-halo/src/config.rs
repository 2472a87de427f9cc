//! Credentials and options of an account.

use lmsync_core::SecretSource;
use lmsync_core::model::Rules;
use lmsync_core::tenant_fields::TenantFieldNames;
use serde::Deserialize;

use crate::product::HaloProduct;
use crate::quirks::asset_types::AssetTypes;
use crate::quirks::sign_in::Scopes;
#[cfg(feature = "schema")]
use crate::quirks::{asset_types, sign_in};

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
///
/// Every setting can be read from a file:
///
/// ```
/// use lmsync_halo::{HaloConfig, HaloProduct};
///
/// let config: HaloConfig = toml::from_str(
///     r#"
///     product = "itsm"
///     resource_server_url = "https://acme.haloitsm.com/api"
///     authorisation_server_url = "https://acme.haloitsm.com/auth"
///     tenant = "acme"
///     client_id = "0a1b2c3d"
///     client_secret = { env = "HALO_SECRET" }
///     scopes = "all"
///     include_inactive = true
///     fields = { last_check_in = "Last Seen" }
///
///     [asset_types]
///     hardware = ["Software Appliance"]
///     neither = ["Furniture", "Vehicles"]
///     "#,
/// )?;
/// assert_eq!(config.product, HaloProduct::Itsm);
/// # Ok::<(), toml::de::Error>(())
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
    /// The product that the account is of; Halo PSA when absent. The facade's configurations
    /// say it by their `vendor`, and take no such key.
    #[serde(default)]
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
    /// The rights to ask for.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "sign_in::Written"))]
    pub scopes: Scopes,
    /// The asset types that count as hardware, as software, or as neither.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "asset_types::NamesByClass"))]
    pub asset_types: AssetTypes,
    /// Inactive assets and customers are listed too.
    #[serde(default)]
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quirks::asset_types::AssetClass;

    const LEAST: &str = "resource_server_url = \"a\"\nauthorisation_server_url = \"b\"\n\
                         client_id = \"c\"\nclient_secret = { env = \"D\" }\n";

    fn read(more: &str) -> Result<HaloConfig, String> {
        toml::from_str(&format!("{LEAST}{more}\n")).map_err(|error| error.to_string())
    }

    #[test]
    fn what_a_file_leaves_out_is_as_in_code() {
        let read = read("").unwrap();
        let written = HaloConfig::new(HaloProduct::default(), "a", "b", "c", "d");
        assert_eq!(read.product, HaloProduct::Psa);
        assert_eq!(read.product, written.product);
        assert_eq!(read.scopes, written.scopes);
        assert_eq!(read.asset_types, written.asset_types);
        assert_eq!(read.include_inactive, written.include_inactive);
    }

    #[test]
    fn every_setting_is_read_from_a_file() {
        assert_eq!(read("product = \"psa\"").unwrap().product, HaloProduct::Psa);
        assert_eq!(
            read("product = \"itsm\"").unwrap().product,
            HaloProduct::Itsm
        );
        assert!(read("include_inactive = true").unwrap().include_inactive);
        for (written, scopes) in [
            ("\"least\"", Scopes::Least),
            ("\"all\"", Scopes::all()),
            ("[\"all\"]", Scopes::all()),
            (
                "[\"read:assets\", \"edit:assets\"]",
                Scopes::These(vec!["read:assets".into(), "edit:assets".into()]),
            ),
        ] {
            let config = read(&format!("scopes = {written}")).expect(written);
            assert_eq!(config.scopes, scopes, "{written}");
        }
        let types = "[asset_types]\nhardware = [\"Appliance\"]\nsoftware = [\"Apps\"]\n\
                     neither = [\"Furniture\", \"Vehicles\"]";
        let expected = AssetTypes::new()
            .with(AssetClass::Hardware, ["Appliance"])
            .with(AssetClass::Software, ["Apps"])
            .with(AssetClass::Neither, ["Furniture", "Vehicles"]);
        assert_eq!(read(types).unwrap().asset_types, expected);
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_its_name() {
        for (more, word) in [
            ("product = \"csm\"", "csm"),
            ("include_inactive = \"yes\"", "include_inactive"),
            ("scopes = \"read\"", "`least`"),
            ("scopes = []", "no scope"),
            ("scopes = [\"read:assets read:customers\"]", "one scope"),
            ("scopes = [\" \"]", "one scope"),
            ("asset_types = { desks = [\"Desk\"] }", "desks"),
            ("asset_types = { neither = [\" - \"] }", "` - `"),
            (
                "asset_types = { hardware = [\"Desk\"], neither = [\"DESK\"] }",
                "`DESK`",
            ),
            ("endpoint = \"x\"", "endpoint"),
            ("vendor = \"halo-psa\"", "vendor"),
        ] {
            let error = read(more).expect_err(more);
            assert!(error.contains(word), "{word} in {error}");
        }
    }
}
