//! One account of any vendor, as configuration.

use std::sync::Arc;

use lmsync_core::{Connector, Environment, Result, TwoWaySync};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// One account of any vendor, as a configuration file names it: the key
/// `vendor` chooses, the others are that vendor's.
///
/// ```
/// # #[cfg(feature = "superops")] {
/// let config: lmsync::ConnectorConfig = toml::from_str(
///     r#"
///     vendor = "superops"
///     subdomain = "acme"
///     api_token = { env = "SUPEROPS_TOKEN" }
///     "#,
/// )?;
/// assert_eq!(config.vendor(), "superops");
/// # }
/// # Ok::<(), toml::de::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum ConnectorConfig {
    /// A ConnectWise RMM account.
    #[cfg(feature = "cwrmm")]
    CwRmm(lmsync_cwrmm::CwRmmConfig),
    /// A Halo ITSM account; the product inside is set on connecting.
    #[cfg(feature = "halo")]
    HaloItsm(lmsync_halo::HaloConfig),
    /// A Halo PSA account; the product inside is set on connecting.
    #[cfg(feature = "halo")]
    HaloPsa(lmsync_halo::HaloConfig),
    /// A SuperOps account.
    #[cfg(feature = "superops")]
    SuperOps(lmsync_superops::SuperOpsConfig),
    /// A Syncro or RepairShopr account.
    #[cfg(feature = "syncro")]
    Syncro(lmsync_syncro::SyncroConfig),
}

/// What the key `vendor` can say.
#[derive(Debug, Deserialize)]
enum VendorName {
    #[cfg(feature = "cwrmm")]
    #[serde(rename = "cwrmm")]
    CwRmm,
    #[cfg(feature = "halo")]
    #[serde(rename = "halo-itsm")]
    HaloItsm,
    #[cfg(feature = "halo")]
    #[serde(rename = "halo-psa")]
    HaloPsa,
    #[cfg(feature = "superops")]
    #[serde(rename = "superops")]
    SuperOps,
    #[cfg(feature = "syncro")]
    #[serde(rename = "syncro")]
    Syncro,
}

// By hand: the errors of a derived choice would not name the key that is wrong.
impl<'de> Deserialize<'de> for ConnectorConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let mut keys = Map::deserialize(deserializer)?;
        let vendor = keys.remove("vendor");
        let vendor = vendor.ok_or_else(|| D::Error::missing_field("vendor"))?;
        let vendor = VendorName::deserialize(vendor)
            .map_err(|error| D::Error::custom(format_args!("`vendor`: {error}")))?;
        match vendor {
            #[cfg(feature = "cwrmm")]
            VendorName::CwRmm => read(keys).map(Self::CwRmm),
            #[cfg(feature = "halo")]
            VendorName::HaloItsm => read(keys).map(Self::HaloItsm),
            #[cfg(feature = "halo")]
            VendorName::HaloPsa => read(keys).map(Self::HaloPsa),
            #[cfg(feature = "superops")]
            VendorName::SuperOps => read(keys).map(Self::SuperOps),
            #[cfg(feature = "syncro")]
            VendorName::Syncro => read(keys).map(Self::Syncro),
        }
    }
}

/// One vendor's keys; an error says which of them it is about.
fn read<T, E>(keys: Map<String, Value>) -> std::result::Result<T, E>
where
    T: DeserializeOwned,
    E: serde::de::Error,
{
    serde_path_to_error::deserialize(Value::Object(keys)).map_err(|error| {
        let message = error.inner().to_string();
        let path = error.path().to_string();
        // Keys that are no texts to serde have no name in the path.
        let key = format!("`{}`", path.trim_end_matches(".?"));
        match error.path().iter().next() {
            Some(_) if !message.contains(&key) => E::custom(format_args!("{key}: {message}")),
            _ => E::custom(message),
        }
    })
}

impl ConnectorConfig {
    /// The vendor's name, as the key `vendor` has it.
    #[must_use]
    pub fn vendor(&self) -> &'static str {
        match self {
            #[cfg(feature = "cwrmm")]
            Self::CwRmm(_) => "cwrmm",
            #[cfg(feature = "halo")]
            Self::HaloItsm(_) => "halo-itsm",
            #[cfg(feature = "halo")]
            Self::HaloPsa(_) => "halo-psa",
            #[cfg(feature = "superops")]
            Self::SuperOps(_) => "superops",
            #[cfg(feature = "syncro")]
            Self::Syncro(_) => "syncro",
        }
    }

    /// A connector on the real network. Sends nothing yet.
    ///
    /// # Errors
    /// `config` when a value cannot work, with where to find the right one.
    pub fn connect(&self) -> Result<Arc<dyn Connector>> {
        self.connect_in(&Environment::system()?)
    }

    /// A connector on `environment`; share one among all connectors of a process.
    ///
    /// # Errors
    /// `config` when a value cannot work, with where to find the right one.
    pub fn connect_in(&self, environment: &Environment) -> Result<Arc<dyn Connector>> {
        Ok(self.connect_two_way_in(environment)?)
    }

    /// A connector on `environment` that can also write dates. Whether the credentials
    /// allow it, [`check`](Connector::check) tells.
    ///
    /// # Errors
    /// `config` when a value cannot work, with where to find the right one.
    pub fn connect_two_way_in(&self, environment: &Environment) -> Result<Arc<dyn TwoWaySync>> {
        match self {
            #[cfg(feature = "cwrmm")]
            Self::CwRmm(config) => Ok(Arc::new(config.connect_in(environment)?)),
            #[cfg(feature = "halo")]
            Self::HaloItsm(config) => halo(config, lmsync_halo::HaloProduct::Itsm, environment),
            #[cfg(feature = "halo")]
            Self::HaloPsa(config) => halo(config, lmsync_halo::HaloProduct::Psa, environment),
            #[cfg(feature = "superops")]
            Self::SuperOps(config) => Ok(Arc::new(config.connect_in(environment)?)),
            #[cfg(feature = "syncro")]
            Self::Syncro(config) => Ok(Arc::new(config.connect_in(environment)?)),
        }
    }
}

#[cfg(feature = "halo")]
fn halo(
    config: &lmsync_halo::HaloConfig,
    product: lmsync_halo::HaloProduct,
    environment: &Environment,
) -> Result<Arc<dyn TwoWaySync>> {
    let config = config.clone().product(product);
    Ok(Arc::new(config.connect_in(environment)?))
}
