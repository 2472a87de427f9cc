//! One account of any vendor, as configuration.

use std::sync::Arc;

use lmsync_core::{Connector, Environment, Result};
use serde::Deserialize;

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
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "vendor")]
#[non_exhaustive]
pub enum ConnectorConfig {
    /// A SuperOps account.
    #[cfg(feature = "superops")]
    #[serde(rename = "superops")]
    SuperOps(lmsync_superops::SuperOpsConfig),
}

impl ConnectorConfig {
    /// The vendor's name, as the key `vendor` has it.
    #[must_use]
    pub fn vendor(&self) -> &'static str {
        match *self {
            #[cfg(feature = "superops")]
            Self::SuperOps(_) => "superops",
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
        match self {
            #[cfg(feature = "superops")]
            Self::SuperOps(config) => Ok(Arc::new(config.connect_in(environment)?)),
        }
    }
}
